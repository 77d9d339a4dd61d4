/*
 * floppy.c - the floppy controller: claimed, and each access costs a round trip; no
 * disk is in the drive, so nothing is transferred.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("floppy", "ioemu fdc.c", PORT, 0x3f0, 0x3f5, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("floppy", "ioemu fdc.c", PORT, 0x3f7, 0x3f7, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

const DeviceOps floppy_device = {
    .name = "floppy",
    .summary = "floppy controller, without a disk",
    .registers = registers,
};
