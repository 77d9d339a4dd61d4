/*
 * serial.c - the serial console: a round trip for every character and every poll of the
 * line status.
 */
#include "models/device.h"
#include "models/ports.h"

static bool serial_claims(const Activity *access, ServedBy *served_by)
{
    *served_by = SERVED_BY_QEMU;
    return access->kind == ACTIVITY_PORT && access->address >= PORT_SERIAL &&
           access->address <= PORT_SERIAL_LAST;
}

const DeviceOps serial_device = {
    .name = "serial",
    .summary = "serial port, the guest's console",
    .claims = serial_claims,
};
