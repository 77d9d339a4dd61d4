/*
 * serial.c - the serial console: a round trip for every character and every poll of the
 * line status.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

static const Registers registers[] = {
    REGISTERS("serial-data", "ioemu serial.c", PORT, PORT_SERIAL_DATA, PORT_SERIAL_DATA,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("serial-setup", "ioemu serial.c", PORT, PORT_SERIAL_DATA + 1,
              PORT_SERIAL_LINE_STATUS - 1, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("serial-status", "ioemu serial.c", PORT, PORT_SERIAL_LINE_STATUS,
              PORT_SERIAL_LINE_STATUS, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("serial-setup", "ioemu serial.c", PORT, PORT_SERIAL_LINE_STATUS + 1,
              PORT_SERIAL_LAST, READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

const DeviceOps serial_device = {
    .name = "serial",
    .summary = "serial port, the guest's console",
    .registers = registers,
};
