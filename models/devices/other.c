/*
 * other.c - whatever no other device claims: qemu-dm looks for it in vain.
 */
#include "models/devices/device.h"

const DeviceOps other_device = {
    .name = "other",
    .summary = "unclaimed addresses: qemu-dm finds nothing there",
};
