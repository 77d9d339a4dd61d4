/*
 * What the toolstack orders while a host runs: pause, parameters, affinity,
 * scheduling domains (tests/golden/README.md, sections 7 and 8).
 */
#include "models/host/host.h"
#include "models/host/vcpu.h"

#include <errno.h>

static Vcpu *nth_vcpu(const Domain *domain, unsigned i)
{
    return g_ptr_array_index(domain->vcpus, i);
}

void domain_pause(Domain *domain)
{
    domain->pause_count++;
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        vcpu_sleep(nth_vcpu(domain, i));
        host_wait_for_softirqs(domain->host);
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
        host_wait_for_softirqs(domain->host);
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

    host_book_time(adom->host);
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
