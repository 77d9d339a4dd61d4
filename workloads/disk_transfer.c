#include "workloads/disk_transfer.h"

DiskTransfer disk_transfer_draw(BurstWorkload *self)
{
    const DiskTransfers *opt = self->options;
    const int64_t sector =
        disk_sector((DiskAddresses)opt->addresses, self, opt->sectors);

    return (DiskTransfer){
        .sector = sector,
        .bytes = opt->sectors * IDE_SECTOR_BYTES,
        .is_write =
            (int64_t)gsl_rng_uniform_int(self->stream, 100) < opt->write_percent,
    };
}

void disk_transfer_rest(BurstWorkload *self)
{
    const DiskTransfers *opt = self->options;

    burst_rest(self, opt->think_distribution, opt->think_ns);
}

void disk_transfer_make_pv(BurstWorkload *self)
{
    const DiskTransfers *opt = self->options;
    const DiskTransfer transfer = disk_transfer_draw(self);

    burst_compute(self, opt->instructions);
    burst_begin(self);
    burst_block(self, transfer.sector, transfer.bytes, transfer.is_write);
    burst_transfer(self, transfer.bytes);
    disk_transfer_rest(self);
}
