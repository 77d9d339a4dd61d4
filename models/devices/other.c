/*
 * other.c - whatever no other device claims: qemu-dm looks for it in vain, or it is one
 * of the small devices (PS/2, floppy, PCI configuration) that cost a plain access.
 */
#include "models/device.h"

static bool other_claims(const Activity *access G_GNUC_UNUSED, ServedBy *served_by)
{
    *served_by = SERVED_BY_QEMU;
    return true;
}

const DeviceOps other_device = {
    .name = "other",
    .summary = "PS/2, PCI configuration, floppy and unclaimed addresses",
    .claims = other_claims,
};
