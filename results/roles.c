#include "results/roles.h"

void collector_set_machine_roles(Collector *collector, const Machine *machine,
                                 const MachineParams *params)
{
    const Host *host = machine_host(machine);

    for (unsigned i = 0; i < params->n_guests; i++) {
        const Domain *guest = host_domain_by_name(host, params->guests[i].name);
        const Domain *stub = machine_stub_of(machine, guest);

        collector_set_role(collector, guest, ROLE_GUEST, NULL);
        if (stub)
            collector_set_role(collector, stub, ROLE_STUB, guest);
    }
    if (machine_driver_domain(machine))
        collector_set_role(collector, machine_driver_domain(machine), ROLE_DRIVER,
                           NULL);
    for (unsigned i = 0; i < params->n_neighbours; i++)
        collector_set_role(collector,
                           host_domain_by_name(host, params->neighbours[i].name),
                           ROLE_NEIGHBOUR, NULL);
}
