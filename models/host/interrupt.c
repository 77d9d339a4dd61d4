#include "models/host/interrupt.h"

#include "models/host/context.h"
#include "models/host/vcpu.h"

/* SCHEDULE pending: it has left its code already, and overhead is the hypervisor's. */
static bool is_in_xen(const Pcpu *pcpu, int64_t now_ns)
{
    const Vcpu *vcpu = pcpu->current;

    return vcpu->is_idle || vcpu->run_since_ns > now_ns ||
           mask_has(&pcpu->host->schedule_pending, pcpu->id);
}

/* Leaving what runs there, and coming back to it. */
static int64_t leave_ns(const Pcpu *pcpu, int64_t now_ns)
{
    Vcpu *vcpu = pcpu->current;

    if (is_in_xen(pcpu, now_ns))
        return 0;
    if (vcpu->context_ops->interrupted)
        return vcpu->context_ops->interrupted(vcpu);
    return pcpu->host->costs.trap_ns;
}

static void delay(Pcpu *pcpu, int64_t delay_ns, int64_t now_ns)
{
    if (delay_ns == 0 || pcpu->current->is_idle)
        return;
    vcpu_delay_run(pcpu->current, delay_ns, now_ns);
    pcpu->interrupted_ns = pcpu_interrupts_ns(pcpu, now_ns) + delay_ns;
    pcpu->interrupted_at_ns = now_ns;
}

void pcpu_interrupt(Pcpu *pcpu, int64_t handler_ns)
{
    const int64_t now_ns = host_now_ns(pcpu->host);

    delay(pcpu, handler_ns + leave_ns(pcpu, now_ns), now_ns);
}

void pcpu_timer_interrupt(Pcpu *pcpu)
{
    const int64_t now_ns = host_now_ns(pcpu->host);

    if (pcpu->timer_fired_at_ns == now_ns)
        return;
    pcpu->timer_fired_at_ns = now_ns;
    pcpu_interrupt(pcpu, pcpu->host->costs.timer_interrupt_ns);
}

void pcpu_kick(Pcpu *pcpu)
{
    const Host *host = pcpu->host;

    if (pcpu != host->this_pcpu)
        pcpu_interrupt(pcpu, host->costs.ipi_ns);
}

void pcpu_owe_kick(Pcpu *pcpu)
{
    const Host *host = pcpu->host;

    pcpu->overhead_ns += host->costs.ipi_ns + leave_ns(pcpu, host_now_ns(host));
}
