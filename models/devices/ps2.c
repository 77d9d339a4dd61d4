/*
 * ps2.c - keyboard and mouse: a status, read before every byte, and the byte.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

static const Registers registers[] = {
    REGISTERS("ps2-data", "ioemu pckbd.c", PORT, PORT_PS2_DATA, PORT_PS2_DATA,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("ps2-status", "ioemu pckbd.c", PORT, PORT_PS2_STATUS, PORT_PS2_STATUS,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

/* The byte has been taken, so the interrupt line goes down. */
static Effect ps2_access(Device *self G_GNUC_UNUSED, const Activity *access)
{
    if (!access->is_write && access->address == PORT_PS2_DATA)
        return (Effect){ .kind = EFFECT_LOWER_IRQ };
    return (Effect){ .kind = EFFECT_NONE };
}

const DeviceOps ps2_device = {
    .name = "ps2",
    .summary = "PS/2 keyboard and mouse",
    .registers = registers,
    .access = ps2_access,
};
