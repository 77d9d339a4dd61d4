/*
 * pic.c - the two 8259 interrupt controllers and their edge/level registers: in Xen.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("pic", "hvm/vpic.c", PORT, 0x20, 0x21, READS | WRITES,
              SERVED_ALWAYS(XEN)),
    REGISTERS("pic", "hvm/vpic.c", PORT, 0xa0, 0xa1, READS | WRITES,
              SERVED_ALWAYS(XEN)),
    REGISTERS("pic", "hvm/vpic.c", PORT, 0x4d0, 0x4d1, READS | WRITES,
              SERVED_ALWAYS(XEN)),
    { .name = NULL },
};

const DeviceOps pic_device = {
    .name = "pic",
    .summary = "the two 8259 interrupt controllers",
    .registers = registers,
};
