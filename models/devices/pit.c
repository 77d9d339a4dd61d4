/*
 * pit.c - the 8254 timer and the gate of its speaker: in Xen.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("pit", "hvm/i8254.c", PORT, 0x40, 0x43, READS | WRITES,
              SERVED_ALWAYS(XEN)),
    REGISTERS("pit-speaker", "hvm/i8254.c", PORT, 0x61, 0x61, READS | WRITES,
              SERVED_ALWAYS(XEN)),
    { .name = NULL },
};

const DeviceOps pit_device = {
    .name = "pit",
    .summary = "the 8254 timer, and the gate of its speaker",
    .registers = registers,
};
