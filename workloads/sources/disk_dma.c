/*
 * disk_dma.c - disk transfers by bus-master DMA, the way of a driver in its prime.
 *
 * A transfer is 14 accesses to give the command and start the bus master, a halt until
 * the interrupt, and 5 accesses to see how it went and stop: 19 that wait for the
 * device model. It is timed from the command on.
 */
#include "models/devices/ports.h"
#include "workloads/device_access.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int64_t sectors;
    int64_t write_percent;
    int addresses; /* DiskAddresses */
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
    OPTION_CHOICE_FIELD(Options, addresses, "addresses", "random", disk_addresses,
                        "where a transfer begins: anywhere on the disk, or where the "
                        "one before has ended"),
    OPTION_INTEGER_FIELD(Options, instructions, "instructions", "200000", 0,
                         INT64_C(1000000000000), "computed before each transfer"),
    OPTION_NS_FIELD(Options, think_ns, "think", "0", 0, 3600 * NS_PER_S,
                    "mean rest after a transfer; 0: none"),
    OPTION_CHOICE_FIELD(Options, think_distribution, "think-distribution",
                        "exponential", distribution_names, "of the rest"),
    { 0 },
};

static int64_t draw_sector(BurstWorkload *self, const Options *opt)
{
    return disk_sector((DiskAddresses)opt->addresses, self, opt->sectors);
}

static bool draw_is_write(const BurstWorkload *self, const Options *opt)
{
    return (int64_t)gsl_rng_uniform_int(self->stream, 100) < opt->write_percent;
}

static void make_transfer(BurstWorkload *self)
{
    const Options *opt = self->options;
    const uint32_t lba = (uint32_t)draw_sector(self, opt);
    const bool is_write = draw_is_write(self, opt);

    burst_compute(self, opt->instructions);
    ide_prepare_dma(self, lba, opt->sectors, is_write);
    burst_begin(self);
    ide_run_dma(self, is_write);
    burst_transfer(self, opt->sectors * IDE_SECTOR_BYTES);
    burst_halt(self, distribution_draw((Distribution)opt->think_distribution,
                                       self->stream, opt->think_ns));
}

/* The same transfer by blkfront. */
static void make_pv_transfer(BurstWorkload *self)
{
    const Options *opt = self->options;
    const int64_t sector = draw_sector(self, opt);
    const bool is_write = draw_is_write(self, opt);

    burst_compute(self, opt->instructions);
    burst_begin(self);
    burst_block(self, sector, opt->sectors * IDE_SECTOR_BYTES, is_write);
    burst_transfer(self, opt->sectors * IDE_SECTOR_BYTES);
    burst_halt(self, distribution_draw((Distribution)opt->think_distribution,
                                       self->stream, opt->think_ns));
}

static Workload *disk_dma_start(const void *shared, uint64_t run_seed,
                                const char *stream_name)
{
    return burst_workload_new(make_transfer, shared, run_seed, stream_name);
}

static Workload *disk_dma_start_pv(const void *shared, uint64_t run_seed,
                                   const char *stream_name)
{
    return burst_workload_new(make_pv_transfer, shared, run_seed, stream_name);
}

const WorkloadSourceOps disk_dma_source = {
    .name = "disk-dma",
    .summary = "IDE transfers by bus-master DMA: registers, HLT, interrupt, registers",
    .options = options,
    .options_size = sizeof(Options),
    .start = disk_dma_start,
    .start_pv = disk_dma_start_pv,
};
