/*
 * disk_pio.c - disk transfers by programmed I/O, the way of a BIOS or an old driver.
 *
 * A transfer is 7 register writes and a status read to give the command, a number of
 * polls, and for each sector a status read and one string access of 256 words. It is
 * timed from the command on.
 */
#include "models/devices/ports.h"
#include "workloads/device_access.h"
#include "workloads/distribution.h"
#include "workloads/source.h"

typedef struct {
    int64_t sectors;
    int64_t write_percent;
    int addresses; /* DiskAddresses */
    int64_t polls;
    int64_t instructions;
    int64_t think_ns;
    int think_distribution;
} Options;

static const Option options[] = {
    OPTION_INTEGER_FIELD(Options, sectors, "sectors", "8", 1, IDE_MAX_SECTORS,
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
    OPTION_INTEGER_FIELD(Options, polls, "polls", "1", 0, 100000,
                         "status reads after the command, before the first sector"),
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
    ide_prepare(self, lba, opt->sectors);
    burst_begin(self);
    ide_run_pio(self, opt->sectors, is_write, opt->polls);
    burst_transfer(self, opt->sectors * IDE_SECTOR_BYTES);
    burst_in(self, PORT_IDE_STATUS, 1);
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

static Workload *disk_pio_start(const void *shared, uint64_t run_seed,
                                const char *stream_name)
{
    return burst_workload_new(make_transfer, shared, run_seed, stream_name);
}

static Workload *disk_pio_start_pv(const void *shared, uint64_t run_seed,
                                   const char *stream_name)
{
    return burst_workload_new(make_pv_transfer, shared, run_seed, stream_name);
}

const WorkloadSourceOps disk_pio_source = {
    .name = "disk-pio",
    .summary = "IDE transfers by programmed I/O: registers, polls, a string per sector",
    .options = options,
    .options_size = sizeof(Options),
    .start = disk_pio_start,
    .start_pv = disk_pio_start_pv,
};
