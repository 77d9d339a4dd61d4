/*
 * The loads that credit2 balances by, and who belongs to which run queue.
 *
 * An average moves towards the present level in proportion to the time passed, up to
 * a window after which only the level counts. It is a fixed-point number: one vCPU
 * that is always runnable is 1 << load_precision_shift. Truncations add up, so when
 * an average is brought up to date matters.
 */
#include "models/schedulers/credit2.h"

#define TICK_SHIFT 10 /* load is tracked in units of 1024 ns */

int64_t credit2_load_ticks(int64_t now_ns)
{
    return now_ns >> TICK_SHIFT;
}

/* The products do not overflow: at most 2^26 ticks, by at most 2^15 vCPUs of 2^20 each.
 */
int64_t credit2_decay(const Credit2Options *opt, int64_t average, int64_t level,
                      int64_t elapsed)
{
    const int64_t window_shift = opt->load_window_shift - TICK_SHIFT;
    const int64_t goal = level << opt->load_precision_shift;

    if (elapsed > INT64_C(1) << window_shift)
        return goal;
    if (elapsed <= 0)
        return average;
    return average + ((elapsed * goal) >> window_shift) -
           ((elapsed * average) >> window_shift);
}

/* "update_runq_load" */
void credit2_runqueue_load(Credit2Runqueue *runqueue, int change, int64_t now_ns)
{
    const int64_t now = credit2_load_ticks(now_ns);

    runqueue->balance_load =
        credit2_decay(runqueue->all->options, runqueue->balance_load, runqueue->load,
                      now - runqueue->load_since);
    runqueue->load += change;
    runqueue->load_since = now;
    g_assert(runqueue->load >= 0);
}

/* The level up to now: a vCPU that wakes was not runnable, one that sleeps was. */
static int level_before(const Credit2Vcpu *state, int change)
{
    if (change == 0)
        return vcpu_is_runnable(state->vcpu);
    return change < 0;
}

/* "update_svc_load" */
void credit2_vcpu_load(Credit2Vcpu *state, int change, int64_t now_ns)
{
    const int64_t now = credit2_load_ticks(now_ns);

    state->average_load =
        credit2_decay(state->runqueue->all->options, state->average_load,
                      level_before(state, change), now - state->load_since);
    state->load_since = now;
}

void credit2_load(Credit2Vcpu *state, int change, int64_t now_ns)
{
    credit2_runqueue_load(state->runqueue, change, now_ns);
    credit2_vcpu_load(state, change, now_ns);
}

static uint32_t highest_weight(const Credit2Runqueue *runqueue, uint32_t at_most)
{
    const RingNode *members = &runqueue->members;
    uint32_t highest = 1;

    for (RingNode *node = members->next; node != members && highest < at_most;
         node = node->next)
        highest = MAX(highest, RING_OWNER(node, Credit2Vcpu, member)->weight);
    return highest;
}

/* A member's weight has become `now`, and was `before`; 0: no member. */
static void update_max_weight(Credit2Runqueue *runqueue, uint32_t now, uint32_t before)
{
    if (now > runqueue->max_weight)
        runqueue->max_weight = now;
    else if (before == runqueue->max_weight)
        runqueue->max_weight = highest_weight(runqueue, before);
}

/* The load of a member enters the balance at once, although the run queue's own
 * average then drifts back to what it measures. */
void credit2_assign(Credit2Vcpu *state, Credit2Runqueue *runqueue)
{
    state->runqueue = runqueue;
    ring_push_back(&runqueue->members, &state->member);
    update_max_weight(runqueue, state->weight, 0);
    runqueue->balance_load += state->average_load;
}

void credit2_deassign(Credit2Vcpu *state)
{
    Credit2Runqueue *runqueue = state->runqueue;

    ring_remove(&state->member);
    update_max_weight(runqueue, 0, state->weight);
    runqueue->balance_load = MAX(runqueue->balance_load - state->average_load, 0);
    state->runqueue = NULL;
}

/* Credit and residual stay as they are. */
void credit2_set_weight(Domain *domain, uint32_t weight)
{
    Credit2Domain *account = credit2_of_domain(domain);
    const uint32_t before = account->weight;

    account->weight = weight;
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        Credit2Vcpu *state = credit2_of_vcpu(g_ptr_array_index(domain->vcpus, i));

        state->weight = weight;
        update_max_weight(state->runqueue, weight, before);
    }
}
