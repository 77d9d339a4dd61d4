#include "workloads/ide_access.h"

#include "models/ports.h"

static uint32_t device_bits(uint32_t lba)
{
    return IDE_DEVICE_LBA | (lba >> 24 & 0xf);
}

void ide_select(BurstWorkload *self, uint32_t lba)
{
    burst_out(self, PORT_IDE_DEVICE, 1, device_bits(lba));
    burst_in(self, PORT_IDE_STATUS, 1);
}

void ide_prepare(BurstWorkload *self, uint32_t lba, int64_t sectors)
{
    burst_out(self, PORT_IDE_COUNT, 1, (uint32_t)sectors & 0xff);
    burst_out(self, PORT_IDE_LBA_LOW, 1, lba & 0xff);
    burst_out(self, PORT_IDE_LBA_MID, 1, lba >> 8 & 0xff);
    burst_out(self, PORT_IDE_LBA_HIGH, 1, lba >> 16 & 0xff);
    burst_out(self, PORT_IDE_DEVICE, 1, device_bits(lba));
}

void ide_move_sectors(BurstWorkload *self, int64_t sectors, bool is_write)
{
    for (int64_t i = 0; i < sectors; i++) {
        burst_in(self, PORT_IDE_STATUS, 1);
        burst_string(self, PORT_IDE_DATA, 2, IDE_SECTOR_WORDS, is_write);
    }
}
