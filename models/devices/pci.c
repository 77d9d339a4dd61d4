/*
 * pci.c - PCI configuration by mechanism 1: an address, then data. A boot reads it
 * thousands of times, two round trips a register.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

static const Registers registers[] = {
    REGISTERS("pci-address", "ioemu pci.c", PORT, PORT_PCI_ADDRESS,
              PORT_PCI_ADDRESS + 3, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("pci-data", "ioemu pci.c", PORT, PORT_PCI_DATA, PORT_PCI_DATA + 3,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

const DeviceOps pci_device = {
    .name = "pci",
    .summary = "PCI configuration, two accesses a register",
    .registers = registers,
};
