/*
 * console.c - lines of text on the serial port, a character at a time.
 *
 * Each character costs a poll of the line status and a write of the character, both
 * waiting for the device model: the way of an early console or a polling driver. A line
 * is a transfer of its characters.
 */
#include "workloads/device_access.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int64_t line_bytes;
    int64_t instructions;
    int64_t think_ns;
    int think_distribution;
} Options;

static const Option options[] = {
    OPTION_BYTES_FIELD(Options, line_bytes, "line", "60B", 1, 65536,
                       "length of a line"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "50", 0, 1000000,
                         "computed for each character"),
    OPTION_NS_FIELD(Options, think_ns, "think", "20ms", 0, 3600 * NS_PER_S,
                    "mean time from the end of a line to the next one"),
    OPTION_CHOICE_FIELD(Options, think_distribution, "think-distribution",
                        "exponential", distribution_names, "of the time between lines"),
    { 0 },
};

static void make_line(BurstWorkload *self)
{
    const Options *opt = self->options;

    burst_begin(self);
    serial_print(self, opt->line_bytes, opt->instructions);
    burst_transfer(self, opt->line_bytes);
    burst_rest(self, opt->think_distribution, opt->think_ns);
}

const WorkloadSourceOps console_source = {
    .name = "console",
    .summary = "lines on the serial port: a poll and a write for each character",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_line,
};
