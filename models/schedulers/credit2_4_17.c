/*
 * credit2_4_17.c - credit2 of Xen 4.17, the default scheduler since 4.12.
 *
 * The decision, and the table. The pCPUs of a socket share a run queue ordered by
 * credit; whoever runs burns credit, and when the best of a run queue has none left
 * all its members are given more. See credit2.h for the other parts.
 */
#include "models/schedulers/credit2.h"

#define CARRYOVER_MAX        CREDIT2_SLICE_MIN_NS /* kept beyond a reset's credit */
#define SLICE_MAX_NS         CREDIT2_CREDIT_INIT
#define MIGRATE_COMPENSATION (50 * NS_PER_US) /* credit for changing the pCPU */
/* What 4.17's toolstack passes when no cap is given: too high for a domain of fewer
 * than 656 vCPUs. */
#define CAP_ABSENT 0xFFFF

static const char *const arrangements[] = {
    "cpu", "core", "socket", "node", "all", NULL
};

static const Option options[] = {
    OPTION_NS_FIELD(Credit2Options, ratelimit_ns, "ratelimit", "1ms", 0,
                    500 * NS_PER_MS,
                    "how long a vCPU runs before another may preempt it"),
    OPTION_CHOICE_FIELD(Credit2Options, runqueue, "runqueue", "socket", arrangements,
                        "which pCPUs share a run queue"),
    OPTION_INTEGER_FIELD(Credit2Options, max_pcpus_per_runqueue,
                         "max-pcpus-per-runqueue", "16", 1, PCPUS_MAX,
                         "a larger run queue is split"),
    OPTION_NS_FIELD(Credit2Options, migrate_resist_ns, "migrate-resist", "500us", 0,
                    NS_PER_S, "credit a vCPU must be ahead to change the pCPU"),
    OPTION_NS_FIELD(Credit2Options, cap_period_ns, "cap-period", "10ms", NS_PER_MS,
                    NS_PER_S, "how often the budgets of capped domains are filled up"),
    OPTION_INTEGER_FIELD(Credit2Options, load_window_shift, "load-window-shift", "30",
                         11, 36, "loads are averaged over 2^this ns"),
    OPTION_INTEGER_FIELD(Credit2Options, load_precision_shift, "load-precision-shift",
                         "18", 4, 20, "bits of a load average after the point"),
    OPTION_INTEGER_FIELD(Credit2Options, balance_under, "balance-under", "0", -4, 16,
                         "run queues with pCPUs to spare are balanced when their "
                         "loads differ by 2^this vCPUs"),
    OPTION_INTEGER_FIELD(Credit2Options, balance_over, "balance-over", "-3", -4, 16,
                         "the same for overloaded ones"),
    OPTION_BOOL_FIELD(Credit2Options, has_smt_power_savings, "smt-power-savings", "no",
                      "fill cores before waking idle ones"),
    { 0 },
};

static Credit2Host *of_host(const Scheduler *self)
{
    return self->state;
}

/* Creation. */

static void credit2_init(Scheduler *self)
{
    Credit2Host *all = of_host(self);

    all->host = self->host;
    all->options = self->options;
    all->runqueues = g_new0(Credit2Runqueue, self->host->n_pcpus);
}

static void credit2_clear(Scheduler *self)
{
    g_free(of_host(self)->runqueues);
}

static void credit2_pcpu_init(Scheduler *self, Pcpu *pcpu)
{
    credit2_topology_add(of_host(self), pcpu);
}

/* Its own weight and cap are set when the host starts, as Xen's toolstack does after
 * it has created all vCPUs. */
static void credit2_domain_init(Scheduler *self G_GNUC_UNUSED, Domain *domain,
                                int64_t now_ns G_GNUC_UNUSED)
{
    Credit2Domain *account = credit2_of_domain(domain);

    account->weight = CREDIT2_DEFAULT_WEIGHT;
    ring_init(&account->parked);
}

static void credit2_vcpu_init(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    const Credit2Options *opt = self->options;
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    ring_init(&state->waiting);
    ring_init(&state->member);
    ring_init(&state->parked);
    state->vcpu = vcpu;
    state->credit = vcpu->is_idle ? CREDIT2_CREDIT_IDLE : CREDIT2_CREDIT_INIT;
    state->budget_ns = CREDIT2_BUDGET_INFINITE;
    state->tickled_pcpu = PCPU_NONE;
    state->load_since = credit2_load_ticks(now_ns);
    state->average_load = INT64_C(1) << (opt->load_precision_shift - 1);
    if (!vcpu->is_idle)
        state->weight = credit2_of_domain(vcpu->domain)->weight;
}

static void credit2_vcpu_insert(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    vcpu->pcpu = credit2_pick(self, vcpu, now_ns);
    credit2_assign(credit2_of_vcpu(vcpu), credit2_of_pcpu(vcpu->pcpu)->runqueue);
}

/* It is down, and in no run queue, but may be parked. */
static void credit2_vcpu_remove(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                                int64_t now_ns G_GNUC_UNUSED)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    g_assert(!credit2_is_waiting(state) && !state->is_scheduled);
    if (ring_is_linked(&state->parked))
        ring_remove(&state->parked);
    credit2_deassign(state);
}

/* Wake and sleep. */

static void credit2_wake(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu, int64_t now_ns)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    if (credit2_is_current(state) || credit2_is_waiting(state))
        return;
    if (state->is_scheduled) {
        state->is_requeued_when_saved = true;
        return;
    }
    credit2_load(state, 1, now_ns);
    credit2_runq_insert(state);
    credit2_tickle_for(state, now_ns);
}

static void credit2_sleep(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu, int64_t now_ns)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    if (credit2_is_current(state)) {
        credit2_tickle(vcpu->pcpu);
    } else if (credit2_is_waiting(state)) {
        credit2_load(state, -1, now_ns);
        ring_remove(&state->waiting);
    } else {
        state->is_requeued_when_saved = false;
    }
}

static void credit2_yield(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                          int64_t now_ns G_GNUC_UNUSED)
{
    credit2_of_vcpu(vcpu)->has_yielded = true;
}

/* Decisions. */

/* The vCPU may run there, but an idle pCPU it prefers could take it. */
static bool is_better_elsewhere(const Credit2Vcpu *current, const Pcpu *pcpu)
{
    const Credit2Runqueue *runqueue = current->runqueue;
    const Vcpu *vcpu = current->vcpu;
    PcpuMask choice;

    if (!current->has_soft_affinity || (mask_has(vcpu->soft_affinity, pcpu->id) &&
                                        mask_has(vcpu->hard_affinity, pcpu->id)))
        return false;
    mask_without(&choice, &runqueue->idle, &runqueue->tickled);
    mask_and(&choice, &choice, vcpu->soft_affinity);
    return mask_intersects(&choice, vcpu->hard_affinity);
}

/* Whether a waiting vCPU may run here at all, and is not left to another pCPU. A move
 * must pay, also to an idle pCPU, whose credit is that of the idle vCPU. */
static bool can_take(const Pcpu *pcpu, const Credit2Vcpu *waiting,
                     const Credit2Vcpu *rival)
{
    const Credit2Runqueue *runqueue = waiting->runqueue;
    const unsigned asked = waiting->tickled_pcpu;

    if (!vcpu_is_runnable(waiting->vcpu) ||
        !mask_has(waiting->vcpu->hard_affinity, pcpu->id))
        return false;
    if (asked != PCPU_NONE && asked != pcpu->id && mask_has(&runqueue->tickled, asked))
        return false;
    return waiting->vcpu->pcpu == pcpu ||
           rival->credit + runqueue->all->options->migrate_resist_ns <= waiting->credit;
}

/* The best of those waiting, if better than the rival or if the rival has yielded.
 * One without budget is parked on the way. */
static Credit2Vcpu *best_waiting(Pcpu *pcpu, Credit2Vcpu *rival, bool has_yielded,
                                 int64_t now_ns)
{
    RingNode *queue = &credit2_of_pcpu(pcpu)->runqueue->waiting;
    RingNode *next;

    for (RingNode *node = queue->next; node != queue; node = next) {
        Credit2Vcpu *state = RING_OWNER(node, Credit2Vcpu, waiting);

        next = node->next;
        if (!has_yielded && state->credit <= rival->credit)
            break;
        if (can_take(pcpu, state, rival) &&
            (!credit2_is_capped(state) || credit2_budget_grab(state, now_ns)))
            return state;
    }
    return rival;
}

/* "runq_candidate" */
static Credit2Vcpu *candidate(Pcpu *pcpu, Credit2Vcpu *current, int64_t now_ns)
{
    const Vcpu *vcpu = current->vcpu;
    const int64_t ratelimit_ns =
        credit2_of_pcpu(pcpu)->runqueue->all->options->ratelimit_ns;
    const bool has_yielded = current->has_yielded;
    Credit2Vcpu *rival = current;

    current->has_yielded = false;
    if (!vcpu->is_idle) {
        const bool is_runnable = vcpu_is_runnable(vcpu);

        if (!has_yielded && is_runnable &&
            now_ns - vcpu->runstate.since_ns < ratelimit_ns)
            return current;
        if (!is_runnable || is_better_elsewhere(current, pcpu))
            rival = credit2_of_vcpu(pcpu->idle);
    }
    return best_waiting(pcpu, rival, has_yielded, now_ns);
}

/* "reset_credit": CREDIT_INIT more for all members, twice that if the best of them is
 * at the very bottom. */
static void reset_credit(Credit2Runqueue *runqueue, const Credit2Vcpu *next,
                         int64_t now_ns)
{
    const RingNode *members = &runqueue->members;
    const int64_t added =
        CREDIT2_CREDIT_INIT * (next->credit == CREDIT2_CREDIT_MIN ? 2 : 1);

    for (RingNode *node = members->next; node != members; node = node->next) {
        Credit2Vcpu *state = RING_OWNER(node, Credit2Vcpu, member);

        if (credit2_is_current(state)) {
            credit2_burn(state, now_ns);
            if (state->budget_ns <= 0)
                credit2_tickle(state->vcpu->pcpu);
        }
        state->credit = MIN(state->credit + added, CREDIT2_CREDIT_INIT + CARRYOVER_MAX);
        state->start_ns = now_ns;
    }
}

/* The credit of the best, whoever may run it. */
static int64_t top_credit(const Credit2Vcpu *next)
{
    const Credit2Vcpu *first = credit2_runq_first(next->runqueue);

    return first ? MAX(first->credit, next->credit) : next->credit;
}

static void take(Pcpu *pcpu, const Credit2Vcpu *current, Credit2Vcpu *next,
                 int64_t now_ns)
{
    if (next == current) {
        credit2_load(next, 0, now_ns);
    } else {
        ring_remove(&next->waiting);
        next->is_scheduled = true;
    }
    credit2_pcpu_becomes_busy(pcpu);
    if (top_credit(next) <= 0) {
        reset_credit(next->runqueue, next, now_ns);
        credit2_balance(next->runqueue, now_ns);
    }
    next->start_ns = now_ns;
    next->tickled_pcpu = PCPU_NONE;
    if (next->vcpu->pcpu != pcpu) {
        next->credit += MIGRATE_COMPENSATION;
        next->vcpu->pcpu = pcpu;
    }
}

/* "csched2_runtime": until the credit is down to that of the next in line. Whoever has
 * just been preempted does not count, and the lower bound goes before budgets. */
static int64_t slice_ns(const Credit2Vcpu *next, int64_t now_ns)
{
    const Credit2Vcpu *first = credit2_runq_first(next->runqueue);
    const Vcpu *vcpu = next->vcpu;
    const int64_t since_ns = vcpu->is_running ? vcpu->runstate.since_ns : now_ns;
    const int64_t limited_ns =
        since_ns + next->runqueue->all->options->ratelimit_ns - now_ns;
    const int64_t at_least_ns = MAX(CREDIT2_SLICE_MIN_NS, limited_ns);
    int64_t lead = next->credit;
    int64_t wanted_ns;

    if (first && first->credit > 0)
        lead -= first->credit;
    wanted_ns = lead > 0 ? credit2_lasts_ns(next, lead) : 0;
    wanted_ns = MIN(wanted_ns, next->budget_ns);
    return wanted_ns < at_least_ns ? at_least_ns : MIN(wanted_ns, SLICE_MAX_NS);
}

static SchedDecision credit2_schedule(Scheduler *self G_GNUC_UNUSED, Pcpu *pcpu,
                                      int64_t now_ns)
{
    Credit2Vcpu *current = credit2_of_vcpu(pcpu->current);
    Credit2Vcpu *next;

    credit2_answer_tickle(pcpu);
    credit2_burn(current, now_ns);
    if (current->budget_ns <= 0)
        credit2_budget_grab(current, now_ns);
    next = candidate(pcpu, current, now_ns);
    if (next != current && !current->vcpu->is_idle && vcpu_is_runnable(current->vcpu))
        current->is_requeued_when_saved = true;
    if (next->vcpu->is_idle) {
        credit2_pcpu_becomes_idle(pcpu);
        credit2_runqueue_load(credit2_of_pcpu(pcpu)->runqueue, 0, now_ns);
        return (SchedDecision){ next->vcpu, -1 };
    }
    take(pcpu, current, next, now_ns);
    return (SchedDecision){ next->vcpu, slice_ns(next, now_ns) };
}

/* A preempted vCPU remains part of the load, and waits again. */
static void credit2_context_saved(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                                  int64_t now_ns)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);
    const bool was_requeued = state->is_requeued_when_saved;
    bool is_refilled = false;

    if (vcpu->is_idle)
        return;
    state->is_scheduled = false;
    state->is_requeued_when_saved = false;
    if (credit2_is_capped(state) && state->budget_ns > 0)
        is_refilled = credit2_budget_return(state);
    if (was_requeued && vcpu_is_runnable(vcpu)) {
        credit2_runq_insert(state);
        credit2_tickle_for(state, now_ns);
    } else {
        credit2_load(state, -1, now_ns);
    }
    if (is_refilled)
        credit2_unpark_all(vcpu->domain, now_ns);
}

/* Changes while running. */

/* Called before the host changes the masks. */
static void credit2_set_affinity(Scheduler *self, Vcpu *vcpu, const PcpuMask *hard,
                                 const PcpuMask *soft)
{
    Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    state->has_soft_affinity = mask_intersects(soft, hard) &&
                               !mask_is_subset(hard, soft) &&
                               !mask_is_subset(&self->host->online, soft);
}

/* A cap that is refused leaves the new weight in place. */
static int credit2_adjust(Scheduler *self G_GNUC_UNUSED, Domain *domain,
                          const SchedParams *params, int64_t now_ns)
{
    const uint32_t cap_percent =
        params->set & PARAM_CAP ? (uint32_t)params->cap_percent : CAP_ABSENT;

    if (params->set & PARAM_WEIGHT && params->weight != 0)
        credit2_set_weight(domain, (uint32_t)params->weight);
    return credit2_set_cap(domain, cap_percent, now_ns);
}

/* Weights and caps of the scenario, in the order of the domains. As in Xen, a cap that
 * is too high for the number of vCPUs leaves its domain without one. */
static void credit2_start(Scheduler *self, int64_t now_ns)
{
    const Host *host = self->host;

    for (unsigned i = 0; i < host->domains->len; i++) {
        Domain *domain = g_ptr_array_index(host->domains, i);
        SchedParams params = domain->params;

        if (domain->is_gone)
            continue;
        if (!(params.set & PARAM_CAP))
            params.cap_percent = 0;
        params.set |= PARAM_CAP;
        credit2_adjust(self, domain, &params, now_ns);
    }
}

static bool credit2_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                            SchedInspection *out)
{
    const Credit2Vcpu *state = credit2_of_vcpu(vcpu);

    *out = (SchedInspection){ .credit = state->credit,
                              .is_parked = vcpu->pause_flags & PAUSE_PARKED,
                              .is_queued = credit2_is_waiting(state) };
    return true;
}

const SchedulerOps credit2_4_17_scheduler = {
    .name = "credit2-4.17",
    .summary = "credit2 of Xen 4.17: shared run queues ordered by credit",
    .options = options,
    .core = XEN_CORE_4_17,
    .params = PARAM_WEIGHT | PARAM_CAP,
    .options_size = sizeof(Credit2Options),
    .state_size = sizeof(Credit2Host),
    .domain_state_size = sizeof(Credit2Domain),
    .vcpu_state_size = sizeof(Credit2Vcpu),
    .pcpu_state_size = sizeof(Credit2Pcpu),
    .init = credit2_init,
    .clear = credit2_clear,
    .pcpu_init = credit2_pcpu_init,
    .domain_init = credit2_domain_init,
    .vcpu_init = credit2_vcpu_init,
    .vcpu_insert = credit2_vcpu_insert,
    .vcpu_remove = credit2_vcpu_remove,
    .start = credit2_start,
    .schedule = credit2_schedule,
    .wake = credit2_wake,
    .sleep = credit2_sleep,
    .yield = credit2_yield,
    .pick_cpu = credit2_pick,
    .migrate = credit2_migrate,
    .context_saved = credit2_context_saved,
    .set_affinity = credit2_set_affinity,
    .adjust = credit2_adjust,
    .budget = credit2_replenish,
    .inspect = credit2_inspect,
};
