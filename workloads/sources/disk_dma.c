/*
 * disk_dma.c - disk transfers by bus-master DMA, the way of a driver in its prime.
 *
 * A transfer is 14 accesses to give the command and start the bus master, a halt until
 * the interrupt, and 5 accesses to see how it went and stop: 19 that wait for the
 * device model. It is timed from the command on.
 */
#include "workloads/disk_transfer.h"
#include "workloads/source.h"

static const Option options[] = {
    DISK_TRANSFER_OPTIONS("64"),
    { 0 },
};

static void make_transfer(BurstWorkload *self)
{
    const DiskTransfers *opt = self->options;
    const DiskTransfer transfer = disk_transfer_draw(self);

    burst_compute(self, opt->instructions);
    ide_prepare_dma(self, (uint32_t)transfer.sector, opt->sectors, transfer.is_write);
    burst_begin(self);
    ide_run_dma(self, transfer.is_write);
    burst_transfer(self, transfer.bytes);
    disk_transfer_rest(self);
}

const WorkloadSourceOps disk_dma_source = {
    .name = "disk-dma",
    .summary = "IDE transfers by bus-master DMA: registers, HLT, interrupt, registers",
    .options = options,
    .options_size = sizeof(DiskTransfers),
    .make = make_transfer,
    .make_pv = disk_transfer_make_pv,
};
