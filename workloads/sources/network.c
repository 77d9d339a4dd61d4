/*
 * network.c - frames sent through the emulated RTL8139, the way its usual driver does.
 *
 * A frame costs two writes to send it (where it is, then how long: that sends) and four
 * accesses of the interrupt handler afterwards: what happened, acknowledge, how the
 * descriptor fared, anything received. Every so many frames an answer comes in, and the
 * handler moves its read pointer on. Each access waits for the device model.
 */
#include "models/devices/ports.h"
#include "workloads/device_access.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int64_t frame_bytes;
    int64_t instructions;
    int64_t answer_every;
    int64_t think_ns;
    int think_distribution;
} Options;

static const Option options[] = {
    {
        .key = "frame",
        .default_text = "1500B",
        .help = "length of a frame",
        .kind = OPTION_INTEGER,
        .unit = UNIT_BYTES,
        .offset = offsetof(Options, frame_bytes),
        .low = NIC_FRAME_BYTES_MIN,
        .high = 1518,
    },
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "10000", 0, 100000000,
                         "computed for each frame, by application, stack and driver"),
    OPTION_INTEGER_FIELD(Options, answer_every, "answer-every", "2", 0, 1000000,
                         "frames sent for each one received, if the card is emulated; "
                         "0: none comes"),
    OPTION_NS_FIELD(Options, think_ns, "think", "1ms", 0, 3600 * NS_PER_S,
                    "mean time from the end of a frame to the next one"),
    OPTION_CHOICE_FIELD(Options, think_distribution, "think-distribution",
                        "exponential", distribution_names,
                        "of the time between frames"),
    { 0 },
};

static void handle_interrupt(BurstWorkload *self, bool has_answer)
{
    const uint32_t descriptor = (uint32_t)(self->n_made % NIC_TX_DESCRIPTORS);

    burst_in(self, PORT_NIC_IRQ_STATUS, 2);
    burst_out(self, PORT_NIC_IRQ_STATUS, 2, NIC_IRQ_TX_OK | NIC_IRQ_RX_OK);
    burst_in(self, PORT_NIC_TX_STATUS + 4 * descriptor, 4);
    burst_in(self, PORT_NIC_COMMAND, 1);
    if (!has_answer)
        return;
    burst_out(self, PORT_NIC_READ_POINTER, 2, 64);
    burst_in(self, PORT_NIC_COMMAND, 1);
}

static void make_frame(BurstWorkload *self)
{
    const Options *opt = self->options;
    const uint64_t every = (uint64_t)opt->answer_every;

    burst_compute(self, opt->instructions);
    burst_begin(self);
    nic_send(self, opt->frame_bytes);
    handle_interrupt(self, every > 0 && self->n_made % every == every - 1);
    burst_transfer(self, opt->frame_bytes);
    burst_halt(self, distribution_draw((Distribution)opt->think_distribution,
                                       self->stream, opt->think_ns));
}

/* The same frame by netfront, which does not wait until it has gone. */
static void make_pv_frame(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_compute(self, opt->instructions);
    burst_begin(self);
    burst_send(self, opt->frame_bytes);
    burst_transfer(self, opt->frame_bytes);
    burst_halt(self, distribution_draw((Distribution)opt->think_distribution,
                                       self->stream, opt->think_ns));
}

static Workload *network_start(const void *shared, uint64_t run_seed,
                               const char *stream_name)
{
    return burst_workload_new(make_frame, shared, run_seed, stream_name);
}

static Workload *network_start_pv(const void *shared, uint64_t run_seed,
                                  const char *stream_name)
{
    return burst_workload_new(make_pv_frame, shared, run_seed, stream_name);
}

const WorkloadSourceOps network_source = {
    .name = "network",
    .summary = "frames sent through the emulated RTL8139 network card",
    .options = options,
    .options_size = sizeof(Options),
    .start = network_start,
    .start_pv = network_start_pv,
};
