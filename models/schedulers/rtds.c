/*
 * rtds.c - the real-time deferrable server scheduler of Xen 4.17.
 *
 * Global EDF: every vCPU is a server with a budget per period, kept while it
 * sleeps and renewed at its deadline; the earliest deadline runs, on any pCPU that
 * the affinity allows. A vCPU that may use extra time (the default) is never
 * depleted: it goes on at a lower level, behind all that have budget of their own.
 *
 * Exact after Xen 4.17, sched/rt.c, quirks included; "rt_*" names the operation
 * meant. The one timer that renews budgets is the host's accounting timer: RTDS has
 * neither ticks nor domain timers, so its rank is that of credit2's budget timers.
 */
#include "models/error.h"
#include "models/host/host.h"
#include "models/host/run_queue.h"

#include <errno.h>

#define DEFAULT_PERIOD_NS (10 * NS_PER_MS)
#define DEFAULT_BUDGET_NS (4 * NS_PER_MS)
#define PERIOD_MAX_NS     ((INT64_C(1) << 62) - 1)
#define PERIOD_MIN_NS     (10 * NS_PER_US)
#define BUDGET_MIN_NS     (10 * NS_PER_US)

typedef struct {
    RingNode queued;      /* in the run queue or among the depleted */
    RingNode replenished; /* in the replenishment queue */
    Vcpu *vcpu;
    int64_t period_ns, budget_ns;
    int64_t budget_left_ns;
    int64_t charged_ns; /* the budget is charged up to here */
    int64_t deadline_ns;
    uint32_t level;    /* how often the budget was exceeded in this period */
    bool is_extratime; /* may exceed it */
    bool is_scheduled; /* its context is on a pCPU, or not yet saved */
    bool is_requeued_when_saved;
    bool is_depleted; /* noted by a charge; only the timer forgets it */
} RtdsVcpu;

typedef struct {
    RingNode run_queue;     /* by priority */
    RingNode depleted;      /* newest first */
    RingNode replenishment; /* by priority; all runnable vCPUs */
    PcpuMask tickled;       /* told to decide, and not yet done */
} RtdsHost;

static RtdsVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static RtdsHost *of_host(const Scheduler *self)
{
    return self->state;
}

static RtdsVcpu *first_queued(const RtdsHost *all)
{
    return RING_OWNER(all->run_queue.next, RtdsVcpu, queued);
}

static RtdsVcpu *first_replenished(const RtdsHost *all)
{
    return RING_OWNER(all->replenishment.next, RtdsVcpu, replenished);
}

/* Strict: of two equals neither is higher. */
static bool is_higher(const RtdsVcpu *a, const RtdsVcpu *b)
{
    if (a->level != b->level)
        return a->level < b->level;
    return a->deadline_ns < b->deadline_ns;
}

/* Creation. */

static void rtds_init(Scheduler *self)
{
    RtdsHost *all = of_host(self);

    ring_init(&all->run_queue);
    ring_init(&all->depleted);
    ring_init(&all->replenishment);
    mask_init(&all->tickled, self->host->n_pcpus);
}

static int64_t period_of(const SchedParams *params, int64_t otherwise_ns)
{
    return params->set & PARAM_PERIOD ? params->period_ns : otherwise_ns;
}

static int64_t budget_of(const SchedParams *params, int64_t otherwise_ns)
{
    return params->set & PARAM_SLICE ? params->slice_ns : otherwise_ns;
}

/* The domain's parameters hold from its vCPUs' first period on. */
static void rtds_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                           int64_t now_ns G_GNUC_UNUSED)
{
    const SchedParams *params = &vcpu->domain->params;
    RtdsVcpu *state = of_vcpu(vcpu);

    ring_init(&state->queued);
    ring_init(&state->replenished);
    state->vcpu = vcpu;
    state->period_ns = period_of(params, DEFAULT_PERIOD_NS);
    state->budget_ns = budget_of(params, DEFAULT_BUDGET_NS);
    state->is_extratime = params->set & PARAM_EXTRATIME ? params->extratime : true;
    g_assert(state->period_ns > 0 && state->budget_ns > 0);
}

/* rt_update_deadline: whole periods, so a late vCPU keeps its phase. */
static void renew(RtdsVcpu *state, int64_t now_ns)
{
    const int64_t late_ns = now_ns - state->deadline_ns;

    state->deadline_ns += (late_ns / state->period_ns + 1) * state->period_ns;
    state->charged_ns = now_ns;
    state->budget_left_ns = state->budget_ns;
    state->level = 0;
}

/* Queues. */

/* Searched from the back, where most belong: this queue is always in order. */
static void run_queue_insert(RtdsHost *all, RtdsVcpu *state)
{
    RingNode *node = all->run_queue.prev;

    while (node != &all->run_queue &&
           is_higher(state, RING_OWNER(node, RtdsVcpu, queued)))
        node = node->prev;
    ring_insert_before(node->next, &state->queued);
}

static void enqueue(RtdsHost *all, RtdsVcpu *state)
{
    if (state->budget_left_ns > 0 || state->is_extratime)
        run_queue_insert(all, state);
    else
        ring_push_front(&all->depleted, &state->queued);
}

/* The queue is ordered by levels as they were on entry: those of its members change
 * later. Hence the walk from the front, and Xen's late replenishments. */
static void replenishment_insert(RtdsHost *all, RtdsVcpu *state)
{
    RingNode *node = all->replenishment.next;

    while (node != &all->replenishment &&
           !is_higher(state, RING_OWNER(node, RtdsVcpu, replenished)))
        node = node->next;
    ring_insert_before(node, &state->replenished);
}

static void arm_replenishment(Scheduler *self)
{
    const RtdsHost *all = of_host(self);

    if (ring_is_empty(&all->replenishment))
        host_stop_accounting(self->host);
    else
        host_arm_accounting(self->host, first_replenished(all)->deadline_ns);
}

static void start_replenishing(Scheduler *self, RtdsVcpu *state)
{
    RtdsHost *all = of_host(self);

    replenishment_insert(all, state);
    if (first_replenished(all) == state)
        arm_replenishment(self);
}

static void stop_replenishing(Scheduler *self, RtdsVcpu *state)
{
    const bool was_first = first_replenished(of_host(self)) == state;

    ring_remove(&state->replenished);
    if (was_first)
        arm_replenishment(self);
}

/* runq_tickle: an idle pCPU, the vCPU's own first, or the one that runs the lowest
 * priority, if that is lower. */
static void tickle_for(Scheduler *self, const RtdsVcpu *state)
{
    RtdsHost *all = of_host(self);
    Host *host = self->host;
    Pcpu *target = NULL;
    PcpuMask left;
    unsigned cpu = state->vcpu->pcpu->id;

    mask_init(&left, host->n_pcpus);
    mask_without(&left, state->vcpu->hard_affinity, &all->tickled);
    if (!mask_has(&left, cpu))
        cpu = mask_cycle(&left, cpu);
    for (; cpu != PCPU_NONE; cpu = mask_cycle(&left, cpu)) {
        Pcpu *pcpu = &host->pcpus[cpu];

        if (pcpu->current->is_idle) {
            target = pcpu;
            break;
        }
        if (!target || is_higher(of_vcpu(target->current), of_vcpu(pcpu->current)))
            target = pcpu;
        mask_remove(&left, cpu);
    }
    if (!target ||
        !(target->current->is_idle || is_higher(state, of_vcpu(target->current))))
        return;
    mask_add(&all->tickled, target->id);
    host_raise_schedule(host, target);
}

/* Wake and sleep. */

static Pcpu *rtds_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (mask_has(vcpu->hard_affinity, vcpu->pcpu->id))
        return vcpu->pcpu;
    return &self->host->pcpus[mask_cycle(vcpu->hard_affinity, vcpu->pcpu->id)];
}

/* The first period starts here; what is down enters no queue. */
static void rtds_vcpu_insert(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    RtdsVcpu *state = of_vcpu(vcpu);

    vcpu->pcpu = rtds_pick(self, vcpu, now_ns);
    if (now_ns >= state->deadline_ns)
        renew(state, now_ns);
}

/* A depleted one may still wait for its renewal. */
static void rtds_vcpu_remove(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    RtdsVcpu *state = of_vcpu(vcpu);

    ring_remove(&state->queued);
    if (ring_is_linked(&state->replenished))
        stop_replenishing(self, state);
}

static void rtds_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    RtdsVcpu *state = of_vcpu(vcpu);
    const bool is_renewed = now_ns >= state->deadline_ns;

    if (vcpu->pcpu->current == vcpu || ring_is_linked(&state->queued))
        return;
    if (is_renewed)
        renew(state, now_ns);
    if (state->is_scheduled) {
        state->is_requeued_when_saved = true;
        if (!is_renewed)
            return;
        ring_remove(&state->replenished);
        replenishment_insert(of_host(self), state);
        arm_replenishment(self);
        return;
    }
    start_replenishing(self, state);
    enqueue(of_host(self), state);
    tickle_for(self, state);
}

static void rtds_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    RtdsVcpu *state = of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu) {
        host_raise_schedule(self->host, vcpu->pcpu);
        return;
    }
    if (!ring_is_linked(&state->queued)) {
        state->is_requeued_when_saved = false;
        return;
    }
    ring_remove(&state->queued);
    stop_replenishing(self, state);
}

/* Decisions. */

/* burn_budget: an overrun is forgotten, with extra time and without. */
static void charge(RtdsVcpu *state, int64_t now_ns)
{
    if (state->vcpu->is_idle)
        return;
    state->budget_left_ns -= now_ns - state->charged_ns;
    state->charged_ns = now_ns;
    if (state->budget_left_ns > 0)
        return;
    if (state->is_extratime) {
        state->level++;
        state->budget_left_ns = state->budget_ns;
        return;
    }
    state->budget_left_ns = 0;
    state->is_depleted = true;
}

/* runq_pick. A head whose domain is being paused leaves the pCPU without a second
 * look at the queue. */
static RtdsVcpu *take_candidate(Scheduler *self, const Pcpu *pcpu)
{
    RtdsHost *all = of_host(self);

    for (RingNode *node = all->run_queue.next; node != &all->run_queue;
         node = node->next) {
        RtdsVcpu *state = RING_OWNER(node, RtdsVcpu, queued);

        if (!mask_has(state->vcpu->hard_affinity, pcpu->id))
            continue;
        if (vcpu_is_runnable(state->vcpu))
            return state;
        ring_remove(&state->queued);
        stop_replenishing(self, state);
        break;
    }
    return of_vcpu(pcpu->idle);
}

/* At equal priority the current vCPU makes way for the queued one. */
static bool is_kept(const RtdsVcpu *current, const RtdsVcpu *next)
{
    return !current->vcpu->is_idle && vcpu_is_runnable(current->vcpu) &&
           current->budget_left_ns > 0 &&
           (next->vcpu->is_idle || is_higher(current, next));
}

static SchedDecision rtds_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    RtdsVcpu *current = of_vcpu(pcpu->current);
    RtdsVcpu *next;

    mask_remove(&of_host(self)->tickled, pcpu->id);
    charge(current, now_ns);
    next = take_candidate(self, pcpu);
    if (is_kept(current, next))
        next = current;
    if (next != current && !current->vcpu->is_idle && vcpu_is_runnable(current->vcpu))
        current->is_requeued_when_saved = true;
    next->charged_ns = now_ns;
    if (next->vcpu->is_idle)
        return (SchedDecision){ next->vcpu, -1 };
    if (next != current) {
        ring_remove(&next->queued);
        next->is_scheduled = true;
    }
    next->vcpu->pcpu = pcpu;
    return (SchedDecision){ next->vcpu, next->budget_left_ns };
}

static void rtds_context_saved(Scheduler *self, Vcpu *vcpu,
                               int64_t now_ns G_GNUC_UNUSED)
{
    RtdsVcpu *state = of_vcpu(vcpu);
    const bool is_requeued = state->is_requeued_when_saved;

    state->is_scheduled = false;
    if (vcpu->is_idle)
        return;
    state->is_requeued_when_saved = false;
    if (is_requeued && vcpu_is_runnable(vcpu)) {
        enqueue(of_host(self), state);
        tickle_for(self, state);
    } else {
        stop_replenishing(self, state);
    }
}

/* Replenishment. */

/* Renews all that are due, and moves them to done, the latest first. */
static void renew_due(RtdsHost *all, RingNode *done, int64_t now_ns)
{
    while (!ring_is_empty(&all->replenishment)) {
        RtdsVcpu *state = first_replenished(all);

        if (now_ns < state->deadline_ns)
            return;
        ring_remove(&state->replenished);
        renew(state, now_ns);
        ring_push_front(done, &state->replenished);
        if (!ring_is_linked(&state->queued))
            continue;
        ring_remove(&state->queued);
        enqueue(all, state);
    }
}

static void tickle_after_renewal(Scheduler *self, RtdsVcpu *state)
{
    const RtdsHost *all = of_host(self);

    if (state->vcpu->pcpu->current == state->vcpu && !ring_is_empty(&all->run_queue)) {
        if (is_higher(first_queued(all), state))
            tickle_for(self, first_queued(all));
        return;
    }
    if (!state->is_depleted)
        return;
    state->is_depleted = false;
    if (ring_is_linked(&state->queued))
        tickle_for(self, state);
}

/* repl_timer_handler. A running vCPU keeps its slice timer, and its renewal forgives
 * what it ran since it was last charged. */
static void rtds_account(Scheduler *self, int64_t now_ns)
{
    RtdsHost *all = of_host(self);
    RingNode done;

    ring_init(&done);
    renew_due(all, &done, now_ns);
    while (!ring_is_empty(&done)) {
        RtdsVcpu *state = RING_OWNER(done.next, RtdsVcpu, replenished);

        tickle_after_renewal(self, state);
        ring_remove(&state->replenished);
        replenishment_insert(all, state);
    }
    arm_replenishment(self);
}

/* Changes while running. */

/* rt_dom_cntl of one vCPU checks its ranges, that of a whole domain only for 0. */
static bool is_valid(const SchedParams *params, int64_t period_ns, int64_t budget_ns)
{
    if (!(params->set & PARAM_EXTRATIME))
        return period_ns > 0 && budget_ns > 0;
    return period_ns >= PERIOD_MIN_NS && period_ns <= PERIOD_MAX_NS &&
           budget_ns >= BUDGET_MIN_NS && budget_ns <= period_ns;
}

static bool rtds_check_params(const SchedParams *params,
                              unsigned domain_id G_GNUC_UNUSED, GError **error)
{
    if (is_valid(params, period_of(params, DEFAULT_PERIOD_NS),
                 budget_of(params, DEFAULT_BUDGET_NS)))
        return true;
    g_set_error(
        error, MODEL_ERROR, MODEL_ERROR_VALUE,
        "rtds-4.17 needs a period from 10us with a slice from 10us to the period");
    return false;
}

/* Neither deadline, budget, level nor queues follow before the next renewal. A change
 * that says something about extra time is the one of each vCPU in turn, which stops
 * at the first refusal; any other is the one of the domain. */
static int rtds_adjust(Scheduler *self G_GNUC_UNUSED, Domain *domain,
                       const SchedParams *params, int64_t now_ns G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        RtdsVcpu *state = of_vcpu(g_ptr_array_index(domain->vcpus, i));
        const int64_t period_ns = period_of(params, state->period_ns);
        const int64_t budget_ns = budget_of(params, state->budget_ns);

        if (!is_valid(params, period_ns, budget_ns))
            return -EINVAL;
        state->period_ns = period_ns;
        state->budget_ns = budget_ns;
        if (params->set & PARAM_EXTRATIME)
            state->is_extratime = params->extratime;
    }
    return 0;
}

static bool rtds_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                         SchedInspection *out)
{
    const RtdsVcpu *state = of_vcpu(vcpu);

    *out = (SchedInspection){ .credit = state->budget_left_ns,
                              .priority = -(int)state->level,
                              .is_active = ring_is_linked(&state->replenished),
                              .is_parked = state->is_depleted,
                              .is_queued = ring_is_linked(&state->queued) };
    return true;
}

const SchedulerOps rtds_scheduler = {
    .name = "rtds-4.17",
    .summary = "RTDS of Xen 4.17: global EDF with deferrable servers",
    .core = XEN_CORE_4_17,
    .params = PARAM_PERIOD | PARAM_SLICE | PARAM_EXTRATIME,
    .state_size = sizeof(RtdsHost),
    .vcpu_state_size = sizeof(RtdsVcpu),
    .check_params = rtds_check_params,
    .init = rtds_init,
    .vcpu_init = rtds_vcpu_init,
    .vcpu_insert = rtds_vcpu_insert,
    .vcpu_remove = rtds_vcpu_remove,
    .schedule = rtds_schedule,
    .wake = rtds_wake,
    .sleep = rtds_sleep,
    .pick_cpu = rtds_pick,
    .context_saved = rtds_context_saved,
    .adjust = rtds_adjust,
    .account = rtds_account,
    .inspect = rtds_inspect,
};
