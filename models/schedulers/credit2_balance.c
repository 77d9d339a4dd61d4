/*
 * Where credit2's vCPUs live: choosing a pCPU for one, and evening out the loads of
 * run queues by moving one vCPU, or exchanging two.
 */
#include "models/schedulers/credit2.h"

static Pcpu *next_in_turn(Credit2Runqueue *runqueue, const PcpuMask *choice)
{
    const unsigned next = mask_cycle(choice, runqueue->pick_bias);

    g_assert(next != PCPU_NONE);
    runqueue->pick_bias = next;
    return &runqueue->all->host->pcpus[next];
}

/* The load a run queue has without the vCPU that looks for a place. */
static int64_t load_without(const Credit2Runqueue *runqueue, const Credit2Vcpu *state)
{
    if (runqueue != state->runqueue)
        return runqueue->balance_load;
    return MAX(runqueue->balance_load - state->average_load, 0);
}

/* The least loaded run queue, and the least loaded one of the soft affinity if that
 * makes a difference. The turn is always kept by the former. */
static Pcpu *pick_least_loaded(Credit2Host *all, const Credit2Vcpu *state)
{
    const Vcpu *vcpu = state->vcpu;
    Credit2Runqueue *best = NULL;
    const Credit2Runqueue *best_soft = NULL;
    int64_t lowest = INT64_MAX, lowest_soft = INT64_MAX;
    PcpuMask preferred, choice;

    mask_and(&preferred, vcpu->hard_affinity, vcpu->soft_affinity);
    for (unsigned i = 0; i < all->n_runqueues; i++) {
        Credit2Runqueue *runqueue = &all->runqueues[i];
        const int64_t load = load_without(runqueue, state);

        if (!mask_intersects(vcpu->hard_affinity, &runqueue->active))
            continue;
        if (state->has_soft_affinity && load < lowest_soft &&
            mask_intersects(&preferred, &runqueue->active)) {
            lowest_soft = load;
            best_soft = runqueue;
        }
        if (load < lowest) {
            lowest = load;
            best = runqueue;
        }
    }
    g_assert(best);
    mask_and(&choice, best_soft ? &preferred : vcpu->hard_affinity,
             best_soft ? &best_soft->active : &best->active);
    return next_in_turn(best, &choice);
}

/* "csched2_res_pick", all locks free */
Pcpu *credit2_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    if (state->is_move_requested) {
        PcpuMask choice;

        state->is_move_requested = false;
        mask_and(&choice, vcpu->hard_affinity, &state->move_to->active);
        if (!mask_is_empty(&choice))
            return next_in_turn(state->move_to, &choice);
    }
    return pick_least_loaded(self->state, state);
}

/* Moving. */

/* "migrate": one that has a pCPU goes when it has lost it. If it is just being taken
 * over from another pCPU, it is that one which is asked to decide. */
static void request_move(Credit2Vcpu *state, Credit2Runqueue *to)
{
    state->move_to = to;
    state->is_move_requested = true;
    host_request_migration(to->all->host, state->vcpu);
    credit2_tickle(state->vcpu->pcpu);
}

static void move(Credit2Vcpu *state, Credit2Runqueue *to, int64_t now_ns)
{
    const bool was_waiting = credit2_is_waiting(state);
    PcpuMask choice;

    if (state->is_scheduled) {
        request_move(state, to);
        return;
    }
    if (was_waiting) {
        ring_remove(&state->waiting);
        credit2_runqueue_load(state->runqueue, -1, now_ns);
    }
    credit2_deassign(state);
    mask_and(&choice, state->vcpu->hard_affinity, &to->active);
    state->vcpu->pcpu = next_in_turn(to, &choice);
    credit2_assign(state, to);
    if (was_waiting) {
        credit2_runqueue_load(to, 1, now_ns);
        credit2_runq_insert(state);
        credit2_tickle_for(state, now_ns);
    }
}

/* Between run queues the turn advances twice, in pick and here: the vCPU ends on the
 * pCPU after `to`. */
void credit2_migrate(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu, Pcpu *to,
                     int64_t now_ns)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);
    Credit2Runqueue *runqueue = credit2_of_pcpu(to)->runqueue;

    if (runqueue == state->runqueue)
        vcpu->pcpu = to;
    else
        move(state, runqueue, now_ns);
}

/* Balancing. */

typedef struct {
    const Credit2Runqueue *here, *there;
    int64_t difference; /* of their loads, after the best exchange so far */
    Credit2Vcpu *push, *pull;
} Exchange;

static bool is_movable(const Credit2Vcpu *state, const Credit2Runqueue *to)
{
    return !state->is_move_requested &&
           mask_intersects(state->vcpu->hard_affinity, &to->active);
}

/* "consider": NULL is nobody. */
static void consider(Exchange *best, Credit2Vcpu *push, Credit2Vcpu *pull)
{
    const int64_t moved =
        (push ? push->average_load : 0) - (pull ? pull->average_load : 0);
    const int64_t here = best->here->balance_load - moved;
    const int64_t there = best->there->balance_load + moved;
    const int64_t difference = ABS(here - there);

    if (difference >= best->difference)
        return;
    best->difference = difference;
    best->push = push;
    best->pull = pull;
}

static void consider_push(Exchange *best, Credit2Vcpu *push, bool is_first,
                          int64_t now_ns)
{
    const RingNode *there = &best->there->members;

    for (RingNode *node = there->next; node != there; node = node->next) {
        Credit2Vcpu *pull = RING_OWNER(node, Credit2Vcpu, member);

        if (is_first)
            credit2_vcpu_load(pull, 0, now_ns);
        if (is_movable(pull, best->here))
            consider(best, push, pull);
    }
    consider(best, push, NULL);
}

/* The averages of the other side are brought up to date only if somebody here can
 * leave. */
static void find_exchange(Exchange *best, int64_t now_ns)
{
    const RingNode *here = &best->here->members, *there = &best->there->members;
    bool is_first = true;

    for (RingNode *node = here->next; node != here; node = node->next) {
        Credit2Vcpu *push = RING_OWNER(node, Credit2Vcpu, member);

        credit2_vcpu_load(push, 0, now_ns);
        if (!is_movable(push, best->there))
            continue;
        consider_push(best, push, is_first, now_ns);
        is_first = false;
    }
    for (RingNode *node = there->next; node != there; node = node->next) {
        Credit2Vcpu *pull = RING_OWNER(node, Credit2Vcpu, member);

        if (is_movable(pull, best->here))
            consider(best, NULL, pull);
    }
}

static Credit2Runqueue *most_different(Credit2Runqueue *here, int64_t *difference,
                                       int64_t now_ns)
{
    Credit2Host *all = here->all;
    Credit2Runqueue *there = NULL;

    *difference = 0;
    for (unsigned i = 0; i < all->n_runqueues; i++) {
        Credit2Runqueue *other = &all->runqueues[i];
        int64_t distance;

        if (other == here)
            continue;
        credit2_runqueue_load(other, 0, now_ns);
        distance = ABS(here->balance_load - other->balance_load);
        if (distance > *difference) {
            *difference = distance;
            there = other;
        }
    }
    return there;
}

/* A host with pCPUs to spare tolerates more. Xen compares with the last run queue of
 * its list, whichever the most different one is. */
static int64_t tolerance_of(const Credit2Runqueue *here)
{
    const Credit2Host *all = here->all;
    const Credit2Options *opt = all->options;
    const Credit2Runqueue *last = &all->runqueues[all->n_runqueues - 1];
    const int64_t load = MAX(here->balance_load, last->balance_load);
    const int64_t n_pcpus = MAX(here->n_pcpus, last->n_pcpus);
    const bool is_underloaded = load < n_pcpus << opt->load_precision_shift;

    return INT64_C(1) << (opt->load_precision_shift +
                          (is_underloaded ? opt->balance_under : opt->balance_over));
}

/* "balance_load" */
void credit2_balance(Credit2Runqueue *here, int64_t now_ns)
{
    Exchange best = { .here = here };
    Credit2Runqueue *there;

    credit2_runqueue_load(here, 0, now_ns);
    there = most_different(here, &best.difference, now_ns);
    if (!there || best.difference < tolerance_of(here))
        return;
    best.there = there;
    find_exchange(&best, now_ns);
    if (best.push)
        move(best.push, there, now_ns);
    if (best.pull)
        move(best.pull, here, now_ns);
}
