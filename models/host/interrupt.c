#include "models/host/interrupt.h"

#include "models/host/context.h"
#include "models/host/vcpu.h"

/* Leaving what runs there, and coming back to it. SCHEDULE pending: it has left its
 * code already, and so has one whose overhead lasts. */
static inline int64_t leave_ns(const Pcpu *pcpu, Vcpu *vcpu, int64_t now_ns)
{
    const Host *host = pcpu->host;

    if (vcpu->run_since_ns > now_ns ||
        (host->n_schedule_pending > 0 && mask_has(&host->schedule_pending, pcpu->id)))
        return 0;
    if (vcpu->context_ops->interrupted)
        return vcpu->context_ops->interrupted(vcpu);
    vcpu_count_one(vcpu, COUNT_TRAPS);
    return host->costs.trap_ns;
}

void pcpu_interrupt_vcpu(Pcpu *pcpu, int64_t handler_ns, int64_t now_ns)
{
    const int64_t delay_ns = handler_ns + leave_ns(pcpu, pcpu->current, now_ns);

    if (delay_ns == 0)
        return;
    vcpu_delay_run(pcpu->current, delay_ns, now_ns);
    pcpu->interrupted_ns = pcpu_interrupts_ns(pcpu, now_ns) + delay_ns;
    pcpu->interrupted_at_ns = now_ns;
}

static void count_kick(const Pcpu *pcpu)
{
    host_count(pcpu->host, COUNT_SENT_IPIS);
    vcpu_count_one(pcpu->current, COUNT_RECEIVED_IPIS);
}

void pcpu_kick(Pcpu *pcpu)
{
    const Host *host = pcpu->host;

    if (pcpu == host->this_pcpu)
        return;
    count_kick(pcpu);
    pcpu_interrupt(pcpu, host->costs.ipi_ns, host_now_ns(host));
}

void pcpu_owe_kick(Pcpu *pcpu)
{
    const Host *host = pcpu->host;
    Vcpu *vcpu = pcpu->current;

    count_kick(pcpu);
    pcpu->overhead_ns += host->costs.ipi_ns;
    if (!vcpu->is_idle)
        pcpu->overhead_ns += leave_ns(pcpu, vcpu, host_now_ns(host));
}
