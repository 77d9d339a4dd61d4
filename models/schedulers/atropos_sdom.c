#include "models/schedulers/atropos.h"

void sdom_set_defaults(AtroposSdom *sdom, unsigned domain_id)
{
    const bool is_dom0 = domain_id == 0;

    sdom->period_ns = is_dom0 ? 20 * NS_PER_MS : 10 * NS_PER_S;
    sdom->slice_ns = is_dom0 ? 15 * NS_PER_MS : 10 * NS_PER_MS;
    sdom->latency_ns = is_dom0 ? 5 * NS_PER_MS : 10 * NS_PER_S;
    sdom->is_extratime = true;
}

bool sdom_is_possible(const AtroposSdom *sdom)
{
    return sdom->period_ns > 0 && sdom->slice_ns >= 0 && sdom->latency_ns > 0;
}

void sdom_set_contract(AtroposSdom *sdom, const SchedParams *params)
{
    if (params->set & PARAM_PERIOD)
        sdom->period_ns = sdom->latency_ns = params->period_ns;
    if (params->set & PARAM_SLICE)
        sdom->slice_ns = params->slice_ns;
    if (params->set & PARAM_LATENCY)
        sdom->latency_ns = params->latency_ns;
    if (params->set & PARAM_EXTRATIME)
        sdom->is_extratime = params->extratime;
}

static void insert_by_deadline(RingNode *queue, AtroposSdom *sdom)
{
    RingNode *node = queue->prev;

    while (node != queue &&
           RING_OWNER(node, AtroposSdom, placed)->deadline_ns > sdom->deadline_ns)
        node = node->prev;
    ring_insert_before(node->next, &sdom->placed);
}

void atropos_arm_period_timer(Scheduler *self)
{
    const RingNode *waiting = &atropos_of_host(self)->waiting;

    if (ring_is_empty(waiting))
        host_stop_accounting(self->host);
    else
        host_arm_accounting(
            self->host, RING_OWNER(waiting->next, AtroposSdom, placed)->deadline_ns);
}

/* Several pCPUs may together overrun a slice by less than one ns each: that is owed. */
static void start_period(AtroposSdom *sdom, int64_t deadline_ns)
{
    sdom->left_ns = sdom->slice_ns + MIN(sdom->left_ns, 0);
    sdom->deadline_ns = deadline_ns;
}

void sdom_place(Scheduler *self, AtroposSdom *sdom, int64_t now_ns)
{
    AtroposHost *all = atropos_of_host(self);

    ring_remove(&sdom->placed);
    if (sdom->slice_ns == 0 && sdom->left_ns <= 0)
        sdom->deadline_ns = TIME_NEVER_NS;
    while (sdom->left_ns <= 0 && now_ns >= sdom->deadline_ns)
        start_period(sdom, sdom->deadline_ns + sdom->period_ns);
    insert_by_deadline(sdom->left_ns > 0 ? &all->runnable : &all->waiting, sdom);
    atropos_arm_period_timer(self);
}

void sdom_join(Scheduler *self, AtroposSdom *sdom, int64_t now_ns)
{
    if (sdom->n_runnable++ > 0)
        return;
    if (now_ns >= sdom->deadline_ns)
        start_period(sdom, now_ns + sdom->latency_ns);
    sdom_place(self, sdom, now_ns);
    if (sdom->is_extratime)
        ring_push_back(&atropos_of_host(self)->slack, &sdom->slack);
}

void sdom_leave(Scheduler *self, AtroposSdom *sdom)
{
    if (--sdom->n_runnable > 0)
        return;
    ring_remove(&sdom->placed);
    ring_remove(&sdom->slack);
    atropos_arm_period_timer(self);
}

/* Charging. */

void sdom_charge(AtroposSdom *sdom, int64_t now_ns)
{
    sdom->left_ns -= sdom->n_paying * (now_ns - sdom->charged_ns);
    sdom->charged_ns = now_ns;
}

void sdom_raise_runners(Scheduler *self, const AtroposSdom *sdom, const Pcpu *except)
{
    unsigned left = sdom->n_paying + sdom->n_slacking;

    if (except && atropos_of_pcpu(except)->payer == sdom)
        left--;
    for (unsigned i = 0; left > 0; i++) {
        Pcpu *pcpu = &self->host->pcpus[i];

        if (pcpu == except || atropos_of_pcpu(pcpu)->payer != sdom)
            continue;
        host_raise_schedule(self->host, pcpu);
        left--;
    }
}

bool sdom_expire(Scheduler *self, AtroposSdom *sdom, const Pcpu *pcpu, int64_t now_ns)
{
    sdom_charge(sdom, now_ns);
    if (sdom->left_ns > 0)
        return false;
    sdom_place(self, sdom, now_ns);
    sdom_raise_runners(self, sdom, pcpu);
    return true;
}

/* A turn that a deadline cut short goes on later: the division stays exact. */
static void charge_slack(Scheduler *self, AtroposSdom *sdom, int64_t ran_ns)
{
    sdom->quantum_left_ns -= ran_ns;
    if (sdom->quantum_left_ns > 0)
        return;
    while (sdom->quantum_left_ns <= 0)
        sdom->quantum_left_ns += atropos_options(self)->quantum_ns;
    if (!ring_is_linked(&sdom->slack))
        return;
    ring_remove(&sdom->slack);
    ring_push_back(&atropos_of_host(self)->slack, &sdom->slack);
}

void atropos_settle(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    AtroposPcpu *state = atropos_of_pcpu(pcpu);
    AtroposSdom *payer = state->payer;
    const int64_t ran_ns = now_ns - state->since_ns;

    if (!payer)
        return;
    state->payer = NULL;
    atropos_of_vcpu(pcpu->current)->turn_left_ns -= ran_ns;
    if (state->is_slack) {
        charge_slack(self, payer, ran_ns);
        payer->n_slacking--;
    } else {
        sdom_charge(payer, now_ns);
        payer->n_paying--;
        sdom_expire(self, payer, pcpu, now_ns);
    }
}
