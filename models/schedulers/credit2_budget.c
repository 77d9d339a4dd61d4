/*
 * Caps of credit2: a budget of CPU time for each domain and period.
 *
 * A vCPU takes a quota of its domain's budget when it begins to run and returns what
 * is left when it stops. One that finds nothing is parked: not runnable, and off the
 * run queue, until somebody returns some or the period ends. The shortest slice may
 * overrun a budget; what has been overrun is paid back before more is taken.
 */
#include "models/schedulers/credit2.h"

#include <errno.h>

/* "park_unit": the scheduler's own flag; no sleep, no change of run state. */
static void park(Credit2Vcpu *state, int64_t now_ns)
{
    state->vcpu->pause_flags |= PAUSE_PARKED;
    if (credit2_is_waiting(state)) {
        ring_remove(&state->waiting);
        credit2_load(state, -1, now_ns);
    }
    ring_push_front(&credit2_of_domain(state->vcpu->domain)->parked, &state->parked);
}

bool credit2_budget_grab(Credit2Vcpu *state, int64_t now_ns)
{
    Credit2Domain *account = credit2_of_domain(state->vcpu->domain);

    if (state->budget_ns > 0)
        return true;
    account->budget_ns += state->budget_ns;
    if (account->budget_ns > 0) {
        state->budget_ns = MIN(account->budget_ns, state->quota_ns);
        account->budget_ns -= state->budget_ns;
        return true;
    }
    state->budget_ns = 0;
    park(state, now_ns);
    return false;
}

bool credit2_budget_return(Credit2Vcpu *state)
{
    Credit2Domain *account = credit2_of_domain(state->vcpu->domain);

    account->budget_ns += state->budget_ns;
    state->budget_ns = 0;
    return account->budget_ns > 0;
}

/* Xen's vcpu_wake takes no part: the run state stays offline until the vCPU runs. */
static void unpark(Credit2Vcpu *state, int64_t now_ns)
{
    state->vcpu->pause_flags &= ~(unsigned)PAUSE_PARKED;
    ring_remove(&state->parked);
    if (state->is_scheduled) {
        state->is_requeued_when_saved = true;
        return;
    }
    if (!vcpu_is_runnable(state->vcpu))
        return;
    credit2_load(state, 1, now_ns);
    credit2_runq_insert(state);
    credit2_tickle_for(state, now_ns);
}

/* All are let go at once; those who find no budget are parked again one by one. */
void credit2_unpark_all(Domain *domain, int64_t now_ns)
{
    RingNode *parked = &credit2_of_domain(domain)->parked;

    while (!ring_is_empty(parked))
        unpark(RING_OWNER(parked->next, Credit2Vcpu, parked), now_ns);
}

/* "replenish_domain_budget": goes on for ever, also while the domain is idle. */
void credit2_replenish(Scheduler *self, Domain *domain, int64_t now_ns)
{
    const Credit2Options *opt = self->options;
    Credit2Domain *account = credit2_of_domain(domain);

    do {
        account->next_replenish_ns += opt->cap_period_ns;
        account->budget_ns += account->period_budget_ns;
    } while (account->next_replenish_ns <= now_ns);
    if (account->budget_ns > 0) {
        account->budget_ns = MIN(account->budget_ns, account->period_budget_ns);
        credit2_unpark_all(domain, now_ns);
    }
    host_arm_budget(self->host, domain, account->next_replenish_ns);
}

/* A running vCPU must take a quota at once. */
static void begin_cap_of(Credit2Vcpu *state, int64_t now_ns)
{
    if (state->vcpu->is_running) {
        credit2_burn(state, now_ns);
        credit2_tickle(state->vcpu->pcpu);
    }
    state->budget_ns = 0;
}

static void begin_cap(Domain *domain, int64_t period_ns, int64_t now_ns)
{
    Credit2Domain *account = credit2_of_domain(domain);

    account->budget_ns = account->period_budget_ns;
    account->next_replenish_ns = now_ns + period_ns;
    host_arm_budget(domain->host, domain, account->next_replenish_ns);
    for (unsigned i = 0; i < domain->vcpus->len; i++)
        begin_cap_of(credit2_of_vcpu(g_ptr_array_index(domain->vcpus, i)), now_ns);
}

static void end_cap(Domain *domain, int64_t now_ns)
{
    Credit2Domain *account = credit2_of_domain(domain);

    host_stop_budget(domain->host, domain);
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        Credit2Vcpu *state = credit2_of_vcpu(g_ptr_array_index(domain->vcpus, i));

        state->budget_ns = CREDIT2_BUDGET_INFINITE;
        state->quota_ns = 0;
    }
    account->cap_percent = 0;
    credit2_unpark_all(domain, now_ns);
}

/* From one cap to another nothing is taken away or given: only later quotas and
 * periods differ. */
int credit2_set_cap(Domain *domain, uint32_t cap_percent, int64_t now_ns)
{
    const Credit2Options *opt = domain->host->scheduler.options;
    Credit2Domain *account = credit2_of_domain(domain);
    const unsigned n_vcpus = domain->vcpus->len;

    if (cap_percent > 100 * n_vcpus)
        return -EINVAL;
    if (cap_percent == 0) {
        if (account->cap_percent != 0)
            end_cap(domain, now_ns);
        return 0;
    }
    account->period_budget_ns = opt->cap_period_ns * cap_percent / 100;
    for (unsigned i = 0; i < n_vcpus; i++)
        credit2_of_vcpu(g_ptr_array_index(domain->vcpus, i))->quota_ns =
            MAX(account->period_budget_ns / n_vcpus, CREDIT2_SLICE_MIN_NS);
    if (account->cap_percent == 0)
        begin_cap(domain, opt->cap_period_ns, now_ns);
    account->cap_percent = cap_percent;
    return 0;
}
