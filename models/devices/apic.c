/*
 * apic.c - local APIC and I/O APIC, in device memory: in Xen.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("io-apic", "hvm/vioapic.c", MEMORY, 0xfec00000, 0xfec00fff,
              READS | WRITES, SERVED_ALWAYS(XEN)),
    REGISTERS("local-apic", "hvm/vlapic.c", MEMORY, 0xfee00000, 0xfee00fff,
              READS | WRITES, SERVED_ALWAYS(XEN)),
    { .name = NULL },
};

const DeviceOps apic_device = {
    .name = "apic",
    .summary = "local APIC and I/O APIC",
    .registers = registers,
};
