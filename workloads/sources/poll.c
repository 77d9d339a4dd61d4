/*
 * poll.c - a guest that does little but read one register, some times a tick.
 *
 * The way an idle guest reads its clock. Who serves the register decides what that
 * costs: the PM timer is in Xen, the others are in the device model. The reads of a
 * tick are a transfer of 0 bytes. A read may be a string of random length, which makes
 * the device model a server of queueing theory.
 */
#include "models/devices/ports.h"
#include "workloads/burst_workload.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int reg;
    int64_t reads;
    int64_t instructions;
    int distribution;
    int64_t elements;
    int elements_distribution;
    int64_t interval_ns;
    int interval_distribution;
} Options;

static const struct {
    uint64_t port;
    uint8_t size_bytes;
} registers[] = {
    { PORT_PM_TIMER_3_1, 4 },
    { PORT_IDE_STATUS, 1 },
    { PORT_SERIAL_LINE_STATUS, 1 },
};

static const char *const register_names[] = { "pm-timer", "ide-status", "serial-status",
                                              NULL };

static const Option options[] = {
    OPTION_CHOICE_FIELD(Options, reg, "register", "pm-timer", register_names,
                        "which one is read"),
    OPTION_INTEGER_FIELD(Options, reads, "reads", "15", 1, 100000, "in each tick"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "500", 0, 1000000000,
                         "mean computation before each read"),
    OPTION_CHOICE_FIELD(Options, distribution, "distribution", "exponential",
                        distribution_names, "of the computation"),
    OPTION_INTEGER_FIELD(Options, elements, "elements", "1", 1, 1000000,
                         "mean length of a string read; 1: plain reads"),
    OPTION_CHOICE_FIELD(Options, elements_distribution, "elements-distribution",
                        "constant", distribution_names, "of that length"),
    OPTION_NS_FIELD(Options, interval_ns, "interval", "15625us", 0, 3600 * NS_PER_S,
                    "mean rest between two ticks; 0: none"),
    OPTION_CHOICE_FIELD(Options, interval_distribution, "interval-distribution",
                        "constant", distribution_names, "of that rest"),
    { 0 },
};

/* Plain reads draw nothing, so that the draws of other keys are those they were. */
static void make_read(BurstWorkload *self)
{
    const Options *opt = self->options;
    int64_t elements;

    if (opt->elements == 1) {
        burst_in(self, registers[opt->reg].port, registers[opt->reg].size_bytes);
        return;
    }
    elements = distribution_draw((Distribution)opt->elements_distribution, self->stream,
                                 opt->elements);
    burst_string(self, registers[opt->reg].port, registers[opt->reg].size_bytes,
                 (uint32_t)MAX(elements, 1), false);
}

static int64_t draw_interval_ns(const BurstWorkload *self)
{
    const Options *opt = self->options;

    if (opt->interval_distribution == DISTRIBUTION_CONSTANT)
        return opt->interval_ns;
    return distribution_draw((Distribution)opt->interval_distribution, self->stream,
                             opt->interval_ns);
}

static void make_tick(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_begin(self);
    for (int64_t i = 0; i < opt->reads; i++) {
        burst_compute(self, distribution_draw((Distribution)opt->distribution,
                                              self->stream, opt->instructions));
        make_read(self);
    }
    burst_transfer(self, 0);
    burst_halt(self, draw_interval_ns(self));
}

const WorkloadSourceOps poll_source = {
    .name = "poll",
    .summary = "one register read some times a tick, the way of an idle guest",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_tick,
};
