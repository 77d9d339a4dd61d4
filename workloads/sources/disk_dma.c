/*
 * disk_dma.c - disk transfers by bus-master DMA, the way of a driver in its prime.
 *
 * A transfer is 14 accesses to give the command and start the bus master, a halt until
 * the interrupt, and 5 accesses to see how it went and stop: 19 that wait for the
 * device model. It is timed from the command on.
 */
#include "models/ports.h"
#include "workloads/burst_workload.h"
#include "workloads/distribution.h"
#include "workloads/ide_access.h"
#include "workloads/source.h"

#define DISK_SECTORS UINT64_C(0x200000)
/* Where the driver keeps its table of memory regions. */
#define PRD_TABLE 0x00300000

typedef struct {
    int64_t sectors;
    int64_t write_percent;
    int64_t instructions;
    int64_t think_ns;
    int think_distribution;
} Options;

static const Option options[] = {
    OPTION_INTEGER_FIELD(Options, sectors, "sectors", "64", 1, IDE_MAX_SECTORS,
                         "of 512 bytes in a transfer"),
    {
        .key = "writes",
        .default_text = "0%",
        .help = "share of transfers that write",
        .kind = OPTION_INTEGER,
        .unit = UNIT_PERCENT,
        .offset = offsetof(Options, write_percent),
        .low = 0,
        .high = 100,
    },
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "200000", 0,
                         INT64_C(1000000000000), "computed before each transfer"),
    OPTION_NS_FIELD(Options, think_ns, "think", "0", 0, 3600 * NS_PER_S,
                    "mean rest after a transfer; 0: none"),
    OPTION_CHOICE_FIELD(Options, think_distribution, "think-distribution",
                        "exponential", distribution_names, "of the rest"),
    { 0 },
};

static void prepare_bus_master(BurstWorkload *self, uint32_t direction)
{
    burst_out(self, PORT_BUS_MASTER_PRD, 4, PRD_TABLE);
    burst_out(self, PORT_BUS_MASTER_COMMAND, 1, direction);
    burst_in(self, PORT_BUS_MASTER_STATUS, 1);
    burst_out(self, PORT_BUS_MASTER_STATUS, 1, BUS_MASTER_IRQ | BUS_MASTER_ERROR);
}

static void finish_bus_master(BurstWorkload *self, uint32_t direction)
{
    burst_in(self, PORT_BUS_MASTER_STATUS, 1);
    burst_out(self, PORT_BUS_MASTER_COMMAND, 1, direction);
    burst_in(self, PORT_BUS_MASTER_STATUS, 1);
    burst_out(self, PORT_BUS_MASTER_STATUS, 1, BUS_MASTER_IRQ | BUS_MASTER_ERROR);
    burst_in(self, PORT_IDE_STATUS, 1);
}

static void make_transfer(BurstWorkload *self)
{
    const Options *opt = self->options;
    const uint32_t lba = (uint32_t)gsl_rng_uniform_int(self->stream, DISK_SECTORS);
    const bool is_write =
        (int64_t)gsl_rng_uniform_int(self->stream, 100) < opt->write_percent;
    const uint32_t direction = is_write ? 0 : BUS_MASTER_READ;

    burst_compute(self, opt->instructions);
    prepare_bus_master(self, direction);
    ide_select(self, lba);
    ide_prepare(self, lba, opt->sectors);
    burst_begin(self);
    burst_out(self, PORT_IDE_COMMAND, 1,
              is_write ? IDE_COMMAND_WRITE_DMA : IDE_COMMAND_READ_DMA);
    burst_in(self, PORT_BUS_MASTER_COMMAND, 1);
    burst_out(self, PORT_BUS_MASTER_COMMAND, 1, direction | BUS_MASTER_START);
    burst_halt(self, TIME_NEVER_NS);
    finish_bus_master(self, direction);
    burst_transfer(self, opt->sectors * IDE_SECTOR_BYTES);
    burst_halt(self, distribution_draw((Distribution)opt->think_distribution,
                                       self->stream, opt->think_ns));
}

static Workload *disk_dma_start(const void *shared, uint64_t run_seed,
                                const char *stream_name)
{
    return burst_workload_new(make_transfer, shared, run_seed, stream_name);
}

const WorkloadSourceOps disk_dma_source = {
    .name = "disk-dma",
    .summary = "IDE transfers by bus-master DMA: registers, HLT, interrupt, registers",
    .options = options,
    .options_size = sizeof(Options),
    .start = disk_dma_start,
};
