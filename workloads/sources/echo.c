/*
 * echo.c - a guest that answers frames from outside, as a kernel answers ping.
 *
 * It waits, halted, until a frame has come ([domain NAME] arrival-interval), and sends
 * one of the same length back. With an emulated card that takes the accesses of its
 * driver's interrupt handler, and those to send. The round trip is timed outside, from
 * the frame's arrival at the card until the answer has left it.
 */
#include "workloads/network_card.h"
#include "workloads/source.h"

typedef struct {
    int card; /* NetworkCard */
    int64_t frame_bytes;
    int64_t instructions;
    int distribution;
} Options;

static const Option options[] = {
    NETWORK_CARD_OPTIONS(Options, "98B", "length of a frame and of its answer"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "10000", 0, 100000000,
                         "computed for each frame, by driver and stack; a mean"),
    OPTION_CHOICE_FIELD(Options, distribution, "distribution", "exponential",
                        distribution_names, "of that computation"),
    { 0 },
};

static void compute(BurstWorkload *self, const Options *opt)
{
    burst_compute(self, distribution_draw((Distribution)opt->distribution, self->stream,
                                          opt->instructions));
}

static void make_answer(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_receive(self);
    card_receive(self, (NetworkCard)opt->card, opt->frame_bytes);
    compute(self, opt);
    card_send(self, (NetworkCard)opt->card, opt->frame_bytes);
}

static void make_pv_answer(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_receive(self);
    compute(self, opt);
    burst_send(self, opt->frame_bytes);
}

const WorkloadSourceOps echo_source = {
    .name = "echo",
    .summary = "answers to frames that come from outside, as to ping",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_answer,
    .make_pv = make_pv_answer,
};
