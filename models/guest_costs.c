#include "models/guest_costs.h"

GuestCosts guest_costs(const CostProfile *profile)
{
    const int64_t exit_ns =
        cost_ns(profile, COST_EXIT) + cost_ns(profile, COST_EXIT_HANDLER);
    const int64_t entry_ns = cost_ns(profile, COST_ENTRY);

    return (GuestCosts){
        .exit_port = exit_ns + cost_ns(profile, COST_DECODE_PORT),
        .exit_memory = exit_ns + cost_ns(profile, COST_DECODE_MEMORY),
        .emulation = cost_ns(profile, COST_DECODE_MEMORY),
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

static bool is_emulated_string(const GuestCosts *costs, const Activity *access)
{
    return costs->emulates_strings && access->kind == ACTIVITY_PORT &&
           access->is_string;
}

int64_t guest_costs_exit_ns(const GuestCosts *costs, const Activity *access)
{
    return access->kind == ACTIVITY_MEMORY || is_emulated_string(costs, access)
               ? costs->exit_memory
               : costs->exit_port;
}

/* A read is emulated once more, with its answer. */
int64_t guest_costs_entry_ns(const GuestCosts *costs, const Activity *access)
{
    return costs->entry + (is_emulated_string(costs, access) && !access->is_write
                               ? costs->emulation
                               : 0);
}
