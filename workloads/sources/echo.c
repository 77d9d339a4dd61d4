/*
 * echo.c - a guest that answers frames from outside, as a kernel answers ping.
 *
 * It waits, halted, until a frame has come ([domain NAME] arrival-interval), and sends
 * one of the same length back. With the emulated RTL8139 that takes the accesses of its
 * driver's interrupt handler (what happened, acknowledge, anything received, read
 * pointer on, anything more) and two to send. The round trip is timed outside, from the
 * frame's arrival at the card until the answer has left it.
 */
#include "models/devices/ports.h"
#include "workloads/device_access.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int64_t frame_bytes;
    int64_t instructions;
    int distribution;
} Options;

static const Option options[] = {
    {
        .key = "frame",
        .default_text = "98B",
        .help = "length of a frame and of its answer",
        .kind = OPTION_INTEGER,
        .unit = UNIT_BYTES,
        .offset = offsetof(Options, frame_bytes),
        .low = NIC_FRAME_BYTES_MIN,
        .high = 1518,
    },
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "10000", 0, 100000000,
                         "computed for each frame, by driver and stack; a mean"),
    OPTION_CHOICE_FIELD(Options, distribution, "distribution", "exponential",
                        distribution_names, "of that computation"),
    { 0 },
};

static void receive_frame(BurstWorkload *self)
{
    burst_in(self, PORT_NIC_IRQ_STATUS, 2);
    burst_out(self, PORT_NIC_IRQ_STATUS, 2, NIC_IRQ_TX_OK | NIC_IRQ_RX_OK);
    burst_in(self, PORT_NIC_COMMAND, 1);
    burst_out(self, PORT_NIC_READ_POINTER, 2, 64);
    burst_in(self, PORT_NIC_COMMAND, 1);
}

static void compute(BurstWorkload *self, const Options *opt)
{
    burst_compute(self, distribution_draw((Distribution)opt->distribution, self->stream,
                                          opt->instructions));
}

static void make_answer(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_receive(self);
    receive_frame(self);
    compute(self, opt);
    nic_send(self, opt->frame_bytes);
}

static void make_pv_answer(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_receive(self);
    compute(self, opt);
    burst_send(self, opt->frame_bytes);
}

static Workload *echo_start(const void *shared, uint64_t run_seed,
                            const char *stream_name)
{
    return burst_workload_new(make_answer, shared, run_seed, stream_name);
}

static Workload *echo_start_pv(const void *shared, uint64_t run_seed,
                               const char *stream_name)
{
    return burst_workload_new(make_pv_answer, shared, run_seed, stream_name);
}

const WorkloadSourceOps echo_source = {
    .name = "echo",
    .summary = "answers to frames that come from outside, as to ping",
    .options = options,
    .options_size = sizeof(Options),
    .start = echo_start,
    .start_pv = echo_start_pv,
};
