/*
 * hpet.c - the high-precision timer, in device memory: in Xen since 3.1, nowhere
 * before.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("hpet", "hvm/hpet.c", MEMORY, 0xfed00000, 0xfed003ff, READS | WRITES,
              SERVED(QEMU, QEMU, XEN, XEN, XEN, XEN)),
    { .name = NULL },
};

const DeviceOps hpet_device = {
    .name = "hpet",
    .summary = "the high-precision timer",
    .registers = registers,
};
