#include "models/host/costs.h"

static const struct {
    const char *key, *summary;
} costs[COSTS] = {
    [COST_EXIT] = { "exit", "the processor leaves the guest" },
    [COST_ENTRY] = { "entry", "the processor enters the guest" },
    [COST_EXIT_HANDLER] = { "exit-handler",
                            "Xen finds an exit's reason and dispatches" },
    [COST_DECODE_PORT] = { "decode-port",
                           "Xen decodes a port access, fills the request" },
    [COST_DECODE_MEMORY] = { "decode-memory",
                             "Xen decodes an access to device memory" },
    [COST_XEN_DEVICE] = { "xen-device", "an access served by a device inside Xen" },
    [COST_POST] = { "post", "a request is put into the buffered page" },
    [COST_NOTIFY] = { "notify", "an event is sent: pending bits, kick" },
    [COST_RESUME] = { "resume", "a guest vCPU consumes the device model's answer" },
    [COST_INJECT] = { "inject", "a virtual interrupt is injected" },
    [COST_GUEST_INTERRUPT] = { "guest-interrupt",
                               "the guest's handler of a timer tick" },
    [COST_SCHEDULE] = { "schedule", "a pass through schedule()" },
    [COST_CONTINUE] = { "continue", "a pass through schedule() that keeps the vCPU" },
    [COST_SWITCH] = { "switch", "another vCPU's state is loaded" },
    [COST_REFILL] = { "refill", "cold TLB and caches after a switch" },
    [COST_TLB] = { "tlb", "the TLB after a switch, without the caches" },
    [COST_LINE_NEAR] = { "line-near", "a missing line from the socket's cache" },
    [COST_LINE_FAR] = { "line-far", "a missing line from memory" },
    [COST_IPI] = { "ipi", "an interrupt from another pCPU is taken" },
    [COST_TIMER_INTERRUPT] = { "timer-interrupt", "a hypervisor timer fires" },
    [COST_TRAP] = { "trap", "an interrupt leaves PV code and comes back to it" },
    [COST_HYPERCALL] = { "hypercall", "a PV guest enters Xen and returns" },
    [COST_SYSTEM_CALL] = { "system-call", "a process enters its kernel and returns" },
    [COST_UPCALL] = { "upcall", "a PV kernel takes an event" },
    [COST_TASK_WAKE] = { "task-wake", "the dom0 kernel makes a task runnable" },
    [COST_TASK_SWITCH] = { "task-switch", "the dom0 kernel switches tasks" },
    [COST_ADDRESS_SPACE] = { "address-space",
                             "a task switch to another address space" },
    [COST_TASK_IDLE] = { "task-idle", "a kernel finds nothing to run, and blocks" },
    [COST_TASK_TICK] = { "task-tick", "the dom0 kernel's periodic tick" },
    [COST_QEMU_WAKE] = { "qemu-wake",
                         "select() returns, the port is read and unmasked" },
    [COST_QEMU_ACCESS] = { "qemu-access", "qemu-dm emulates one register access" },
    [COST_QEMU_ELEMENT] = { "qemu-element", "each further element of a string access" },
    [COST_QEMU_POSTED] = { "qemu-posted", "qemu-dm drains one posted request" },
    [COST_QEMU_REPLY] = { "qemu-reply", "qemu-dm answers, the calls apart" },
    [COST_QEMU_LOOP] = { "qemu-loop", "the rest of a pass of qemu-dm's main loop" },
    [COST_QEMU_DISK] = { "qemu-disk", "qemu-dm submits or completes a disk request" },
    [COST_QEMU_PACKET] = { "qemu-packet", "qemu-dm hands on one network frame" },
    [COST_RAISE_IRQ] = { "raise-irq", "qemu-dm sets an interrupt line of its guest" },
    [COST_STUB_WAKE] = { "stub-wake", "Mini-OS's main thread goes on after an event" },
    [COST_FRONTEND] = { "frontend", "a PV front end puts on or takes off a request" },
    [COST_BACKEND] = { "backend", "a PV back end maps and submits, or completes" },
    [COST_DISK_INTERRUPT] = { "disk-interrupt", "dom0 handles a physical interrupt" },
    [COST_DAEMON] = { "daemon", "one pass of dom0's background daemons" },
    [COST_TOOLSTACK_CREATE] = { "toolstack-create",
                                "the toolstack creates a domain, memory apart" },
    [COST_TOOLSTACK_DESTROY] = { "toolstack-destroy",
                                 "the toolstack destroys a domain, memory apart" },
    [COST_BUILD_MIB] = { "build-mib", "1 MiB of a new domain's memory" },
    [COST_FREE_MIB] = { "free-mib", "1 MiB of a destroyed domain's memory" },
    [COST_QEMU_START] = { "qemu-start", "a process qemu-dm starts" },
    [COST_STUB_START] = { "stub-start", "Mini-OS boots, its qemu-dm starts" },
    [COST_LINUX_START] = { "linux-start", "a stub domain's Linux boots" },
};

const char *cost_key(Cost cost)
{
    return costs[cost].key;
}

const char *cost_summary(Cost cost)
{
    return costs[cost].summary;
}

const char *standing_name(Standing standing)
{
    static const char *const names[] = { "measured", "published", "assumed" };

    return names[standing];
}

CostProfile *cost_profile_new(void)
{
    return g_new0(CostProfile, 1);
}

CostProfile *cost_profile_copy(const CostProfile *profile)
{
    CostProfile *copy = g_memdup2(profile, sizeof *profile);

    copy->name = g_strdup(profile->name);
    copy->summary = g_strdup(profile->summary);
    copy->clock_source = g_strdup(profile->clock_source);
    copy->cpi_source = g_strdup(profile->cpi_source);
    for (unsigned i = 0; i < CACHE_LEVELS; i++)
        copy->caches[i].source = g_strdup(profile->caches[i].source);
    for (unsigned i = 0; i < COSTS; i++)
        copy->figures[i].source = g_strdup(profile->figures[i].source);
    return copy;
}

void cost_profile_free(CostProfile *profile)
{
    if (!profile)
        return;
    for (unsigned i = 0; i < CACHE_LEVELS; i++)
        g_free(profile->caches[i].source);
    for (unsigned i = 0; i < COSTS; i++)
        g_free(profile->figures[i].source);
    g_free(profile->name);
    g_free(profile->summary);
    g_free(profile->clock_source);
    g_free(profile->cpi_source);
    g_free(profile);
}

int64_t cost_ns(const CostProfile *profile, Cost cost)
{
    return cycles_to_ns((Cycles){ profile->figures[cost].cycles }, profile->clock_hz);
}

/* Exact below some 9e12 instructions: hours of a guest's time in one burst. */
int64_t instructions_ns(const CostProfile *profile, int64_t instructions)
{
    const Cycles work = { (instructions / 1000) * profile->cpi_milli +
                          ((instructions % 1000) * profile->cpi_milli + 999) / 1000 };

    return cycles_to_ns(work, profile->clock_hz);
}

CacheParams cost_cache_params(const CostProfile *profile)
{
    return (CacheParams){
        .bytes = { [CACHE_PRIVATE] = profile->caches[CACHE_PRIVATE].bytes,
                   [CACHE_SHARED] = profile->caches[CACHE_SHARED].bytes },
        .line_cycles = { [CACHE_PRIVATE] = profile->figures[COST_LINE_NEAR].cycles,
                         [CACHE_SHARED] = profile->figures[COST_LINE_FAR].cycles },
        .clock_hz = profile->clock_hz,
    };
}

const char *cache_level_key(CacheLevel level)
{
    static const char *const keys[] = {
        [CACHE_PRIVATE] = "private-cache", [CACHE_SHARED] = "shared-cache"
    };

    return keys[level];
}
