/*
 * linux_stub.c - a stub domain of one vCPU with a Linux of its own under qemu (Xen 4.14
 * and later): the isolation of a stub, and the second level of scheduling again.
 */
#include "models/placements/qemu_process.h"

static DeviceModel *linux_stub_add_guest(Machine *machine, Domain *guest)
{
    const StubParams *params = &machine->building->stub;
    const CostProfile *profile = params->profile ? params->profile : machine->profile;
    Domain *domain = machine_add_stub_domain(machine, guest);
    Kernel *kernel =
        kernel_new(domain, &(KernelParams){ .scheduler = machine->linux_scheduler,
                                            .n_vcpus = 1,
                                            .hz = machine->kernel_hz,
                                            .tick_phase_ns = params->tick_phase_ns,
                                            .profile = profile,
                                            .run_for = guest });

    machine_own(machine, kernel, (GDestroyNotify)kernel_free);
    return qemu_process_add(machine, kernel, profile, guest);
}

const PlacementOps linux_stub_placement = {
    .name = "linux-stub",
    .summary = "a stub domain with a Linux kernel for each qemu-dm",
    .stub_bytes = INT64_C(128) << 20,
    .add_guest = linux_stub_add_guest,
};
