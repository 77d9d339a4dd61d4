/*
 * ide.c - the primary IDE channel: registers, data port, bus-master DMA.
 *
 * Every register access waits for qemu-dm; reading the status lowers the interrupt
 * line. A read or write command by programmed I/O moves its sectors between the image
 * and qemu's buffer when the command is given, which holds up the whole main loop
 * (Xen 3.1, qemu's ide.c reads synchronously); the data port then works on that buffer.
 * With DMA the start bit only sets the transfer going.
 */
#include "models/device.h"
#include "models/ports.h"

typedef struct {
    uint32_t sectors;
    bool is_dma; /* the command given last */
} Ide;

static bool ide_claims(const Activity *access, ServedBy *served_by)
{
    const uint64_t port = access->address;

    *served_by = SERVED_BY_QEMU;
    return access->kind == ACTIVITY_PORT &&
           ((port >= PORT_IDE_DATA && port <= PORT_IDE_STATUS) ||
            port == PORT_IDE_CONTROL ||
            (port >= PORT_BUS_MASTER && port <= PORT_BUS_MASTER_LAST));
}

static int64_t transfer_bytes(const Ide *ide)
{
    const uint32_t sectors = ide->sectors == 0 ? IDE_MAX_SECTORS : ide->sectors;

    return (int64_t)sectors * IDE_SECTOR_BYTES;
}

static Effect begin_command(Ide *ide, uint32_t command)
{
    ide->is_dma = command == IDE_COMMAND_READ_DMA || command == IDE_COMMAND_WRITE_DMA;
    if (command != IDE_COMMAND_READ && command != IDE_COMMAND_WRITE)
        return (Effect){ EFFECT_NONE, 0 };
    return (Effect){ EFFECT_DISK_READ, transfer_bytes(ide) };
}

static Effect ide_access(Device *self, const Activity *access)
{
    Ide *ide = self->state;

    if (!access->is_write && access->address == PORT_IDE_STATUS)
        return (Effect){ EFFECT_LOWER_IRQ, 0 };
    if (!access->is_write)
        return (Effect){ EFFECT_NONE, 0 };
    if (access->address == PORT_IDE_COUNT)
        ide->sectors = access->value & 0xff;
    if (access->address == PORT_IDE_COMMAND)
        return begin_command(ide, access->value);
    if (access->address == PORT_BUS_MASTER_COMMAND &&
        access->value & BUS_MASTER_START && ide->is_dma) {
        ide->is_dma = false;
        return (Effect){ EFFECT_DISK_DMA, transfer_bytes(ide) };
    }
    return (Effect){ EFFECT_NONE, 0 };
}

const DeviceOps ide_device = {
    .name = "ide",
    .summary = "IDE channel with bus-master DMA, the guest's disk",
    .state_size = sizeof(Ide),
    .claims = ide_claims,
    .access = ide_access,
};
