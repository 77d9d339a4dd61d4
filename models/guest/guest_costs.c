#include "models/guest/guest_costs.h"

GuestCosts guest_costs_of(const CostProfile *profile)
{
    const int64_t exit_ns =
        cost_ns(profile, COST_EXIT) + cost_ns(profile, COST_EXIT_HANDLER);
    const int64_t entry_ns = cost_ns(profile, COST_ENTRY);
    const int64_t decode_port_ns = cost_ns(profile, COST_DECODE_PORT);
    const int64_t decode_memory_ns = cost_ns(profile, COST_DECODE_MEMORY);

    return (GuestCosts){
        .exit_port = exit_ns + decode_port_ns,
        .exit_memory = exit_ns + decode_memory_ns,
        .decode_port = decode_port_ns,
        .decode_memory = decode_memory_ns,
        .xen_device = cost_ns(profile, COST_XEN_DEVICE),
        .xen_other = exit_ns + entry_ns,
        .notify = cost_ns(profile, COST_NOTIFY),
        .resume = cost_ns(profile, COST_RESUME),
        .entry = entry_ns,
        .post = cost_ns(profile, COST_POST),
        .halt = exit_ns,
        .inject = cost_ns(profile, COST_INJECT),
        .handler = cost_ns(profile, COST_GUEST_INTERRUPT),
    };
}

static bool is_emulated_string(const Activity *access, const XenRelease *xen)
{
    return xen->emulates_strings && access->kind == ACTIVITY_PORT && access->is_string;
}

int64_t guest_costs_exit_ns(const GuestCosts *costs, const Activity *access,
                            const XenRelease *xen)
{
    return access->kind == ACTIVITY_MEMORY || is_emulated_string(access, xen)
               ? costs->exit_memory
               : costs->exit_port;
}

int64_t guest_costs_resume_ns(const GuestCosts *costs, const Activity *access,
                              const XenRelease *xen)
{
    const int64_t run_ns = costs->resume + costs->entry;
    const bool is_string = is_emulated_string(access, xen);

    if (access->is_write || !(xen->repeats_reads || is_string))
        return run_ns;
    return run_ns + (access->kind == ACTIVITY_MEMORY || is_string ? costs->decode_memory
                                                                  : costs->decode_port);
}
