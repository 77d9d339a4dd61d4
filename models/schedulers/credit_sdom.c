#include "models/schedulers/credit_sdom.h"

const char *const credit_sdom_variants[] = {
    "redirect", "pooled", "proportional", "donate", "wake-priority", NULL,
};

static CreditVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static CreditVcpu *of_active(RingNode *node)
{
    return RING_OWNER(node, CreditVcpu, active);
}

/* What has been used before the last pass counts no more. */
void credit_sdom_note_use(const CreditAccounting *all, CreditVcpu *state,
                          uint32_t credits)
{
    if (state->used_epoch != all->epoch)
        state->used = 0;
    state->used_epoch = all->epoch;
    state->used += credits;
    state->donated = MAX(0, state->donated - (int32_t)credits);
}

static uint32_t recent_use(const CreditAccounting *all, const CreditVcpu *state)
{
    return state->used_epoch == all->epoch ? state->used : 0;
}

/* An odd rest goes to those first in the list. */
static void pool_credits(CreditAccount *account)
{
    RingNode *members = &account->active_vcpus;
    const int64_t n = account->active_count;
    int64_t sum = 0, even, rest;

    for (RingNode *node = members->next; node != members; node = node->next)
        sum += of_active(node)->credit;
    rest = (sum % n + n) % n;
    even = (sum - rest) / n;
    for (RingNode *node = members->next; node != members; node = node->next, rest--)
        of_active(node)->credit = (int32_t)even + (rest > 0);
}

/* Each gets what the running sum of use entitles it to beyond those before it, so the
 * parts add up. The pass will add fair to each. */
static void split_by_use(const CreditAccounting *all, CreditAccount *account,
                         uint32_t fair)
{
    RingNode *members = &account->active_vcpus;
    const uint64_t total = (uint64_t)fair * account->active_count;
    uint64_t use = 0, use_so_far = 0, given = 0;

    for (RingNode *node = members->next; node != members; node = node->next)
        use += recent_use(all, of_active(node));
    if (use == 0)
        return;
    for (RingNode *node = members->next; node != members; node = node->next) {
        CreditVcpu *state = of_active(node);
        uint64_t due;

        use_so_far += recent_use(all, state);
        due = total * use_so_far / use;
        state->credit += (int32_t)(due - given) - (int32_t)fair;
        given = due;
    }
}

void credit_sdom_share(const CreditAccounting *all, CreditAccount *account,
                       uint32_t fair)
{
    const Vcpu *first = of_active(account->active_vcpus.next)->vcpu;

    if (domain_account(first->domain)->n_adoms == 0)
        return;
    switch (all->rules.sdom_variant) {
    case SDOM_POOLED:
        pool_credits(account);
        return;
    case SDOM_PROPORTIONAL:
        split_by_use(all, account, fair);
        return;
    case SDOM_REDIRECT:
    case SDOM_DONATE:
    case SDOM_WAKE_PRIORITY:
        return;
    }
}

/* Donations. */

static void set_priority(CreditVcpu *state, int priority)
{
    state->priority = priority;
    if (!ring_is_linked(&state->queued))
        return;
    ring_remove(&state->queued);
    ring_insert_before(credit_queue_place(state->vcpu->pcpu->sched_state, priority),
                       &state->queued);
}

/* A server whose debts are covered is OVER no more. If it is queued already nobody is
 * called to run it: Xen's accounting calls nobody either. */
static void donate(CreditVcpu *giver, CreditVcpu *taker)
{
    if (giver->credit <= 0)
        return;
    giver->lent = giver->credit;
    giver->credit = 0;
    taker->donated += giver->lent;
    taker->credit += giver->lent;
    if (taker->priority == PRIORITY_OVER && taker->credit >= 0)
        set_priority(taker, PRIORITY_UNDER);
}

static void take_back(CreditVcpu *giver, CreditVcpu *taker)
{
    const int32_t left = MIN(giver->lent, taker->donated);

    taker->donated -= left;
    taker->credit -= left;
    giver->credit += left;
    giver->lent = 0;
}

void credit_wait_begins(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    const CreditAccounting *all = self->state;

    if (vcpu->server->domain->parent != vcpu->domain)
        return;
    switch (all->rules.sdom_variant) {
    case SDOM_DONATE:
        donate(of_vcpu(vcpu), of_vcpu(vcpu->server));
        return;
    case SDOM_WAKE_PRIORITY:
        of_vcpu(vcpu->server)->patron = of_vcpu(vcpu);
        return;
    case SDOM_REDIRECT:
    case SDOM_POOLED:
    case SDOM_PROPORTIONAL:
        return;
    }
}

/* Another vCPU of the guest's that waits for the same server, or NULL. */
static CreditVcpu *other_patron(const Vcpu *vcpu)
{
    const Domain *guest = vcpu->domain;

    if (vcpu->server->domain->parent != guest)
        return NULL;
    for (unsigned i = 0; i < guest->vcpus->len; i++) {
        const Vcpu *other = g_ptr_array_index(guest->vcpus, i);

        if (other != vcpu && other->pause_flags & PAUSE_BLOCKED_IN_XEN &&
            other->server == vcpu->server)
            return of_vcpu(other);
    }
    return NULL;
}

/* The server may have been detached meanwhile. */
void credit_wait_ends(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                      int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *server = of_vcpu(vcpu->server);

    if (of_vcpu(vcpu)->lent > 0)
        take_back(of_vcpu(vcpu), server);
    if (server->patron == of_vcpu(vcpu))
        server->patron = other_patron(vcpu);
}
