/*
 * How a domain's life ends, and begins again in the same place of the host
 * (machine/life.c says when).
 */
#include "models/host/host.h"
#include "models/host/vcpu.h"

#include <string.h>

static Vcpu *nth_vcpu(const Domain *domain, unsigned i)
{
    return g_ptr_array_index(domain->vcpus, i);
}

/* Who waits in Xen for an answer will not get it. */
static void cancel_wait(Vcpu *vcpu)
{
    Scheduler *scheduler = &vcpu->domain->host->scheduler;

    if (scheduler->ops->wait_ends)
        scheduler->ops->wait_ends(scheduler, vcpu, host_now_ns(scheduler->host));
    vcpu->server = NULL;
}

static void take_down(Vcpu *vcpu)
{
    Host *host = vcpu->domain->host;

    sim_disarm(host->sim, &vcpu->wake_timer);
    if (vcpu->pause_flags & PAUSE_DOWN)
        return;
    if (vcpu->pause_flags & PAUSE_BLOCKED_IN_XEN)
        cancel_wait(vcpu);
    vcpu->pause_flags = PAUSE_DOWN | (vcpu->pause_flags & PAUSE_PARKED);
    if (vcpu->runstate.state == RUNSTATE_BLOCKED)
        vcpu_enter_runstate(vcpu, RUNSTATE_OFFLINE, host_now_ns(host));
    vcpu_sleep(vcpu);
    host_wait_for_softirqs(host);
    g_assert(!vcpu->is_running);
}

void domain_take_down(Domain *domain)
{
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        take_down(nth_vcpu(domain, i));
}

/* Nobody draws on its account any more, nor it on another's. */
static void dissolve(Domain *domain)
{
    const Host *host = domain->host;

    if (domain->parent)
        domain_detach(domain);
    for (unsigned i = 0; domain->n_adoms > 0 && i < host->domains->len; i++) {
        Domain *adom = g_ptr_array_index(host->domains, i);

        if (adom->parent == domain)
            domain_detach(adom);
    }
}

static void forget_vcpu(Vcpu *vcpu)
{
    Host *host = vcpu->domain->host;

    vcpu->pause_flags = PAUSE_DOWN;
    vcpu->pause_count = 0;
    if (vcpu->footprint)
        footprint_forget(vcpu->footprint);
    if (vcpu->sched_state)
        memset(vcpu->sched_state, 0, host->scheduler.ops->vcpu_state_size);
    for (unsigned i = 0; i < host->n_pcpus; i++)
        if (host->pcpus[i].loaded == vcpu)
            host->pcpus[i].loaded = NULL;
}

/* The scheduler's state as it is before a domain is known: initialised, in no list. */
static void forget_domain(Domain *domain)
{
    Scheduler *scheduler = &domain->host->scheduler;
    const int64_t now_ns = host_now_ns(domain->host);

    if (domain->sched_state)
        memset(domain->sched_state, 0, scheduler->ops->domain_state_size);
    domain->pause_count = 0;
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        forget_vcpu(nth_vcpu(domain, i));
    if (scheduler->ops->domain_init)
        scheduler->ops->domain_init(scheduler, domain, now_ns);
    for (unsigned i = 0; scheduler->ops->vcpu_init && i < domain->vcpus->len; i++)
        scheduler->ops->vcpu_init(scheduler, nth_vcpu(domain, i), now_ns);
}

void domain_retire(Domain *domain)
{
    Scheduler *scheduler = &domain->host->scheduler;
    const int64_t now_ns = host_now_ns(domain->host);

    g_assert(!domain->is_gone);
    host_book_time(domain->host);
    dissolve(domain);
    for (unsigned i = 0; scheduler->ops->vcpu_remove && i < domain->vcpus->len; i++)
        scheduler->ops->vcpu_remove(scheduler, nth_vcpu(domain, i), now_ns);
    if (scheduler->ops->domain_clear)
        scheduler->ops->domain_clear(scheduler, domain);
    if (scheduler->ops->budget)
        host_stop_budget(domain->host, domain);
    forget_domain(domain);
    domain->is_gone = true;
}

void domain_revive(Domain *domain, const SchedParams *params)
{
    Scheduler *scheduler = &domain->host->scheduler;
    const Host *host = domain->host;

    g_assert(domain->is_gone);
    domain->is_gone = false;
    domain->params = *params;
    forget_domain(domain);
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        Vcpu *vcpu = nth_vcpu(domain, i);

        vcpu->hard_affinity = mask_store_keep(&host->affinities, &host->online);
        vcpu->soft_affinity = vcpu->hard_affinity;
        if (scheduler->ops->vcpu_insert)
            scheduler->ops->vcpu_insert(scheduler, vcpu, host_now_ns(host));
    }
    if (host->is_started && params->set != 0)
        domain_set_params(domain, params);
}
