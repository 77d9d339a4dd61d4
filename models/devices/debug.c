/*
 * debug.c - port 0x80, to which guests write to pass the time, and port 0xe9, to which
 * they write letters. The first is the guest's own: it never exits.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("delay-port", "vmx/vmcs.c (I/O bitmap)", PORT, 0x80, 0x80, READS | WRITES,
              SERVED_ALWAYS(HARDWARE)),
    REGISTERS("debug-port", "hvm/intercept.c", PORT, 0xe9, 0xe9, READS | WRITES,
              SERVED(QEMU, QEMU, QEMU, QEMU, XEN, XEN)),
    { .name = NULL },
};

const DeviceOps debug_device = {
    .name = "debug",
    .summary = "port 0x80, which never exits, and the debug port 0xe9",
    .registers = registers,
};
