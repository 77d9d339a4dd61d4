#include "models/guest_costs.h"

GuestCosts guest_costs(const CostProfile *profile)
{
    const int64_t exit_ns =
        cost_ns(profile, COST_EXIT) + cost_ns(profile, COST_EXIT_HANDLER);
    const int64_t entry_ns = cost_ns(profile, COST_ENTRY);

    return (GuestCosts){
        .exit_port = exit_ns + cost_ns(profile, COST_DECODE_PORT),
        .exit_memory = exit_ns + cost_ns(profile, COST_DECODE_MEMORY),
        .xen_device = cost_ns(profile, COST_XEN_DEVICE) + entry_ns,
        .xen_other = exit_ns + entry_ns,
        .notify = cost_ns(profile, COST_NOTIFY),
        .entry = cost_ns(profile, COST_RESUME) + entry_ns,
        .post = cost_ns(profile, COST_POST) + entry_ns,
        .halt = exit_ns,
        .interrupt = exit_ns + cost_ns(profile, COST_INJECT) + entry_ns +
                     cost_ns(profile, COST_GUEST_INTERRUPT),
    };
}
