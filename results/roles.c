#include "results/roles.h"

static void set_guest(Collector *collector, const Machine *machine,
                      const GuestParams *params)
{
    const Domain *guest = host_domain_by_name(machine_host(machine), params->name);
    const Domain *stub = machine_stub_of(machine, guest);

    collector_set_role(collector, guest, ROLE_GUEST, NULL);
    collector_set_group(collector, guest, params->group);
    if (!stub)
        return;
    collector_set_role(collector, stub, ROLE_STUB, guest);
    collector_set_group(collector, stub, params->group);
}

static void set_neighbour(Collector *collector, const Machine *machine,
                          const NeighbourParams *params)
{
    const Domain *domain = host_domain_by_name(machine_host(machine), params->name);

    collector_set_role(collector, domain, ROLE_NEIGHBOUR, NULL);
    collector_set_group(collector, domain, params->group);
}

void collector_set_machine_roles(Collector *collector, const Machine *machine,
                                 const MachineParams *params)
{
    for (unsigned i = 0; i < params->n_guests; i++)
        set_guest(collector, machine, &params->guests[i]);
    if (machine_driver_domain(machine))
        collector_set_role(collector, machine_driver_domain(machine), ROLE_DRIVER,
                           NULL);
    for (unsigned i = 0; i < params->n_neighbours; i++)
        set_neighbour(collector, machine, &params->neighbours[i]);
}
