/*
 * platform.c - the devices that Xen 3.1 emulates itself: interrupt controllers, timers,
 * clock. An access costs an exit and their code, and never touches the scheduler.
 */
#include "models/device.h"

typedef struct {
    uint64_t first, last;
} Range;

/* io-path.md, section 1, the column of 3.1. CMOS cells above 13 go to qemu-dm, but
 * their index is not known from the port, so all of 0x70 and 0x71 counts as the
 * clock's. */
static const Range ports[] = {
    { 0x20, 0x21 },     /* PIC, master */
    { 0x40, 0x43 },     /* PIT */
    { 0x61, 0x61 },     /* its speaker gate */
    { 0x70, 0x71 },     /* RTC */
    { 0xa0, 0xa1 },     /* PIC, slave */
    { 0x4d0, 0x4d1 },   /* PIC, edge or level */
    { 0x1f40, 0x1f43 }, /* ACPI PM1a events */
    { 0x1f48, 0x1f4b }, /* ACPI PM timer */
    { 0xb000, 0xb003 }, /* the same two where Xen 4.17's firmware puts them */
    { 0xb008, 0xb00b },
};
static const Range memory[] = {
    { 0xfec00000, 0xfec00fff }, /* I/O APIC */
    { 0xfed00000, 0xfed003ff }, /* HPET */
    { 0xfee00000, 0xfee00fff }, /* local APIC */
};

static bool holds(const Range *ranges, unsigned n, uint64_t address)
{
    for (unsigned i = 0; i < n; i++)
        if (address >= ranges[i].first && address <= ranges[i].last)
            return true;
    return false;
}

static bool platform_claims(const Activity *access, ServedBy *served_by)
{
    *served_by = SERVED_BY_XEN;
    if (access->kind == ACTIVITY_PORT)
        return holds(ports, G_N_ELEMENTS(ports), access->address);
    return holds(memory, G_N_ELEMENTS(memory), access->address);
}

const DeviceOps platform_device = {
    .name = "platform",
    .summary = "PIC, PIT, RTC, PM timer, HPET and APICs, inside Xen",
    .claims = platform_claims,
};
