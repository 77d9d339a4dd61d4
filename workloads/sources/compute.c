/*
 * compute.c - bursts of computation without I/O, and rest between them.
 *
 * A burst is a transfer of 0 bytes, so that bursts can be counted and timed.
 */
#include "workloads/burst_workload.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int64_t instructions;
    int burst_distribution;
    int64_t halt_ns;
    int halt_distribution;
} Options;

static const Option options[] = {
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "1000000", 1,
                         INT64_C(1000000000000), "mean length of a burst"),
    OPTION_CHOICE_FIELD(Options, burst_distribution, "burst-distribution",
                        "exponential", distribution_names, "of the length of a burst"),
    OPTION_NS_FIELD(Options, halt_ns, "halt", "1ms", 0, 3600 * NS_PER_S,
                    "mean rest after a burst; 0: none"),
    OPTION_CHOICE_FIELD(Options, halt_distribution, "halt-distribution", "exponential",
                        distribution_names, "of the rest"),
    { 0 },
};

static void make_burst(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_begin(self);
    burst_compute(self, distribution_draw((Distribution)opt->burst_distribution,
                                          self->stream, opt->instructions));
    burst_transfer(self, 0);
    burst_rest(self, opt->halt_distribution, opt->halt_ns);
}

const WorkloadSourceOps compute_source = {
    .name = "compute",
    .summary = "bursts of computation without I/O, and rest between them",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_burst,
};
