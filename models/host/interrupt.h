/*
 * interrupt.h - physical interrupts: what they cost whom they hit.
 *
 * An interrupt takes a pCPU from the vCPU that runs there: from an HVM guest's code by
 * a VM exit and entry, from a PV kernel's by a trap. One that hits the hypervisor or an
 * idle pCPU has only its handler. The time is the hypervisor's (overhead), and
 * lengthens what runs on that pCPU now; if a switch follows at once, what runs there
 * next.
 */
#ifndef MODELS_HOST_INTERRUPT_H
#define MODELS_HOST_INTERRUPT_H

#include "models/host/host.h"

/* For pcpu_interrupt, when a vCPU runs there. */
void pcpu_interrupt_vcpu(Pcpu *pcpu, int64_t handler_ns, int64_t now_ns);

/* A physical device's or another pCPU's, with its handler's time. */
static inline void pcpu_interrupt(Pcpu *pcpu, int64_t handler_ns, int64_t now_ns)
{
    if (!pcpu->current->is_idle)
        pcpu_interrupt_vcpu(pcpu, handler_ns, now_ns);
}

/* A timer of the hypervisor's; one interrupt for all that are due at this instant. */
static inline void pcpu_timer_interrupt(Pcpu *pcpu, int64_t now_ns)
{
    if (pcpu->current->is_idle || pcpu->timer_fired_at_ns == now_ns)
        return;
    pcpu->timer_fired_at_ns = now_ns;
    pcpu_interrupt_vcpu(pcpu, pcpu->host->costs.timer_interrupt_ns, now_ns);
}

/* What it runs now is to look for work, if another pCPU says so (Xen: EVENT_CHECK). */
void pcpu_kick(Pcpu *pcpu);
/* The interrupt by which another pCPU raises SCHEDULE there; paid by what runs next. */
void pcpu_owe_kick(Pcpu *pcpu);

/* What interrupts of this very instant have cost, for what runs next after a switch. */
static inline int64_t pcpu_interrupts_ns(const Pcpu *pcpu, int64_t now_ns)
{
    return pcpu->interrupted_at_ns == now_ns ? pcpu->interrupted_ns : 0;
}

/* The time from the scheduler's decision to where Xen stamps the new run states: the
 * interrupts that led to it, and schedule() itself. Here the run states change at the
 * decision, and the time is charged to `next`. Valid only inside Probe.switched, as
 * what the pCPU owes is paid right after it. */
static inline int64_t pcpu_pass_ns(const Pcpu *pcpu, int64_t now_ns)
{
    return pcpu->host->costs.schedule_ns + pcpu_interrupts_ns(pcpu, now_ns) +
           pcpu->overhead_ns;
}

/* From a vCPU's wake to Xen's stamp of its run, by a switch of this instant. An
 * interrupt of the same instant as the wake has brought it about, and was before it. */
static inline int64_t pcpu_wait_ns(const Pcpu *pcpu, int64_t woken_ns, int64_t now_ns)
{
    const int64_t before_ns = woken_ns == now_ns ? pcpu_interrupts_ns(pcpu, now_ns) : 0;

    return now_ns - woken_ns + pcpu_pass_ns(pcpu, now_ns) - before_ns;
}

#endif
