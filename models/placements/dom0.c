/*
 * dom0.c - every qemu-dm is a process in dom0: the arrangement of 2007.
 */
#include "models/placements/qemu_process.h"

static DeviceModel *dom0_add_guest(Machine *machine, Domain *guest)
{
    return qemu_process_add(machine, machine->kernel, machine->profile, guest);
}

const PlacementOps dom0_placement = {
    .name = "dom0",
    .summary = "all qemu-dm in dom0, whose Linux schedules them",
    .add_guest = dom0_add_guest,
};
