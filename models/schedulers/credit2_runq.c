/*
 * Run queues of credit2: what running costs, the order of waiting, and which pCPU is
 * asked to take a vCPU that has begun to wait ("tickled").
 */
#include "models/schedulers/credit2.h"

#define RATELIMIT_TOLERANCE_NS (50 * NS_PER_US)

/* Credit. */

void credit2_charge(Credit2Vcpu *state, int64_t ran_ns)
{
    const int64_t max_weight = state->runqueue->max_weight;
    int64_t cost = ran_ns;

    /* At the highest weight ns cost ns, and the residual stays: no division. */
    if (state->weight != max_weight || state->residual >= max_weight) {
        const int64_t owed = ran_ns * max_weight + state->residual;

        cost = owed / state->weight;
        state->residual = (uint32_t)(owed % state->weight);
    }
    state->credit = MAX(state->credit - cost, CREDIT2_CREDIT_MIN);
}

void credit2_burn(Credit2Vcpu *state, int64_t now_ns)
{
    const int64_t ran_ns = now_ns - state->start_ns;

    if (state->vcpu->is_idle || ran_ns <= 0)
        return;
    credit2_charge(state, ran_ns);
    if (credit2_is_capped(state))
        state->budget_ns -= ran_ns;
    state->start_ns = now_ns;
}

int64_t credit2_lasts_ns(const Credit2Vcpu *state, int64_t credit)
{
    const uint32_t max_weight = state->runqueue->max_weight;

    if (state->weight == max_weight)
        return credit;
    return credit * state->weight / max_weight;
}

/* The order of waiting. */

/* A reset adds the same to all, so the order holds; most that begin to wait have run,
 * so their place is near the back. */
void credit2_runq_insert(Credit2Vcpu *state)
{
    RingNode *waiting = &state->runqueue->waiting;
    RingNode *node = waiting->prev;

    while (node != waiting &&
           RING_OWNER(node, Credit2Vcpu, waiting)->credit < state->credit)
        node = node->prev;
    ring_insert_before(node->next, &state->waiting);
}

Credit2Vcpu *credit2_runq_first(const Credit2Runqueue *runqueue)
{
    if (ring_is_empty(&runqueue->waiting))
        return NULL;
    return RING_OWNER(runqueue->waiting.next, Credit2Vcpu, waiting);
}

/* Idle and tickled pCPUs. */

/* "smt_idle_mask_set" */
static void note_idle_core(Credit2Runqueue *runqueue, const Credit2Pcpu *state)
{
    if (mask_is_subset(&state->siblings, &runqueue->idle) &&
        !mask_intersects(&state->siblings, &runqueue->tickled))
        mask_or(&runqueue->smt_idle, &runqueue->smt_idle, &state->siblings);
}

/* "smt_idle_mask_clear" */
static void note_busy_core(Credit2Runqueue *runqueue, const Credit2Pcpu *state)
{
    if (mask_is_subset(&state->siblings, &runqueue->smt_idle))
        mask_without(&runqueue->smt_idle, &runqueue->smt_idle, &state->siblings);
}

void credit2_tickle(Pcpu *pcpu)
{
    const Credit2Pcpu *state = credit2_of_pcpu(pcpu);

    mask_add(&state->runqueue->tickled, pcpu->id);
    note_busy_core(state->runqueue, state);
    host_raise_schedule(pcpu->host, pcpu);
}

void credit2_answer_tickle(Pcpu *pcpu)
{
    const Credit2Pcpu *state = credit2_of_pcpu(pcpu);

    if (!mask_has(&state->runqueue->tickled, pcpu->id))
        return;
    mask_remove(&state->runqueue->tickled, pcpu->id);
    note_idle_core(state->runqueue, state);
}

void credit2_pcpu_becomes_idle(Pcpu *pcpu)
{
    const Credit2Pcpu *state = credit2_of_pcpu(pcpu);

    if (mask_has(&state->runqueue->idle, pcpu->id))
        return;
    mask_add(&state->runqueue->idle, pcpu->id);
    note_idle_core(state->runqueue, state);
}

void credit2_pcpu_becomes_busy(Pcpu *pcpu)
{
    const Credit2Pcpu *state = credit2_of_pcpu(pcpu);

    if (!mask_has(&state->runqueue->idle, pcpu->id))
        return;
    mask_remove(&state->runqueue->idle, pcpu->id);
    note_busy_core(state->runqueue, state);
}

/* Whom to ask. */

/* That pCPU if it is a member, or else the next one. Before pCPU 0 comes PCPU_NONE. */
static unsigned first_from(const PcpuMask *mask, unsigned pcpu)
{
    return mask_cycle(mask, pcpu - 1);
}

/* An idle core before an idle thread of a busy one; with power savings the reverse,
 * and then even one that has been asked already. */
static unsigned find_idle(const Credit2Vcpu *woken, const PcpuMask *allowed)
{
    const Credit2Runqueue *runqueue = woken->runqueue;
    const unsigned here = woken->vcpu->pcpu->id;
    PcpuMask choice;
    unsigned found;

    if (runqueue->all->options->has_smt_power_savings)
        mask_without(&choice, &runqueue->idle, &runqueue->smt_idle);
    else
        mask_copy(&choice, &runqueue->smt_idle);
    mask_and(&choice, &choice, allowed);
    found = first_from(&choice, here);
    if (found != PCPU_NONE)
        return found;
    mask_without(&choice, &runqueue->idle, &runqueue->tickled);
    mask_and(&choice, &choice, allowed);
    return first_from(&choice, here);
}

/* Xen has a short cut for a vCPU pinned to one pCPU, which finds the same. */
static unsigned find_any_idle(const Credit2Vcpu *woken)
{
    const Credit2Runqueue *runqueue = woken->runqueue;
    const Vcpu *vcpu = woken->vcpu;
    unsigned found = PCPU_NONE;

    if (mask_is_empty(&runqueue->idle))
        return PCPU_NONE;
    if (woken->has_soft_affinity) {
        PcpuMask preferred;

        mask_init(&preferred, runqueue->all->host->n_pcpus);
        mask_and(&preferred, vcpu->soft_affinity, vcpu->hard_affinity);
        found = find_idle(woken, &preferred);
    }
    return found != PCPU_NONE ? found : find_idle(woken, vcpu->hard_affinity);
}

/* "tickle_score": what preempting there is worth; nothing if not above 0. Charges
 * whoever runs there. */
static int64_t score(const Credit2Vcpu *woken, const Pcpu *pcpu, int64_t now_ns)
{
    const Credit2Options *opt = woken->runqueue->all->options;
    const Vcpu *running = pcpu->current;
    Credit2Vcpu *current = credit2_of_vcpu(running);
    int64_t worth;

    if (running->is_idle)
        return -1;
    if (opt->ratelimit_ns > RATELIMIT_TOLERANCE_NS &&
        now_ns - running->runstate.since_ns <=
            opt->ratelimit_ns - RATELIMIT_TOLERANCE_NS)
        return -1;
    credit2_burn(current, now_ns);
    worth = woken->credit - current->credit;
    if (woken->vcpu->pcpu != pcpu)
        worth -= opt->migrate_resist_ns;
    if (worth <= 0)
        return worth;
    if (mask_has(woken->vcpu->soft_affinity, pcpu->id))
        worth += CREDIT2_CREDIT_INIT;
    if (!mask_has(running->soft_affinity, pcpu->id))
        worth += CREDIT2_CREDIT_INIT;
    return worth;
}

/* What its own pCPU is worth, and 0 if it cannot have that. */
static int64_t own_score(const Credit2Vcpu *woken, int64_t now_ns)
{
    const Credit2Runqueue *runqueue = woken->runqueue;
    const Pcpu *pcpu = woken->vcpu->pcpu;

    if (mask_has(&runqueue->idle, pcpu->id) || mask_has(&runqueue->tickled, pcpu->id) ||
        !mask_has(woken->vcpu->hard_affinity, pcpu->id))
        return 0;
    return MAX(score(woken, pcpu, now_ns), 0);
}

/* Its own pCPU if it can; the others are charged and compared only if it cannot. */
static unsigned find_preemptable(const Credit2Vcpu *woken, int64_t now_ns)
{
    const Credit2Runqueue *runqueue = woken->runqueue;
    const Vcpu *vcpu = woken->vcpu;
    const unsigned here = vcpu->pcpu->id;
    int64_t best = own_score(woken, now_ns);
    unsigned found = best > 0 ? here : PCPU_NONE;
    PcpuMask choice;

    if (found == here && mask_has(vcpu->soft_affinity, here))
        return here;
    mask_without(&choice, &runqueue->active, &runqueue->idle);
    mask_without(&choice, &choice, &runqueue->tickled);
    mask_and(&choice, &choice, vcpu->hard_affinity);
    for (unsigned i = mask_first(&choice); i != PCPU_NONE; i = mask_next(&choice, i)) {
        const Pcpu *pcpu = &runqueue->all->host->pcpus[i];
        const int64_t worth = i == here ? best : score(woken, pcpu, now_ns);

        if (worth > best) {
            best = worth;
            found = i;
        }
    }
    return found;
}

void credit2_tickle_for(Credit2Vcpu *woken, int64_t now_ns)
{
    unsigned target = find_any_idle(woken);

    if (target == PCPU_NONE)
        target = find_preemptable(woken, now_ns);
    if (target == PCPU_NONE)
        return;
    credit2_tickle(&woken->runqueue->all->host->pcpus[target]);
    woken->tickled_pcpu = target;
}
