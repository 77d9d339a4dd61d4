/*
 * audio.c - a guest plays audio: work with a deadline in every period.
 *
 * The card plays a ring of buffers by DMA, one in each period, and interrupts after
 * each: the buffer is free, and must be full again before the card has come round. A
 * refill is the driver's register accesses around the computation of the samples. What
 * is late is heard: a missed deadline. The refill of a period is a transfer of its
 * bytes.
 */
#include "models/devices/ports.h"
#include "workloads/burst_workload.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

#define BYTES_PER_S 176400 /* 44.1 kHz, two channels of 16 bits */

typedef struct {
    int64_t period_ns;
    int64_t buffers;
    int64_t polls;
    int64_t instructions;
    int distribution;
} Options;

static const Option options[] = {
    OPTION_NS_FIELD(Options, period_ns, "period", "10ms", 100 * NS_PER_US, NS_PER_S,
                    "how long the card plays one buffer"),
    OPTION_INTEGER_FIELD(Options, buffers, "buffers", "2", 2, 64,
                         "of the ring: a refill has one period less than that"),
    OPTION_INTEGER_FIELD(Options, polls, "polls", "1", 0, 1000,
                         "of the playing position, in each refill"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "500000", 0, 1000000000,
                         "mean computation of a refill"),
    OPTION_CHOICE_FIELD(Options, distribution, "distribution", "exponential",
                        distribution_names, "of the computation"),
    { 0 },
};

/* The interrupt's cause is read and acknowledged, then the position tells which buffer
 * to fill. */
static void refill(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_in(self, PORT_AUDIO_STATUS, 4);
    burst_out(self, PORT_AUDIO_SERIAL, 4, 0);
    burst_out(self, PORT_AUDIO_SERIAL, 4, AUDIO_INTERRUPT_ENABLE);
    for (int64_t i = 0; i < opt->polls; i++) {
        burst_out(self, PORT_AUDIO_MEMORY_PAGE, 4, AUDIO_PAGE_OF_DAC);
        burst_in(self, PORT_AUDIO_FRAME_SIZE, 4);
    }
    burst_compute(self, distribution_draw((Distribution)opt->distribution, self->stream,
                                          opt->instructions));
}

static void make_period(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_period(self, opt->period_ns, (uint32_t)opt->buffers);
    burst_begin(self);
    refill(self);
    burst_refilled(self);
    burst_transfer(self, BYTES_PER_S * opt->period_ns / NS_PER_S);
}

const WorkloadSourceOps audio_source = {
    .name = "audio",
    .summary = "audio played from a ring of buffers, each to be refilled in time",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_period,
};
