/*
 * vga.c - standard VGA: writes to its memory are posted, reads and ports wait
 * (Xen 3.1).
 */
#include "models/device.h"

#define VGA_MEMORY      0xa0000
#define VGA_MEMORY_LAST 0xbffff
#define VGA_PORT        0x3b0
#define VGA_PORT_LAST   0x3df

static bool vga_claims(const Activity *access, ServedBy *served_by)
{
    const uint64_t address = access->address;

    if (access->kind == ACTIVITY_MEMORY) {
        *served_by = access->is_write ? SERVED_BY_POSTING : SERVED_BY_QEMU;
        return address >= VGA_MEMORY && address <= VGA_MEMORY_LAST;
    }
    *served_by = SERVED_BY_QEMU;
    return address >= VGA_PORT && address <= VGA_PORT_LAST;
}

const DeviceOps vga_device = {
    .name = "vga",
    .summary = "standard VGA, writes to its memory posted",
    .claims = vga_claims,
};
