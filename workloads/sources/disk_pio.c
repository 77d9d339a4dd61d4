/*
 * disk_pio.c - disk transfers by programmed I/O, the way of a BIOS or an old driver.
 *
 * A transfer is 7 register writes and a status read to give the command, a number of
 * polls, and for each sector a status read and one string access of 256 words. It is
 * timed from the command on.
 */
#include "workloads/disk_transfer.h"
#include "workloads/source.h"

typedef struct {
    DiskTransfers transfers;
    int64_t polls;
} Options;

static const Option options[] = {
    DISK_TRANSFER_OPTIONS("8"),
    OPTION_INTEGER_FIELD(Options, polls, "polls", "1", 0, 100000,
                         "status reads after the command, before the first sector"),
    { 0 },
};

static void make_transfer(BurstWorkload *self)
{
    const Options *opt = self->options;
    const int64_t sectors = opt->transfers.sectors;
    const DiskTransfer transfer = disk_transfer_draw(self);

    burst_compute(self, opt->transfers.instructions);
    ide_prepare(self, (uint32_t)transfer.sector, sectors);
    burst_begin(self);
    ide_run_pio(self, sectors, transfer.is_write, opt->polls);
    burst_transfer(self, transfer.bytes);
    burst_in(self, PORT_IDE_STATUS, 1);
    disk_transfer_rest(self);
}

const WorkloadSourceOps disk_pio_source = {
    .name = "disk-pio",
    .summary = "IDE transfers by programmed I/O: registers, polls, a string per sector",
    .options = options,
    .options_size = sizeof(Options),
    .make = make_transfer,
    .make_pv = disk_transfer_make_pv,
};
