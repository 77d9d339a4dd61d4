#include "models/schedulers/credit.h"

#include "models/schedulers/credit_sdom.h"

#define DEFAULT_WEIGHT 256
#define CAP_ABSENT     0xFFFF

static CreditVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static CreditAccounting *of_host(const Scheduler *self)
{
    return self->state;
}

static CreditAccount *account_of(const Vcpu *vcpu)
{
    return domain_account(vcpu->domain)->sched_state;
}

/* All products and sums of the accounting are Xen's u32, and wrap as they do. */
static int32_t wrapping_sum(int32_t a, uint32_t b)
{
    return (int32_t)((uint32_t)a + b);
}

static uint32_t ceil_div(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

void credit_accounting_init(CreditAccounting *all, const CreditRules *rules,
                            unsigned n_pcpus)
{
    all->rules = *rules;
    ring_init(&all->active_accounts);
    all->credit = rules->credits_per_period * n_pcpus;
}

void credit_domain_init(Scheduler *self, Domain *domain, int64_t now_ns)
{
    CreditAccount *account = domain->sched_state;

    ring_init(&account->active);
    ring_init(&account->active_vcpus);
    account->weight = DEFAULT_WEIGHT;
    credit_adjust(self, domain, &domain->params, now_ns);
}

void credit_vcpu_init(CreditVcpu *state, Vcpu *vcpu)
{
    ring_init(&state->queued);
    ring_init(&state->active);
    state->vcpu = vcpu;
    state->priority = vcpu->is_idle ? PRIORITY_IDLE : PRIORITY_UNDER;
}

void credit_arm_ticks(Scheduler *self, int64_t first_ns, int64_t stagger_ns)
{
    for (unsigned i = 0; i < self->host->n_pcpus; i++)
        host_arm_tick(self->host, &self->host->pcpus[i], first_ns + i * stagger_ns);
}

/* csched_runq_sort: UNDER and above first, then OVER and idle, each in its order. */
void credit_queue_sort(const CreditAccounting *all, CreditPcpu *pcpu)
{
    RingNode over;
    RingNode *next;

    if (pcpu->sorted_at_epoch == all->epoch)
        return;
    pcpu->sorted_at_epoch = all->epoch;
    ring_init(&over);
    for (RingNode *node = pcpu->queue.next; node != &pcpu->queue; node = next) {
        next = node->next;
        if (credit_of_queued(node)->priority >= PRIORITY_UNDER)
            continue;
        ring_remove(node);
        ring_push_back(&over, node);
    }
    while (!ring_is_empty(&over)) {
        RingNode *node = over.next;

        ring_remove(node);
        ring_push_back(&pcpu->queue, node);
    }
}

/* Going active and inactive. */

/* How many times the account's weight counts while it has active vCPUs. */
static uint32_t weight_factor(const CreditAccounting *all, const CreditAccount *account)
{
    return all->rules.is_weight_per_vcpu ? account->active_count : 1;
}

void credit_start_accounting(CreditAccounting *all, CreditVcpu *state)
{
    CreditAccount *account = account_of(state->vcpu);
    const bool is_first = account->active_count++ == 0;

    ring_push_front(&account->active_vcpus, &state->active);
    if (is_first)
        ring_push_front(&all->active_accounts, &account->active);
    if (is_first || all->rules.is_weight_per_vcpu)
        all->weight += account->weight;
}

static void stop_accounting(CreditAccounting *all, CreditVcpu *state)
{
    CreditAccount *account = account_of(state->vcpu);
    const bool is_last = --account->active_count == 0;

    ring_remove(&state->active);
    if (is_last)
        ring_remove(&account->active);
    if (is_last || all->rules.is_weight_per_vcpu)
        all->weight -= account->weight;
}

/* It is down, and in no run queue. */
void credit_vcpu_remove(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *state = of_vcpu(vcpu);

    g_assert(!ring_is_linked(&state->queued));
    if (ring_is_linked(&state->active))
        stop_accounting(of_host(self), state);
}

/* The accounting pass. */

/* What one vCPU of an account is granted, and the debt at which it is parked. */
typedef struct {
    uint32_t fair;
    uint32_t park_below; /* 0: no cap */
} Grant;

/* The running state of one pass over the accounts. */
typedef struct {
    uint32_t weight_total, weight_left, credit_total;
    int32_t old_balance, balance;
    bool can_use_more; /* an earlier account could have used a surplus */
} Pass;

static uint32_t debt_of(const Pass *pass)
{
    return 0u - (uint32_t)pass->old_balance;
}

/* The most an account can use: a pCPU for each active vCPU, and its part of a debt
 * that the last pass left. */
static uint32_t peak_of(const CreditAccounting *all, const Pass *pass,
                        const CreditAccount *account, uint32_t weight)
{
    uint32_t peak = account->active_count * all->rules.credits_per_period;

    if (pass->old_balance < 0)
        peak += ceil_div(debt_of(pass) * weight, pass->weight_total);
    return peak;
}

/* csched_acct, first half: an account's share by weight. What it cannot use goes to the
 * accounts later in the list; if an earlier one could have used more, this one moves to
 * the front, so that they profit next time. */
static Grant grant_of(CreditAccounting *all, Pass *pass, CreditAccount *account)
{
    const uint32_t weight = account->weight * weight_factor(all, account);
    uint32_t peak = peak_of(all, pass, account, weight);
    Grant grant = { 0, 0 };

    pass->weight_left -= weight;
    if (account->cap_percent != 0) {
        const uint32_t cap_credit =
            (account->cap_percent * all->rules.credits_per_period + 99) / 100;

        peak = MIN(peak, cap_credit);
        grant.park_below = ceil_div(cap_credit, account->active_count);
    }
    grant.fair = ceil_div(pass->credit_total * weight, pass->weight_total);
    if (grant.fair < peak) {
        pass->can_use_more = true;
    } else {
        if (pass->weight_left != 0)
            pass->credit_total +=
                ceil_div((grant.fair - peak) * pass->weight_total, pass->weight_left);
        if (pass->can_use_more) {
            ring_remove(&account->active);
            ring_push_front(&all->active_accounts, &account->active);
        }
        grant.fair = peak;
    }
    grant.fair = ceil_div(grant.fair, account->active_count);
    return grant;
}

static void park(Scheduler *self, const CreditAccounting *all, CreditVcpu *state,
                 uint32_t park_below)
{
    switch (all->rules.parking) {
    case PARKED_BELOW_IDLE:
        state->priority = PRIORITY_PARKED;
        return;
    case PARKED_BY_PAUSE:
        if (state->is_parked || state->credit >= -(int32_t)park_below)
            return;
        host_pause_vcpu(self->host, state->vcpu);
        state->is_parked = true;
        return;
    }
}

static void settle_overdrawn(Scheduler *self, const CreditAccounting *all,
                             CreditVcpu *state, const Grant *grant)
{
    state->priority = PRIORITY_OVER;
    if (grant->park_below != 0)
        park(self, all, state, grant->park_below);
    state->credit = MAX(state->credit, -(int32_t)all->rules.credits_per_period);
}

/* The wake of an unpark must still see the mark: no boost. */
static void unpark(Scheduler *self, CreditVcpu *state)
{
    host_unpause_vcpu(self->host, state->vcpu);
    state->is_parked = false;
}

/* Returns the credit that counts towards the balance. */
static int32_t give_up_savings(CreditAccounting *all, CreditVcpu *state)
{
    const int32_t saved = state->credit;

    stop_accounting(all, state);
    switch (all->rules.savings) {
    case SAVINGS_ZEROED:
        state->credit = 0;
        break;
    case SAVINGS_ZEROED_LATE:
        state->credit = 0;
        return saved;
    case SAVINGS_HALVED:
        state->credit /= 2;
        break;
    }
    return state->credit;
}

/* Also returns the credit that counts towards the balance. */
static int32_t settle_in_credit(Scheduler *self, CreditAccounting *all,
                                CreditVcpu *state)
{
    state->priority = PRIORITY_UNDER;
    if (state->is_parked)
        unpark(self, state);
    if (state->credit > (int32_t)all->rules.credits_per_period && state->donated == 0)
        return give_up_savings(all, state);
    return state->credit;
}

/* Grants the credit, and settles what follows from it. Also returns the credit that
 * counts towards the balance. */
static int32_t settle(Scheduler *self, CreditAccounting *all, CreditVcpu *state,
                      const Grant *grant)
{
    state->credit = wrapping_sum(state->credit, grant->fair);
    if (state->credit >= 0)
        return settle_in_credit(self, all, state);
    settle_overdrawn(self, all, state, grant);
    return state->credit;
}

static void settle_account(Scheduler *self, CreditAccounting *all, Pass *pass,
                           CreditAccount *account)
{
    const Grant grant = grant_of(all, pass, account);
    RingNode *next;

    if (all->rules.sdom_variant != SDOM_REDIRECT)
        credit_sdom_share(all, account, grant.fair);
    for (RingNode *node = account->active_vcpus.next; node != &account->active_vcpus;
         node = next) {
        CreditVcpu *state = RING_OWNER(node, CreditVcpu, active);

        next = node->next;
        pass->balance =
            wrapping_sum(pass->balance, (uint32_t)settle(self, all, state, &grant));
    }
}

/* The weight total stays what it was although vCPUs may go inactive. */
void credit_account_all(Scheduler *self, CreditAccounting *all)
{
    Pass pass = { .weight_total = all->weight,
                  .weight_left = all->weight,
                  .credit_total = all->credit,
                  .old_balance = all->balance };
    RingNode *next;

    all->balance = 0;
    if (pass.weight_total == 0)
        return;
    if (pass.old_balance < 0)
        pass.credit_total += debt_of(&pass);
    for (RingNode *node = all->active_accounts.next; node != &all->active_accounts;
         node = next) {
        next = node->next;
        settle_account(self, all, &pass, RING_OWNER(node, CreditAccount, active));
    }
    all->balance = pass.balance;
    all->epoch++;
}

/* Changes while running. */

/* csched_dom_cntl: a weight of 0 and a cap of 0xFFFF leave what there is. */
int credit_adjust(Scheduler *self, Domain *domain, const SchedParams *params,
                  int64_t now_ns G_GNUC_UNUSED)
{
    CreditAccounting *all = of_host(self);
    CreditAccount *account = domain->sched_state;

    if (params->set & PARAM_WEIGHT && params->weight != 0) {
        const uint32_t weight = (uint32_t)params->weight;

        if (account->active_count > 0)
            all->weight += (weight - account->weight) * weight_factor(all, account);
        account->weight = weight;
    }
    if (params->set & PARAM_CAP && params->cap_percent != CAP_ABSENT)
        account->cap_percent = (uint32_t)params->cap_percent;
    return 0;
}

static CreditVcpu *nth_vcpu(const Domain *domain, unsigned i)
{
    return of_vcpu(g_ptr_array_index(domain->vcpus, i));
}

/* Active vCPUs leave the old account and enter the new one at once: one left inactive
 * would keep its debts and earn nothing until a tick caught it. */
void credit_regroup(Scheduler *self, Domain *adom, Domain *sdom,
                    int64_t now_ns G_GNUC_UNUSED)
{
    CreditAccounting *all = of_host(self);
    RingNode movers;

    ring_init(&movers);
    for (unsigned i = 0; i < adom->vcpus->len; i++) {
        CreditVcpu *state = nth_vcpu(adom, i);

        if (!ring_is_linked(&state->active))
            continue;
        stop_accounting(all, state);
        ring_push_back(&movers, &state->active);
    }
    domain_set_parent(adom, sdom);
    while (!ring_is_empty(&movers)) {
        CreditVcpu *state = RING_OWNER(movers.next, CreditVcpu, active);

        ring_remove(&state->active);
        credit_start_accounting(all, state);
    }
    for (unsigned i = 0; i < adom->vcpus->len; i++)
        if (nth_vcpu(adom, i)->is_parked)
            unpark(self, nth_vcpu(adom, i));
}

bool credit_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                    SchedInspection *out)
{
    const CreditVcpu *state = of_vcpu(vcpu);

    *out = (SchedInspection){ .credit = state->credit,
                              .priority = state->priority,
                              .is_active = ring_is_linked(&state->active),
                              .is_parked = state->is_parked ||
                                           state->priority == PRIORITY_PARKED,
                              .is_queued = ring_is_linked(&state->queued) };
    return true;
}
