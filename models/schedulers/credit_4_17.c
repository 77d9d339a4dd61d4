/*
 * credit_4_17.c - the credit scheduler of Xen 4.17.
 *
 * Weighted fair shares as in 3.1, but time is charged when it has been used, a
 * vCPU that has just got its pCPU keeps it for a while (rate limit), a woken vCPU
 * calls one idle pCPU, and whom to steal from is remembered. The tick still finds out
 * who is active, ends BOOST, moves running vCPUs and sorts; it stands still on a pCPU
 * that has gone idle.
 *
 * Exact after Xen 4.17, sched/credit.c; "csched_*" names the operation meant. Not
 * modelled, because nothing here can show it: several NUMA nodes, cpupools, core
 * scheduling, tasklets, failing try-locks. Xen's attempt to kick the running vCPU
 * away to an idler cannot succeed at 4.17, and its fast path for exclusively pinned
 * vCPUs tickles whom the slow one tickles: both are left out.
 */
#include "models/schedulers/credit_4_17.h"

#define CREDITS_PER_MS  10
#define NS_PER_CREDIT   (NS_PER_MS / CREDITS_PER_MS)
#define TICKS_PER_SLICE 3

/* Xen compares its least rate limit, 100 us, with nanoseconds: it means 100 ns. */
#define LEAST_SLICE_NS 100

enum {
    WEIGHT_PER_VCPU,
    WEIGHT_PER_DOMAIN,
};

static const char *const weight_owners[] = { "vcpu", "domain", NULL };

static const Option options[] = {
    /* switch_tick brings it into step. */
    CREDIT_TICK_OPTIONS(TimedOptions, "; only until its first vCPU"),
    CREDIT_ACCOUNTING_OPTION(TimedOptions),
    OPTION_NS_FIELD(TimedOptions, timer_lag_ns, "timer-lag", "0", 0, NS_PER_MS,
                    "how late a tick or accounting arms the next one"),
    OPTION_NS_FIELD(TimedOptions, slice_ns, "tslice", "30ms", NS_PER_MS, NS_PER_S,
                    "the time slice, three ticks (below 3ms: one)"),
    OPTION_NS_FIELD(TimedOptions, ratelimit_ns, "ratelimit", "1ms", 0, 500 * NS_PER_MS,
                    "least time between preemptions; 0: none"),
    CREDIT_TOPOLOGY_OPTIONS(TimedOptions),
    OPTION_BOOL_FIELD(TimedOptions, is_one_idler_tickled, "tickle-one-idle", "yes",
                      "a woken vCPU calls one idle pCPU, not all"),
    OPTION_CHOICE_FIELD(TimedOptions, weight_per, "weight-per", "vcpu", weight_owners,
                        "a weight counts for each active vCPU, or once per account"),
    CREDIT_SDOM_OPTION(TimedOptions),
    { 0 },
};

static TimedVcpu *of_common(CreditVcpu *common)
{
    return (TimedVcpu *)(void *)common; /* its first member */
}

/* Creation. */

static void credit_4_17_init(Scheduler *self)
{
    const TimedOptions *opt = options_of(self);
    TimedHost *all = of_host(self);
    const unsigned n_ticks =
        opt->slice_ns < TICKS_PER_SLICE * NS_PER_MS ? 1 : TICKS_PER_SLICE;
    const CreditRules rules = {
        .credits_per_period = (uint32_t)(opt->slice_ns / NS_PER_CREDIT),
        .is_weight_per_vcpu = opt->weight_per == WEIGHT_PER_VCPU,
        .savings = SAVINGS_HALVED,
        .sdom_variant = (SdomVariant)opt->sdom_variant,
    };

    credit_accounting_init(&all->accounting, &rules, self->host->n_pcpus);
    mask_init(&all->idlers, self->host->n_pcpus);
    mask_init(&all->crowded, self->host->n_pcpus);
    all->tick_ns = opt->slice_ns / n_ticks / NS_PER_US * NS_PER_US;
    all->ratelimit_ns = MIN(opt->ratelimit_ns, opt->slice_ns);
}

static void credit_4_17_pcpu_init(Scheduler *self, Pcpu *pcpu)
{
    TimedPcpu *state = of_pcpu(pcpu);

    ring_init(&state->common.queue);
    state->idle_bias = self->host->n_pcpus - 1;
    mask_add(&of_host(self)->idlers, pcpu->id);
}

static void credit_4_17_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                                  int64_t now_ns G_GNUC_UNUSED)
{
    credit_vcpu_init(&of_vcpu(vcpu)->common, vcpu);
}

static void credit_4_17_start(Scheduler *self, int64_t now_ns)
{
    const TimedOptions *opt = options_of(self);

    credit_arm_ticks(self, now_ns + opt->tick_first_ns, opt->tick_stagger_ns);
    host_arm_accounting(self->host, now_ns + opt->accounting_first_ns);
}

/* Charging. */

/* Xen 4.17, burn_credits. The fraction of a credit is kept both in `residual` and by
 * start_ns, which moves on by whole credits only, so it is charged twice, and frequent
 * charges cost too much: Xen's error, kept. */
static void charge(const TimedHost *all, TimedVcpu *state, int64_t now_ns)
{
    const int64_t ran_ns = now_ns - state->start_ns;
    uint64_t owed;
    uint32_t credits;

    if (ran_ns <= 0)
        return;
    owed = (uint64_t)ran_ns * CREDITS_PER_MS + state->residual;
    state->residual = (uint32_t)(owed % NS_PER_MS);
    credits = (uint32_t)(owed / NS_PER_MS);
    credit_charge(&all->accounting, &state->common, credits);
    state->start_ns += credits * NS_PER_CREDIT;
}

/* The run queue. */

static void add_runnable(TimedHost *all, const Pcpu *pcpu)
{
    if (++of_pcpu(pcpu)->n_runnable == 2)
        mask_add(&all->crowded, pcpu->id);
}

static void remove_runnable(TimedHost *all, const Pcpu *pcpu)
{
    if (--of_pcpu(pcpu)->n_runnable == 1)
        mask_remove(&all->crowded, pcpu->id);
}

/* Who yields goes behind one vCPU of a lower class too, but not behind idle. */
static void queue_insert(TimedVcpu *state)
{
    const CreditPcpu *pcpu = &of_pcpu(state->common.vcpu->pcpu)->common;
    RingNode *place = credit_queue_place(pcpu, state->common.priority);

    if (state->has_yielded && credit_of_queued(place)->priority > PRIORITY_IDLE)
        place = place->next;
    ring_insert_before(place, &state->common.queued);
}

static bool is_allowed(const Vcpu *vcpu, unsigned pcpu, AffinityStep step)
{
    return mask_has(vcpu->hard_affinity, pcpu) &&
           (step == STEP_HARD || mask_has(vcpu->soft_affinity, pcpu));
}

/* Soft affinity says something if it neither excludes all of hard affinity nor includes
 * it. (Nor includes the host, says Xen; hard affinity is part of that here.) */
static void credit_4_17_set_affinity(Scheduler *self, Vcpu *vcpu, const PcpuMask *hard,
                                     const PcpuMask *soft)
{
    TimedHost *all = of_host(self);
    TimedVcpu *state = of_vcpu(vcpu);
    PcpuMask hard_only;

    mask_without(&hard_only, hard, soft);
    all->n_soft -= state->has_soft_affinity;
    state->has_soft_affinity =
        mask_intersects(soft, hard) && !mask_is_empty(&hard_only);
    all->n_soft += state->has_soft_affinity;
}

static void credit_4_17_vcpu_remove(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    of_host(self)->n_soft -= of_vcpu(vcpu)->has_soft_affinity;
    credit_vcpu_remove(self, vcpu, now_ns);
}

/* Wake and sleep. */

static void call_idlers(Scheduler *self, const PcpuMask *idlers)
{
    for (unsigned i = mask_first(idlers); i != PCPU_NONE; i = mask_next(idlers, i)) {
        mask_remove(&of_host(self)->idlers, i);
        host_raise_schedule(self->host, &self->host->pcpus[i]);
    }
}

/* The executing pCPU goes round the idlers, so that one does not get all the work. */
static void call_one_idler(Scheduler *self, const PcpuMask *idlers)
{
    TimedPcpu *here = of_pcpu(host_this_pcpu(self->host));

    here->last_tickled = mask_cycle(idlers, here->last_tickled);
    mask_remove(&of_host(self)->idlers, here->last_tickled);
    host_raise_schedule(self->host, &self->host->pcpus[here->last_tickled]);
}

static void call_own(Scheduler *self, Pcpu *pcpu)
{
    mask_remove(&of_host(self)->idlers, pcpu->id);
    host_raise_schedule(self->host, pcpu);
}

/* Looks for idlers where the woken vCPU may run; false if there are none. */
static bool tickle_idlers(Scheduler *self, const TimedVcpu *woken)
{
    const TimedOptions *opt = options_of(self);

    for (AffinityStep step = first_step(woken); step < STEPS; step++) {
        PcpuMask idlers;

        mask_allowed(&idlers, &of_host(self)->idlers, woken->common.vcpu, step);
        if (mask_is_empty(&idlers))
            continue;
        if (opt->is_one_idler_tickled)
            call_one_idler(self, &idlers);
        else
            call_idlers(self, &idlers);
        return true;
    }
    return false;
}

/* A busy pCPU is preempted only if no idler will do. */
static void tickle(Scheduler *self, const TimedVcpu *woken)
{
    Pcpu *pcpu = woken->common.vcpu->pcpu;
    const int current = of_vcpu(pcpu->current)->common.priority;

    if (current == PRIORITY_IDLE) {
        call_own(self, pcpu);
        return;
    }
    if (tickle_idlers(self, woken))
        return;
    if (woken->common.priority > current)
        call_own(self, pcpu);
}

static void credit_4_17_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    TimedVcpu *state = of_vcpu(vcpu);
    bool was_moving;

    if (vcpu->pcpu->current == vcpu || ring_is_linked(&state->common.queued))
        return;
    was_moving = state->is_moving;
    state->is_moving = false;
    if (!was_moving)
        state->common.priority = credit_priority_on_wake(&state->common);
    add_runnable(of_host(self), vcpu->pcpu);
    queue_insert(state);
    tickle(self, state);
}

static void credit_4_17_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    TimedVcpu *state = of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu) {
        host_raise_schedule(self->host, vcpu->pcpu);
    } else if (ring_is_linked(&state->common.queued)) {
        remove_runnable(of_host(self), vcpu->pcpu);
        ring_remove(&state->common.queued);
    }
}

static void credit_4_17_yield(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                              int64_t now_ns G_GNUC_UNUSED)
{
    of_vcpu(vcpu)->has_yielded = true;
}

/* Choosing a pCPU: credit_4_17_choice.c. */

static Pcpu *credit_4_17_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    of_vcpu(vcpu)->is_moving = true;
    return credit_4_17_choose(self, vcpu, true);
}

static void credit_4_17_vcpu_insert(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    vcpu->pcpu = credit_4_17_pick(self, vcpu, now_ns);
}

/* Timers. */

/* csched_unit_acct: only who is caught by a tick goes active. */
static void charge_caught(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    TimedVcpu *state = of_vcpu(pcpu->current);

    if (state->common.priority == PRIORITY_BOOST)
        state->common.priority = PRIORITY_UNDER;
    charge(of_host(self), state, now_ns);
    if (!ring_is_linked(&state->common.active)) {
        credit_start_accounting(&of_host(self)->accounting, &state->common);
    } else if (credit_4_17_choose(self, pcpu->current, false) != pcpu) {
        host_request_migration(self->host, pcpu->current);
        host_raise_schedule(self->host, pcpu);
    }
}

/* Handlers count from their own time, not from when they were due. */
static void credit_4_17_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const TimedOptions *opt = options_of(self);
    TimedHost *all = of_host(self);

    if (!pcpu->current->is_idle)
        charge_caught(self, pcpu, now_ns);
    credit_queue_sort(&all->accounting, &of_pcpu(pcpu)->common);
    host_arm_tick(self->host, pcpu, now_ns + all->tick_ns + opt->timer_lag_ns);
}

static void credit_4_17_account(Scheduler *self, int64_t now_ns)
{
    const TimedOptions *opt = options_of(self);

    credit_account_all(self, &of_host(self)->accounting);
    host_arm_accounting(self->host, now_ns + opt->slice_ns + opt->timer_lag_ns);
    host_announce_accounting(self->host);
}

/* Decisions. */

static bool is_stealable(const TimedVcpu *state, const Pcpu *to, AffinityStep step,
                         int64_t hot_since_ns)
{
    const Vcpu *vcpu = state->common.vcpu;

    return !vcpu->is_running && (step == STEP_HARD || state->has_soft_affinity) &&
           is_allowed(vcpu, to->id, step) && state->descheduled_ns <= hot_since_ns;
}

/* The first of a busy pCPU's queue that is better than priority and may come here. */
static TimedVcpu *find_stealable(const Pcpu *from, const Pcpu *to, AffinityStep step,
                                 int priority, int64_t hot_since_ns)
{
    RingNode *queue = &of_pcpu(from)->common.queue;

    if (from->current->is_idle)
        return NULL;
    for (RingNode *node = queue->next; node != queue; node = node->next) {
        TimedVcpu *state = of_common(credit_of_queued(node));

        if (state->common.priority <= priority)
            return NULL;
        if (is_stealable(state, to, step, hot_since_ns))
            return state;
    }
    return NULL;
}

static void steal(TimedHost *all, TimedVcpu *state, Pcpu *to)
{
    remove_runnable(all, state->common.vcpu->pcpu);
    add_runnable(all, to);
    ring_remove(&state->common.queued);
    state->common.vcpu->pcpu = to;
}

/* Once round the peers, beginning after the one that last had something. */
static TimedVcpu *steal_at_step(Scheduler *self, Pcpu *pcpu, AffinityStep step,
                                int priority, int64_t now_ns)
{
    const TimedOptions *opt = options_of(self);
    TimedHost *all = of_host(self);
    unsigned peer = all->balance_bias;
    PcpuMask peers;

    mask_without(&peers, &all->crowded, &all->idlers);
    mask_remove(&peers, pcpu->id);
    while ((peer = mask_cycle(&peers, peer)) != PCPU_NONE) {
        TimedVcpu *found = find_stealable(&self->host->pcpus[peer], pcpu, step,
                                          priority, now_ns - opt->migration_delay_ns);

        if (found) {
            steal(all, found, pcpu);
            all->balance_bias = peer;
            return found;
        }
        mask_remove(&peers, peer);
    }
    return NULL;
}

/* csched_load_balance: strictly better work from a peer, or the local head. */
static TimedVcpu *balance_load(Scheduler *self, Pcpu *pcpu, TimedVcpu *head,
                               int64_t now_ns)
{
    const AffinityStep first = of_host(self)->n_soft > 0 ? STEP_SOFT : STEP_HARD;

    for (AffinityStep step = first; step < STEPS; step++) {
        TimedVcpu *stolen =
            steal_at_step(self, pcpu, step, head->common.priority, now_ns);

        if (stolen)
            return stolen;
    }
    ring_remove(&head->common.queued);
    return head;
}

/* Takes the next vCPU to run off its queue. Of a domain that is being paused, vCPU by
 * vCPU, some may be queued that cannot run: they drop out. */
static TimedVcpu *take_next(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    TimedVcpu *next;

    do {
        next = of_common(credit_of_queued(of_pcpu(pcpu)->common.queue.next));
        if (next->common.priority > PRIORITY_OVER)
            ring_remove(&next->common.queued);
        else
            next = balance_load(self, pcpu, next, now_ns);
    } while (!vcpu_is_runnable(next->common.vcpu));
    return next;
}

/* The tick of an idle pCPU stands still, and comes back at the next multiple of the
 * tick since boot (csched_tick_resume). */
static void switch_tick(Scheduler *self, Pcpu *pcpu, bool is_idle, int64_t now_ns)
{
    const int64_t tick_ns = of_host(self)->tick_ns;

    if (is_idle == pcpu->current->is_idle)
        return;
    if (is_idle)
        host_stop_tick(self->host, pcpu);
    else
        host_arm_tick(self->host, pcpu, now_ns + tick_ns - now_ns % tick_ns);
}

static void charge_descheduled(const TimedHost *all, TimedVcpu *state, int64_t now_ns)
{
    charge(all, state, now_ns);
    state->start_ns -= now_ns;
    state->descheduled_ns = now_ns;
}

static bool is_rate_limited(const TimedHost *all, const TimedVcpu *state,
                            int64_t ran_ns)
{
    return !state->has_yielded && vcpu_is_runnable(state->common.vcpu) &&
           ran_ns < all->ratelimit_ns;
}

static SchedDecision credit_4_17_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const TimedOptions *opt = options_of(self);
    TimedHost *all = of_host(self);
    TimedVcpu *current = of_vcpu(pcpu->current);
    const bool was_idle = pcpu->current->is_idle;
    TimedVcpu *next;

    if (!was_idle) {
        const int64_t ran_ns = now_ns - pcpu->current->runstate.since_ns;

        charge_descheduled(all, current, now_ns);
        if (is_rate_limited(all, current, ran_ns)) {
            current->start_ns += now_ns;
            return (SchedDecision){ pcpu->current, ran_ns < LEAST_SLICE_NS
                                                       ? LEAST_SLICE_NS
                                                       : all->ratelimit_ns - ran_ns };
        }
    }
    if (vcpu_is_runnable(pcpu->current))
        queue_insert(current);
    else
        remove_runnable(all, pcpu);
    current->has_yielded = false;
    next = take_next(self, pcpu, now_ns);
    switch_tick(self, pcpu, next->common.vcpu->is_idle, now_ns);
    if (next->common.vcpu->is_idle) {
        mask_add(&all->idlers, pcpu->id);
        return (SchedDecision){ next->common.vcpu, -1 };
    }
    mask_remove(&all->idlers, pcpu->id);
    next->start_ns += now_ns;
    return (SchedDecision){ next->common.vcpu, opt->slice_ns };
}

/* Donations. */

/* A donation is counted from figures of now; otherwise nothing is charged here, as the
 * remainder of every charge costs. */
static void charge_for_donation(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    const TimedHost *all = of_host(self);

    if (all->accounting.rules.sdom_variant == SDOM_DONATE &&
        vcpu->pcpu->current == vcpu)
        charge(all, of_vcpu(vcpu), now_ns);
}

static void credit_4_17_wait_begins(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    charge_for_donation(self, vcpu, now_ns);
    charge_for_donation(self, vcpu->server, now_ns);
    credit_wait_begins(self, vcpu, now_ns);
}

static void credit_4_17_wait_ends(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    charge_for_donation(self, vcpu->server, now_ns);
    credit_wait_ends(self, vcpu, now_ns);
}

const SchedulerOps credit_4_17_scheduler = {
    .name = "credit-4.17",
    .summary = "credit of Xen 4.17: charge by time, rate limit, soft affinity",
    .options = options,
    CREDIT_OPERATIONS,
    .core = XEN_CORE_4_17,
    .options_size = sizeof(TimedOptions),
    .state_size = sizeof(TimedHost),
    .vcpu_state_size = sizeof(TimedVcpu),
    .pcpu_state_size = sizeof(TimedPcpu),
    .init = credit_4_17_init,
    .pcpu_init = credit_4_17_pcpu_init,
    .vcpu_init = credit_4_17_vcpu_init,
    .vcpu_remove = credit_4_17_vcpu_remove,
    .start = credit_4_17_start,
    .vcpu_insert = credit_4_17_vcpu_insert,
    .schedule = credit_4_17_schedule,
    .wake = credit_4_17_wake,
    .sleep = credit_4_17_sleep,
    .pick_cpu = credit_4_17_pick,
    .yield = credit_4_17_yield,
    .wait_begins = credit_4_17_wait_begins,
    .wait_ends = credit_4_17_wait_ends,
    .set_affinity = credit_4_17_set_affinity,
    .tick = credit_4_17_tick,
    .account = credit_4_17_account,
};
