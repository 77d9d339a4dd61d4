/*
 * schedule.c - what Xen's schedule.c does around a scheduler: softirqs, one decision of
 * a pCPU, and the switch to the vCPU that it has chosen.
 */
#include "models/host/context.h"
#include "models/host/host_paces.h"
#include "models/host/interrupt.h"
#include "models/host/vcpu.h"

/* Softirqs. */

void host_raise_schedule(Host *host, Pcpu *pcpu)
{
    if (mask_has(&host->schedule_pending, pcpu->id))
        return;
    if (pcpu != host->this_pcpu)
        pcpu_owe_kick(pcpu);
    mask_add(&host->schedule_pending, pcpu->id);
    host->n_schedule_pending++;
}

void host_enter(Host *host, Pcpu *pcpu)
{
    host->this_pcpu = pcpu;
}

Pcpu *host_this_pcpu(const Host *host)
{
    return host->this_pcpu;
}

/* pass_ns: of schedule() itself. Overhead that falls due in idleness delays nobody. */
static int64_t take_overhead_ns(Pcpu *pcpu, const Vcpu *next, int64_t pass_ns)
{
    const SwitchCosts *costs = &pcpu->host->costs;
    int64_t overhead_ns = pcpu->overhead_ns + pass_ns;

    pcpu->overhead_ns = 0;
    if (next->is_idle)
        return 0;
    /* Lazy switch: going idle loads nothing, so coming back costs nothing. */
    if (pcpu->loaded != next)
        overhead_ns += costs->switch_ns + costs->refill_ns;
    pcpu->loaded = next;
    return overhead_ns;
}

static RunstateName runstate_after(const Vcpu *vcpu)
{
    if (vcpu->pause_flags & PAUSE_BLOCKED)
        return RUNSTATE_BLOCKED;
    return vcpu_is_runnable(vcpu) ? RUNSTATE_RUNNABLE : RUNSTATE_OFFLINE;
}

static void announce_switch(const Pcpu *pcpu, const Vcpu *prev, const Vcpu *next)
{
    const Host *host = pcpu->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].switched)
            host->probes[i].switched(host->probes[i].listener, host_now_ns(host), pcpu,
                                     prev, next);
}

static void announce_continue(const Pcpu *pcpu, const Vcpu *vcpu)
{
    const Host *host = pcpu->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].continued)
            host->probes[i].continued(host->probes[i].listener, host_now_ns(host), pcpu,
                                      vcpu);
}

static void continue_running(Pcpu *pcpu, Vcpu *vcpu, int64_t now_ns)
{
    const int64_t overhead_ns =
        take_overhead_ns(pcpu, vcpu, pcpu->host->costs.continue_ns);

    announce_continue(pcpu, vcpu);
    if (!vcpu->is_idle && overhead_ns > 0)
        vcpu_delay_run(vcpu, overhead_ns, now_ns);
}

/* A decision of credit2 may ask the very vCPU it has chosen to migrate: that one runs
 * until the next decision all the same. The schedulers of 3.1 run whom they find
 * queued: while a domain is being paused, vCPU by vCPU, that may be one whose turn to
 * sleep is still to come. */
static bool may_run(const Vcpu *vcpu)
{
    if (vcpu->domain->host->scheduler.ops->core == XEN_CORE_3_1)
        return true;
    return (vcpu->pause_flags & ~(unsigned)PAUSE_MIGRATING) == 0 &&
           vcpu->pause_count == 0 && vcpu->domain->pause_count == 0;
}

static void context_switch(Pcpu *pcpu, Vcpu *prev, Vcpu *next, int64_t now_ns)
{
    Host *host = pcpu->host;
    Scheduler *scheduler = &host->scheduler;

    g_assert(!next->is_running && next->pcpu == pcpu && may_run(next));
    host->switches++;
    announce_switch(pcpu, prev, next);
    vcpu_suspend_run(prev, now_ns);
    vcpu_enter_runstate(prev, prev->is_idle ? RUNSTATE_RUNNABLE : runstate_after(prev),
                        now_ns);
    vcpu_enter_runstate(next, RUNSTATE_RUNNING, now_ns);
    prev->is_running = false;
    if (host->is_paced)
        host_change_paces(pcpu, prev, next, now_ns);
    next->last_ran_on = pcpu->id;
    if (prev->context_ops && prev->context_ops->descheduled)
        prev->context_ops->descheduled(prev, now_ns);
    if (next->context_ops && next->context_ops->dispatched)
        next->context_ops->dispatched(next, now_ns);
    next->is_running = true;
    vcpu_resume_run(
        next,
        take_overhead_ns(pcpu, next,
                         host->costs.schedule_ns + pcpu_interrupts_ns(pcpu, now_ns)),
        now_ns);
    if (scheduler->ops->context_saved)
        scheduler->ops->context_saved(scheduler, prev, now_ns);
    vcpu_migrate(prev);
}

/* Xen 3.1, schedule(); tests/golden/README.md, section 4. */
static void decide(Pcpu *pcpu)
{
    Host *host = pcpu->host;
    Scheduler *scheduler = &host->scheduler;
    const int64_t now_ns = host_now_ns(host);
    Vcpu *prev = pcpu->current;
    SchedDecision decision;

    host_enter(host, pcpu);
    host->decisions++;
    decision = scheduler->ops->schedule(scheduler, pcpu, now_ns);
    pcpu->current = decision.next;
    if (decision.slice_ns >= 0)
        sim_arm(host->sim, &pcpu->slice_timer, now_ns + decision.slice_ns);
    else
        sim_disarm(host->sim, &pcpu->slice_timer);
    if (prev == decision.next)
        continue_running(pcpu, prev, now_ns);
    else
        context_switch(pcpu, prev, decision.next, now_ns);
}

void host_handle_softirqs(Host *host)
{
    while (host->n_schedule_pending > 0) {
        const unsigned id = mask_first(&host->schedule_pending);

        mask_remove(&host->schedule_pending, id);
        host->n_schedule_pending--;
        decide(&host->pcpus[id]);
    }
}

void host_wait_for_softirqs(Host *host)
{
    Pcpu *caller = host_this_pcpu(host);

    host_handle_softirqs(host);
    host_enter(host, caller);
}

/* What a scheduler asks for. */

void host_pause_vcpu(Host *host G_GNUC_UNUSED, Vcpu *vcpu)
{
    vcpu->pause_count++;
    vcpu_sleep(vcpu);
}

void host_unpause_vcpu(Host *host G_GNUC_UNUSED, Vcpu *vcpu)
{
    g_assert(vcpu->pause_count > 0);
    if (--vcpu->pause_count == 0)
        vcpu_wake(vcpu);
}

void host_request_migration(Host *host G_GNUC_UNUSED, Vcpu *vcpu)
{
    vcpu->pause_flags |= PAUSE_MIGRATING;
}

void host_announce_accounting(Host *host)
{
    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].accounted)
            host->probes[i].accounted(host->probes[i].listener, host_now_ns(host));
}
