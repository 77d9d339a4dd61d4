#include "models/guest/guest_costs.h"

GuestCosts guest_costs_of(const CostProfile *profile)
{
    const int64_t exit_ns =
        cost_ns(profile, COST_EXIT) + cost_ns(profile, COST_EXIT_HANDLER);
    const int64_t entry_ns = cost_ns(profile, COST_ENTRY);
    const int64_t decode_port_ns = cost_ns(profile, COST_DECODE_PORT);
    const int64_t decode_memory_ns = cost_ns(profile, COST_DECODE_MEMORY);

    return (GuestCosts){
        .exit_port_ns = exit_ns + decode_port_ns,
        .exit_memory_ns = exit_ns + decode_memory_ns,
        .decode_port_ns = decode_port_ns,
        .decode_memory_ns = decode_memory_ns,
        .xen_device_ns = cost_ns(profile, COST_XEN_DEVICE),
        .xen_other_ns = exit_ns + entry_ns,
        .notify_ns = cost_ns(profile, COST_NOTIFY),
        .resume_ns = cost_ns(profile, COST_RESUME),
        .entry_ns = entry_ns,
        .post_ns = cost_ns(profile, COST_POST),
        .halt_ns = exit_ns,
        .inject_ns = cost_ns(profile, COST_INJECT),
        .handler_ns = cost_ns(profile, COST_GUEST_INTERRUPT),
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
               ? costs->exit_memory_ns
               : costs->exit_port_ns;
}

int64_t guest_costs_resume_ns(const GuestCosts *costs, const Activity *access,
                              const XenRelease *xen)
{
    const int64_t run_ns = costs->resume_ns + costs->entry_ns;
    const bool is_string = is_emulated_string(access, xen);

    if (access->is_write || !(xen->repeats_reads || is_string))
        return run_ns;
    return run_ns + (access->kind == ACTIVITY_MEMORY || is_string
                         ? costs->decode_memory_ns
                         : costs->decode_port_ns);
}
