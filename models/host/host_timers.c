#include "models/host/host_timers.h"

#include "models/host/interrupt.h"

void pcpu_on_slice(void *owner, int64_t now_ns)
{
    Pcpu *pcpu = owner;

    host_enter(pcpu->host, pcpu);
    pcpu_timer_interrupt(pcpu, now_ns);
    host_raise_schedule(pcpu->host, pcpu);
}

void pcpu_on_tick(void *owner, int64_t now_ns)
{
    Pcpu *pcpu = owner;
    Scheduler *scheduler = &pcpu->host->scheduler;

    host_enter(pcpu->host, pcpu);
    pcpu_timer_interrupt(pcpu, now_ns);
    scheduler->ops->tick(scheduler, pcpu, now_ns);
}

void host_on_accounting(void *owner, int64_t now_ns)
{
    Host *host = owner;

    host_enter(host, &host->pcpus[0]);
    pcpu_timer_interrupt(&host->pcpus[0], now_ns);
    host->scheduler.ops->account(&host->scheduler, now_ns);
}

void domain_on_budget(void *owner, int64_t now_ns)
{
    Domain *domain = owner;
    Host *host = domain->host;

    host_enter(host, &host->pcpus[0]);
    pcpu_timer_interrupt(&host->pcpus[0], now_ns);
    host->scheduler.ops->budget(&host->scheduler, domain, now_ns);
}

void host_shorten_slice(Host *host, Pcpu *pcpu, int64_t at_ns)
{
    if (at_ns < sim_due_ns(host->sim, &pcpu->slice_timer))
        sim_arm(host->sim, &pcpu->slice_timer, at_ns);
}

void host_arm_tick(Host *host, Pcpu *pcpu, int64_t at_ns)
{
    pcpu->skipped_tick_gap_ns = 0;
    sim_arm(host->sim, &pcpu->tick_timer, at_ns);
}

void host_skip_ticks(Host *host, Pcpu *pcpu, int64_t first_ns, int64_t gap_ns)
{
    if (host->keeps_idle_ticks) {
        host_arm_tick(host, pcpu, first_ns);
        return;
    }
    host_stop_tick(host, pcpu);
    pcpu->skipped_tick_ns = first_ns;
    pcpu->skipped_tick_gap_ns = gap_ns;
}

/* A tick of this very instant still comes if its turn among the timers does. */
void host_resume_ticks(Host *host, Pcpu *pcpu)
{
    const int64_t gap_ns = pcpu->skipped_tick_gap_ns;
    int64_t next_ns = pcpu->skipped_tick_ns;
    int64_t now_ns;

    if (gap_ns == 0)
        return;
    now_ns = host_now_ns(host);
    if (next_ns < now_ns)
        next_ns += (now_ns - next_ns) / gap_ns * gap_ns;
    if (sim_has_passed(host->sim, &pcpu->tick_timer, next_ns))
        next_ns += gap_ns;
    host_arm_tick(host, pcpu, next_ns);
}

void host_stop_tick(Host *host, Pcpu *pcpu)
{
    pcpu->skipped_tick_gap_ns = 0;
    sim_disarm(host->sim, &pcpu->tick_timer);
}

void host_arm_accounting(Host *host, int64_t at_ns)
{
    sim_arm(host->sim, &host->accounting_timer, at_ns);
}

void host_stop_accounting(Host *host)
{
    sim_disarm(host->sim, &host->accounting_timer);
}

void host_arm_budget(Host *host, Domain *domain, int64_t at_ns)
{
    sim_arm(host->sim, &domain->budget_timer, at_ns);
}

void host_stop_budget(Host *host, Domain *domain)
{
    sim_disarm(host->sim, &domain->budget_timer);
}
