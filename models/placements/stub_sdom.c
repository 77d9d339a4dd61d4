/*
 * stub_sdom.c - guest and stub domain form one scheduling domain: the stub is an
 * activation domain whose accounting is redirected to its guest.
 */
#include "models/placements/stub_domain.h"

static DeviceModel *stub_sdom_add_guest(Machine *machine, Domain *guest)
{
    return stub_domain_add(machine, guest, true);
}

const PlacementOps stub_sdom_placement = {
    .name = "stub+sdom",
    .summary = "a stub domain for each qemu-dm, drawing on its guest's account",
    .attaches_stub = true,
    .stub_bytes = INT64_C(32) << 20,
    .add_guest = stub_sdom_add_guest,
};
