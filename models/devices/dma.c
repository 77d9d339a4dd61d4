/*
 * dma.c - the two 8237 DMA controllers: claimed, and each access costs a round trip;
 * nothing here transfers by them.
 */
#include "models/devices/device.h"

static const Registers registers[] = {
    REGISTERS("dma", "ioemu dma.c", PORT, 0x00, 0x0f, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("dma-page", "ioemu dma.c", PORT, 0x81, 0x8f, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("dma", "ioemu dma.c", PORT, 0xc0, 0xdf, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

const DeviceOps dma_device = {
    .name = "dma",
    .summary = "8237 DMA controllers, which move nothing here",
    .registers = registers,
};
