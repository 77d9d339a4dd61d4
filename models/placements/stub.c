/*
 * stub.c - a stub domain for each guest's qemu-dm, with an account of its own
 * (Xen 3.3).
 */
#include "models/placements/stub_domain.h"

static DeviceModel *stub_add_guest(Machine *machine, Domain *guest)
{
    return stub_domain_add(machine, guest, false);
}

const PlacementOps stub_placement = {
    .name = "stub",
    .summary = "a stub domain for each qemu-dm, with weight and credit of its own",
    .stub_bytes = INT64_C(32) << 20,
    .add_guest = stub_add_guest,
};
