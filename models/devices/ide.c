/*
 * ide.c - the primary IDE channel: registers, data port, bus-master DMA.
 *
 * Every register access waits for qemu-dm; reading the status lowers the interrupt
 * line. A read or write command by programmed I/O moves its sectors between the image
 * and qemu's buffer when the command is given, which holds up the whole main loop
 * (Xen 3.1, qemu's ide.c reads synchronously); the data port then works on that buffer.
 * With DMA the start bit only sets the transfer going. A later qemu reads by sector:
 * one at the command, the next when the guest has taken the last word of the one
 * before.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

typedef struct {
    uint32_t sectors;
    uint32_t address[4]; /* of the first one: low, mid and high byte, and 4 bits */
    bool is_dma;         /* the command given last, */
    bool is_write;       /* and what it does */
    Effect reading;      /* all of the command that reads by sector, ... */
    int64_t words_left;  /* ... and what the guest has still to take of it */
} Ide;

static const Registers registers[] = {
    REGISTERS_OF_QEMU("ide-data", "ioemu ide.c", PORT, PORT_IDE_DATA, PORT_IDE_DATA,
                      READS | WRITES),
    REGISTERS("ide-task", "ioemu ide.c", PORT, PORT_IDE_FEATURES, PORT_IDE_DEVICE,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("ide-status", "ioemu ide.c", PORT, PORT_IDE_STATUS, PORT_IDE_STATUS,
              READS, SERVED_ALWAYS(QEMU)),
    REGISTERS("ide-status", "ioemu ide.c", PORT, PORT_IDE_ALTERNATE_STATUS,
              PORT_IDE_ALTERNATE_STATUS, READS, SERVED_ALWAYS(QEMU)),
    REGISTERS_OF_QEMU("ide-command", "ioemu ide.c", PORT, PORT_IDE_COMMAND,
                      PORT_IDE_COMMAND, WRITES),
    REGISTERS("ide-control", "ioemu ide.c", PORT, PORT_IDE_CONTROL, PORT_IDE_CONTROL,
              WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS_OF_QEMU("bus-master-command", "ioemu ide.c", PORT,
                      PORT_BUS_MASTER_COMMAND, PORT_BUS_MASTER_STATUS - 1, WRITES),
    REGISTERS("bus-master-status", "ioemu ide.c", PORT, PORT_BUS_MASTER_COMMAND,
              PORT_BUS_MASTER_STATUS - 1, READS, SERVED_ALWAYS(QEMU)),
    REGISTERS("bus-master-status", "ioemu ide.c", PORT, PORT_BUS_MASTER_STATUS,
              PORT_BUS_MASTER_PRD - 1, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("bus-master-prd", "ioemu ide.c", PORT, PORT_BUS_MASTER_PRD,
              PORT_BUS_MASTER_LAST, READS | WRITES, SERVED_ALWAYS(QEMU)),
    /* The secondary channel, at which there is no disk. */
    REGISTERS("ide-secondary", "ioemu ide.c", PORT, 0x170, 0x177, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("ide-secondary", "ioemu ide.c", PORT, 0x376, 0x376, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("ide-secondary", "ioemu ide.c", PORT, PORT_BUS_MASTER_LAST + 1,
              PORT_BUS_MASTER_LAST + 8, READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

static int64_t transfer_bytes(const Ide *ide)
{
    const uint32_t sectors = ide->sectors == 0 ? IDE_MAX_SECTORS : ide->sectors;

    return (int64_t)sectors * IDE_SECTOR_BYTES;
}

static Effect transfer(const Ide *ide, EffectKind kind)
{
    const uint32_t *address = ide->address;

    return (Effect){ .kind = kind,
                     .bytes = transfer_bytes(ide),
                     .sector = (int64_t)(address[0] | address[1] << 8 |
                                         address[2] << 16 | (address[3] & 0xf) << 24),
                     .is_write = ide->is_write };
}

/* Of the command that reads by sector, from its n-th sector on. */
static Effect read_sectors(const Ide *ide, int64_t n_before, int64_t n)
{
    Effect effect = ide->reading;

    effect.sector += n_before;
    effect.bytes = n * IDE_SECTOR_BYTES;
    return effect;
}

/* So many sectors must have been read when so many of its words have been taken: up to
 * that of the next word. */
static int64_t sectors_needed(int64_t words_taken)
{
    return words_taken / IDE_SECTOR_WORDS + 1;
}

/* The port is 16 or 32 bits wide. */
static int64_t words_of(const Activity *access)
{
    return (int64_t)access->count * MAX(access->size_bytes, 2u) / 2;
}

/* The guest takes words: the last one of a sector lets the next one be read. */
static Effect take_words(Ide *ide, const Activity *access)
{
    const int64_t n_words = ide->reading.bytes / 2;
    const int64_t n_sectors = n_words / IDE_SECTOR_WORDS;
    const int64_t before = MIN(sectors_needed(n_words - ide->words_left), n_sectors);
    int64_t needed;

    ide->words_left -= MIN(words_of(access), ide->words_left);
    needed = MIN(sectors_needed(n_words - ide->words_left), n_sectors);
    return needed > before ? read_sectors(ide, before, needed - before)
                           : (Effect){ .kind = EFFECT_NONE };
}

static Effect begin_command(Ide *ide, uint32_t command, bool reads_by_sector)
{
    ide->is_dma = command == IDE_COMMAND_READ_DMA || command == IDE_COMMAND_WRITE_DMA;
    ide->is_write = command == IDE_COMMAND_WRITE || command == IDE_COMMAND_WRITE_DMA;
    ide->words_left = 0;
    ide->reading = (Effect){ .kind = EFFECT_NONE };
    if (command != IDE_COMMAND_READ && command != IDE_COMMAND_WRITE)
        return (Effect){ .kind = EFFECT_NONE };
    if (!reads_by_sector || ide->is_write)
        return transfer(ide, EFFECT_DISK_READ);
    ide->reading = transfer(ide, EFFECT_DISK_READ);
    ide->words_left = ide->reading.bytes / 2;
    return read_sectors(ide, 0, 1);
}

static Effect ide_access(Device *self, const Activity *access)
{
    Ide *ide = self->state;

    if (!access->is_write && access->address == PORT_IDE_DATA)
        return take_words(ide, access);
    if (!access->is_write && access->address == PORT_IDE_STATUS)
        return (Effect){ .kind = EFFECT_LOWER_IRQ };
    if (!access->is_write)
        return (Effect){ .kind = EFFECT_NONE };
    if (access->address == PORT_IDE_COUNT)
        ide->sectors = access->value & 0xff;
    if (access->address >= PORT_IDE_LBA_LOW && access->address <= PORT_IDE_DEVICE)
        ide->address[access->address - PORT_IDE_LBA_LOW] = access->value & 0xff;
    if (access->address == PORT_IDE_COMMAND)
        return begin_command(ide, access->value, self->reads_by_sector);
    if (access->address == PORT_BUS_MASTER_COMMAND &&
        access->value & BUS_MASTER_START && ide->is_dma) {
        ide->is_dma = false;
        return transfer(ide, EFFECT_DISK_DMA);
    }
    return (Effect){ .kind = EFFECT_NONE };
}

const DeviceOps ide_device = {
    .name = "ide",
    .summary = "IDE channel with bus-master DMA, the guest's disk",
    .state_size = sizeof(Ide),
    .registers = registers,
    .access = ide_access,
};
