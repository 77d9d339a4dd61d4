#include "workloads/device_access.h"

#include "models/devices/ports.h"

#include <glib.h>

/* Where the driver keeps its table of memory regions. */
#define PRD_TABLE 0x00300000

#define PCI_ENABLE 0x80000000u

const char *const disk_addresses[] = {
    [DISK_RANDOM] = "random",
    [DISK_SEQUENTIAL] = "sequential",
    NULL,
};

int64_t disk_sector(DiskAddresses addresses, BurstWorkload *self, int64_t sectors)
{
    const int64_t random = (int64_t)gsl_rng_uniform_int(self->stream, DISK_SECTORS);

    switch (addresses) {
    case DISK_RANDOM:
        return random;
    case DISK_SEQUENTIAL:
        return (int64_t)(self->n_made % (uint64_t)(DISK_SECTORS / sectors)) * sectors;
    }
    g_assert_not_reached();
}

static uint32_t device_bits(uint32_t lba)
{
    return IDE_DEVICE_LBA | (lba >> 24 & 0xf);
}

void ide_prepare(BurstWorkload *self, uint32_t lba, int64_t sectors)
{
    burst_out(self, PORT_IDE_DEVICE, 1, device_bits(lba));
    burst_in(self, PORT_IDE_STATUS, 1);
    burst_out(self, PORT_IDE_COUNT, 1, (uint32_t)sectors & 0xff);
    burst_out(self, PORT_IDE_LBA_LOW, 1, lba & 0xff);
    burst_out(self, PORT_IDE_LBA_MID, 1, lba >> 8 & 0xff);
    burst_out(self, PORT_IDE_LBA_HIGH, 1, lba >> 16 & 0xff);
    burst_out(self, PORT_IDE_DEVICE, 1, device_bits(lba));
}

void ide_run_pio(BurstWorkload *self, int64_t sectors, bool is_write, int64_t polls)
{
    burst_out(self, PORT_IDE_COMMAND, 1,
              is_write ? IDE_COMMAND_WRITE : IDE_COMMAND_READ);
    for (int64_t i = 0; i < polls; i++)
        burst_in(self, PORT_IDE_ALTERNATE_STATUS, 1);
    for (int64_t i = 0; i < sectors; i++) {
        burst_in(self, PORT_IDE_STATUS, 1);
        burst_string(self, PORT_IDE_DATA, 2, IDE_SECTOR_WORDS, is_write);
    }
}

static uint32_t dma_direction(bool is_write)
{
    return is_write ? 0 : BUS_MASTER_READ;
}

void ide_prepare_dma(BurstWorkload *self, uint32_t lba, int64_t sectors, bool is_write)
{
    burst_out(self, PORT_BUS_MASTER_PRD, 4, PRD_TABLE);
    burst_out(self, PORT_BUS_MASTER_COMMAND, 1, dma_direction(is_write));
    burst_in(self, PORT_BUS_MASTER_STATUS, 1);
    burst_out(self, PORT_BUS_MASTER_STATUS, 1, BUS_MASTER_IRQ | BUS_MASTER_ERROR);
    ide_prepare(self, lba, sectors);
}

void ide_run_dma(BurstWorkload *self, bool is_write)
{
    burst_out(self, PORT_IDE_COMMAND, 1,
              is_write ? IDE_COMMAND_WRITE_DMA : IDE_COMMAND_READ_DMA);
    burst_in(self, PORT_BUS_MASTER_COMMAND, 1);
    burst_out(self, PORT_BUS_MASTER_COMMAND, 1,
              dma_direction(is_write) | BUS_MASTER_START);
    burst_halt(self, TIME_NEVER_NS);
    burst_in(self, PORT_BUS_MASTER_STATUS, 1);
    burst_out(self, PORT_BUS_MASTER_COMMAND, 1, dma_direction(is_write));
    burst_in(self, PORT_BUS_MASTER_STATUS, 1);
    burst_out(self, PORT_BUS_MASTER_STATUS, 1, BUS_MASTER_IRQ | BUS_MASTER_ERROR);
    burst_in(self, PORT_IDE_STATUS, 1);
}

void serial_print(BurstWorkload *self, int64_t n_characters, int64_t instructions)
{
    for (int64_t i = 0; i < n_characters; i++) {
        burst_compute(self, instructions);
        burst_in(self, PORT_SERIAL_LINE_STATUS, 1);
        burst_out(self, PORT_SERIAL_DATA, 1, (uint32_t)('a' + i % 26));
    }
}

void pci_read(BurstWorkload *self, unsigned slot, unsigned reg)
{
    burst_out(self, PORT_PCI_ADDRESS, 4, PCI_ENABLE | slot << 11 | reg << 2);
    burst_in(self, PORT_PCI_DATA, 4);
}
