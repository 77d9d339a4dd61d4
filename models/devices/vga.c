/*
 * vga.c - standard VGA. Writes to its memory are posted; reads wait, until Xen keeps a
 * copy that answers them while the mode is a standard one, which it always is here.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

static const Registers registers[] = {
    REGISTERS("vga-memory", "hvm/intercept.c, hvm/stdvga.c", MEMORY, VGA_MEMORY,
              VGA_TEXT - 1, WRITES, SERVED_ALWAYS(POSTING)),
    REGISTERS("vga-memory", "hvm/stdvga.c", MEMORY, VGA_MEMORY, VGA_TEXT - 1, READS,
              SERVED(QEMU, QEMU, QEMU, COPY, COPY, COPY)),
    /* 3.2 copies the first half alone, and posts only what it copies. */
    REGISTERS("vga-text", "hvm/intercept.c, hvm/stdvga.c", MEMORY, VGA_TEXT,
              VGA_MEMORY_LAST, WRITES,
              SERVED(POSTING, POSTING, POSTING, QEMU, POSTING, POSTING)),
    REGISTERS("vga-text", "hvm/stdvga.c", MEMORY, VGA_TEXT, VGA_MEMORY_LAST, READS,
              SERVED(QEMU, QEMU, QEMU, QEMU, COPY, COPY)),
    REGISTERS("vga-ports", "ioemu vga.c", PORT, 0x3b0, 0x3c3, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    /* From 3.2 Xen looks at these two pairs, and qemu-dm gets them as before. */
    REGISTERS("vga-sequencer", "ioemu vga.c", PORT, 0x3c4, 0x3c5, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("vga-ports", "ioemu vga.c", PORT, 0x3c6, 0x3cd, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("vga-graphics", "ioemu vga.c", PORT, 0x3ce, 0x3cf, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    REGISTERS("vga-ports", "ioemu vga.c", PORT, 0x3d0, 0x3df, READS | WRITES,
              SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

const DeviceOps vga_device = {
    .name = "vga",
    .summary = "standard VGA, writes to its memory posted",
    .registers = registers,
};
