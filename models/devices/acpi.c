/*
 * acpi.c - the ACPI PM timer and the PM1a event block.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

static const Registers registers[] = {
    REGISTERS("pm1a", "hvm/pmtimer.c", PORT, PORT_PM1A_3_1, PORT_PM1A_3_1 + 3,
              READS | WRITES, SERVED(QEMU, QEMU, XEN, XEN, XEN, XEN)),
    REGISTERS("pm-timer", "hvm/pmtimer.c", PORT, PORT_PM_TIMER_3_1,
              PORT_PM_TIMER_3_1 + 3, READS | WRITES,
              SERVED(QEMU, XEN, XEN, XEN, XEN, XEN)),
    /* The same two where the firmware of Xen 4.17 puts them. */
    REGISTERS("pm1a", "hvm/pmtimer.c", PORT, PORT_PM1A_4_17, PORT_PM1A_4_17 + 3,
              READS | WRITES, SERVED(QEMU, QEMU, XEN, XEN, XEN, XEN)),
    REGISTERS("pm-timer", "hvm/pmtimer.c", PORT, PORT_PM_TIMER_4_17,
              PORT_PM_TIMER_4_17 + 3, READS | WRITES,
              SERVED(QEMU, XEN, XEN, XEN, XEN, XEN)),
    { .name = NULL },
};

const DeviceOps acpi_device = {
    .name = "acpi",
    .summary = "ACPI PM timer and PM1a event block",
    .registers = registers,
};
