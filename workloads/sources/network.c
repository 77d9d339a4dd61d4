/*
 * network.c - frames sent through an emulated network card, the way its usual driver
 * does.
 *
 * With the RTL8139 a frame costs two writes to send it (where it is, then how long:
 * that sends) and four accesses of the interrupt handler afterwards: what happened,
 * acknowledge, how the descriptor fared, anything received. With the NE2000 the frame
 * itself goes through a port, as one string, between 12 accesses to registers; four
 * again for the handler. Every so many frames an answer comes in, which the handler
 * takes. Each access waits for the device model.
 */
#include "workloads/network_card.h"
#include "workloads/source.h"

#define ANSWER_BYTES FRAME_BYTES_MIN

typedef struct {
    int card; /* NetworkCard */
    int64_t frame_bytes;
    int64_t instructions;
    int64_t answer_every;
    int64_t think_ns;
    int think_distribution;
} Options;

static const Option options[] = {
    NETWORK_CARD_OPTIONS(Options, "1500B", "length of a frame"),
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

static bool has_answer(const BurstWorkload *self)
{
    const Options *opt = self->options;
    const uint64_t every = (uint64_t)opt->answer_every;

    return every > 0 && self->n_made % every == every - 1;
}

static void send_by_card(BurstWorkload *self)
{
    const Options *opt = self->options;
    const NetworkCard card = (NetworkCard)opt->card;

    card_send(self, card, opt->frame_bytes);
    if (has_answer(self))
        card_end_send_and_receive(self, card, ANSWER_BYTES);
    else
        card_end_send(self, card);
}

/* netfront does not wait until it has gone. */
static void send_by_netfront(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_send(self, opt->frame_bytes);
}

static void make_frame_by(BurstWorkload *self, BurstMaker send)
{
    const Options *opt = self->options;

    burst_compute(self, opt->instructions);
    burst_begin(self);
    send(self);
    burst_transfer(self, opt->frame_bytes);
    burst_rest(self, opt->think_distribution, opt->think_ns);
}

static void make_frame(BurstWorkload *self)
{
    make_frame_by(self, send_by_card);
}

static void make_pv_frame(BurstWorkload *self)
{
    make_frame_by(self, send_by_netfront);
}

const WorkloadSourceOps network_source = {
    .name = "network",
    .summary = "frames sent through an emulated network card, RTL8139 or NE2000",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_frame,
    .make_pv = make_pv_frame,
};
