/*
 * What the toolstack orders while a host runs: pause, parameters, affinity,
 * scheduling domains (tests/golden/README.md, sections 7 and 8); and how a domain's
 * life ends and begins again.
 */
#include "models/host/host.h"
#include "models/host/vcpu.h"

#include <errno.h>
#include <string.h>

static Vcpu *nth_vcpu(const Domain *domain, unsigned i)
{
    return g_ptr_array_index(domain->vcpus, i);
}

/* Waits until every vCPU that was told to has left its pCPU. The caller goes on where
 * it was: decisions execute on pCPUs of their own. */
static void wait_for_softirqs(Host *host)
{
    Pcpu *caller = host_this_pcpu(host);

    host_handle_softirqs(host);
    host_enter(host, caller);
}

void domain_pause(Domain *domain)
{
    domain->pause_count++;
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        vcpu_sleep(nth_vcpu(domain, i));
        wait_for_softirqs(domain->host);
    }
}

void domain_unpause(Domain *domain)
{
    g_assert(domain->pause_count > 0);
    if (--domain->pause_count > 0)
        return;
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        vcpu_wake(nth_vcpu(domain, i));
}

static void remember_params(SchedParams *known, const SchedParams *change)
{
    if (change->set & PARAM_WEIGHT)
        known->weight = change->weight;
    if (change->set & PARAM_CAP)
        known->cap_percent = change->cap_percent;
    if (change->set & PARAM_PERIOD)
        known->period_ns = change->period_ns;
    if (change->set & PARAM_SLICE)
        known->slice_ns = change->slice_ns;
    if (change->set & PARAM_LATENCY)
        known->latency_ns = change->latency_ns;
    if (change->set & PARAM_EXTRATIME)
        known->extratime = change->extratime;
    if (change->set & PARAM_SHARE)
        known->share = change->share;
    known->set |= change->set;
}

static int adjust(Domain *domain, const SchedParams *params)
{
    Scheduler *scheduler = &domain->host->scheduler;
    int result = 0;

    if (scheduler->ops->adjust)
        result = scheduler->ops->adjust(scheduler, domain, params,
                                        host_now_ns(domain->host));
    if (result == 0)
        remember_params(&domain->params, params);
    return result;
}

/* Xen 3.1, sched_adjust: every vCPU of the domain stands still around the change. */
static int adjust_paused(Domain *domain, const SchedParams *params)
{
    int result;

    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        host_pause_vcpu(domain->host, nth_vcpu(domain, i));
        wait_for_softirqs(domain->host);
    }
    result = adjust(domain, params);
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        host_unpause_vcpu(domain->host, nth_vcpu(domain, i));
    return result;
}

int domain_set_params(Domain *domain, const SchedParams *params)
{
    const bool is_paused_around =
        domain->host->is_started && domain->host->scheduler.ops->core == XEN_CORE_3_1;

    return is_paused_around ? adjust_paused(domain, params) : adjust(domain, params);
}

void vcpu_set_affinity(Vcpu *vcpu, const PcpuMask *hard, const PcpuMask *soft)
{
    Scheduler *scheduler = &vcpu->domain->host->scheduler;

    if (scheduler->ops->set_affinity)
        scheduler->ops->set_affinity(scheduler, vcpu, hard, soft);
    vcpu->hard_affinity = mask_store_keep(&vcpu->domain->host->affinities, hard);
    vcpu->soft_affinity = mask_store_keep(&vcpu->domain->host->affinities, soft);
    if (scheduler->ops->core == XEN_CORE_4_17 || !mask_has(hard, vcpu->pcpu->id))
        vcpu->pause_flags |= PAUSE_MIGRATING;
    if (!(vcpu->pause_flags & PAUSE_MIGRATING))
        return;
    vcpu_sleep(vcpu);
    vcpu_migrate(vcpu);
}

void domain_pin(Domain *domain, const PcpuMask *mask)
{
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        vcpu_set_affinity(g_ptr_array_index(domain->vcpus, i), mask, mask);
}

void domain_set_parent(Domain *adom, Domain *sdom)
{
    if (adom->parent)
        adom->parent->n_adoms--;
    adom->parent = sdom;
    if (sdom)
        sdom->n_adoms++;
}

static void announce_regrouping(Domain *adom, const Domain *sdom)
{
    const Host *host = adom->host;

    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].regrouped)
            host->probes[i].regrouped(host->probes[i].listener, host_now_ns(host), adom,
                                      domain_account(adom), sdom ? sdom : adom);
}

/* Time up to now was booked to the old account. */
static void regroup(Domain *adom, Domain *sdom)
{
    Scheduler *scheduler = &adom->host->scheduler;

    host_count_time(adom->host);
    announce_regrouping(adom, sdom);
    if (scheduler->ops->regroup)
        scheduler->ops->regroup(scheduler, adom, sdom, host_now_ns(adom->host));
    else
        domain_set_parent(adom, sdom);
    g_assert(adom->parent == sdom);
}

int domain_attach(Domain *adom, Domain *sdom)
{
    if (adom == sdom)
        return -EINVAL;
    if (adom->parent)
        return -EBUSY;
    if (sdom->parent || adom->n_adoms > 0)
        return -EINVAL;
    regroup(adom, sdom);
    return 0;
}

int domain_detach(Domain *adom)
{
    if (!adom->parent)
        return -ENOENT;
    regroup(adom, NULL);
    return 0;
}

/* Life. */

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
    wait_for_softirqs(host);
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
        regroup(domain, NULL);
    for (unsigned i = 0; domain->n_adoms > 0 && i < host->domains->len; i++) {
        Domain *adom = g_ptr_array_index(host->domains, i);

        if (adom->parent == domain)
            regroup(adom, NULL);
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
    host_count_time(domain->host);
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
