/*
 * credit_3_1.c - the credit scheduler of Xen 3.1 (the same in 3.2 and 3.3).
 *
 * Weighted fair shares by sampling: every 10 ms a tick charges 100 credits to
 * whoever it catches, every 30 ms the accounting pass hands out 300 credits per
 * pCPU among the active accounts. A vCPU is UNDER while it has credit, OVER when
 * it has none, and BOOSTed when it wakes UNDER. The idle vCPU is an ordinary
 * member of its pCPU's queue, with the lowest priority of all.
 *
 * Exact after Xen 3.1, sched_credit.c; "csched_*" names the operation meant. With
 * scheduling domains the account of an adom is its parent's (domain_account), and
 * nothing else changes.
 */
#include "models/host.h"
#include "models/schedulers/run_queue.h"

#define DEFAULT_WEIGHT       256
#define CREDITS_PER_TICK     100
#define CREDITS_PER_PERIOD   300
#define TICKS_PER_ACCOUNTING 3
#define TICK_NS              (10 * NS_PER_MS)
#define SLICE_NS             (30 * NS_PER_MS)

enum {
    PRIORITY_BOOST = 0,
    PRIORITY_UNDER = -1,
    PRIORITY_OVER = -2,
    PRIORITY_IDLE = -64,
};

typedef struct {
    int64_t tick_first_ns, tick_stagger_ns;
} Options;

typedef struct {
    RingNode queued; /* in its pCPU's run queue */
    RingNode active; /* in its account's active vCPUs, newest first */
    Vcpu *vcpu;
    int32_t credit;
    int priority;
    bool is_parked;
} CreditVcpu;

typedef struct {
    RingNode active;       /* in the list of active accounts */
    RingNode active_vcpus; /* of its own and of its adoms */
    uint32_t active_count;
    uint32_t weight, cap_percent;
} CreditAccount;

typedef struct {
    RingNode queue;
    uint32_t sorted_at_epoch;
    uint32_t tick;
} CreditPcpu;

typedef struct {
    RingNode active_accounts;
    PcpuMask idlers;
    uint32_t weight; /* sum over the active accounts */
    uint32_t credit; /* handed out per period: 300 x pCPUs */
    int32_t balance;
    uint32_t epoch; /* of accounting passes, for lazy sorting */
} CreditHost;

static const Option options[] = {
    OPTION_NS_FIELD(Options, tick_first_ns, "tick-first", "10ms", 0, NS_PER_S,
                    "when the tick of pCPU 0 first falls due"),
    OPTION_NS_FIELD(Options, tick_stagger_ns, "tick-stagger", "0", 0, NS_PER_S,
                    "how much later the next pCPU's tick does"),
    { 0 },
};

static CreditVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static CreditPcpu *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static CreditHost *of_host(const Scheduler *self)
{
    return self->state;
}

static CreditAccount *account_of(const Vcpu *vcpu)
{
    return domain_account(vcpu->domain)->sched_state;
}

static uint32_t ceil_div(uint32_t a, uint32_t b)
{
    return (a + b - 1) / b;
}

/* Creation. */

static void credit_init(Scheduler *self)
{
    CreditHost *all = of_host(self);

    ring_init(&all->active_accounts);
    mask_init(&all->idlers, self->host->n_pcpus);
    all->credit = CREDITS_PER_PERIOD * self->host->n_pcpus;
}

static void credit_pcpu_init(Scheduler *self, Pcpu *pcpu)
{
    ring_init(&of_pcpu(pcpu)->queue);
    mask_add(&of_host(self)->idlers, pcpu->id);
}

static void credit_domain_init(Scheduler *self G_GNUC_UNUSED, Domain *domain,
                               int64_t now_ns G_GNUC_UNUSED)
{
    CreditAccount *account = domain->sched_state;
    const SchedParams *params = &domain->params;

    ring_init(&account->active);
    ring_init(&account->active_vcpus);
    account->weight = DEFAULT_WEIGHT;
    if (params->set & PARAM_WEIGHT)
        account->weight = (uint32_t)params->weight;
    if (params->set & PARAM_CAP)
        account->cap_percent = (uint32_t)params->cap_percent;
}

static void credit_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                             int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *state = of_vcpu(vcpu);

    ring_init(&state->queued);
    ring_init(&state->active);
    state->vcpu = vcpu;
    state->priority = vcpu->is_idle ? PRIORITY_IDLE : PRIORITY_UNDER;
}

/* All ticks start in phase unless staggered, and stay where they are. */
static void credit_start(Scheduler *self, int64_t now_ns)
{
    const Options *opt = self->options;

    for (unsigned i = 0; i < self->host->n_pcpus; i++)
        host_arm_tick(self->host, &self->host->pcpus[i],
                      now_ns + opt->tick_first_ns + i * opt->tick_stagger_ns);
}

/* The run queue: by class, first come first served inside one. */

static void queue_insert(CreditVcpu *state)
{
    RingNode *queue = &of_pcpu(state->vcpu->pcpu)->queue;
    RingNode *node = queue->next;

    while (node != queue &&
           RING_OWNER(node, CreditVcpu, queued)->priority >= state->priority)
        node = node->next;
    ring_insert_before(node, &state->queued);
}

/* csched_runq_sort: UNDER and above first, OVER and idle behind, each in its order. */
static void queue_sort(const CreditHost *all, CreditPcpu *pcpu)
{
    RingNode over;
    RingNode *next;

    if (pcpu->sorted_at_epoch == all->epoch)
        return;
    pcpu->sorted_at_epoch = all->epoch;
    ring_init(&over);
    for (RingNode *node = pcpu->queue.next; node != &pcpu->queue; node = next) {
        next = node->next;
        if (RING_OWNER(node, CreditVcpu, queued)->priority >= PRIORITY_UNDER)
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

/* Wake and sleep. */

/* Every idler of the affinity is tickled, not one; the mask is applied to the vCPU's
 * own pCPU only when there are idlers. */
static void tickle(Scheduler *self, const CreditVcpu *woken)
{
    const CreditHost *all = of_host(self);
    Pcpu *pcpu = woken->vcpu->pcpu;
    const int current = of_vcpu(pcpu->current)->priority;
    const PcpuMask *affinity = &woken->vcpu->hard_affinity;
    bool is_own_raised = woken->priority > current;

    if (current > PRIORITY_IDLE && !mask_is_empty(&all->idlers)) {
        PcpuMask idlers;

        mask_and(&idlers, &all->idlers, affinity);
        for (unsigned i = mask_first(&idlers); i != PCPU_NONE;
             i = mask_next(&idlers, i))
            host_raise_schedule(self->host, &self->host->pcpus[i]);
        is_own_raised = is_own_raised && mask_has(affinity, pcpu->id);
    }
    if (is_own_raised)
        host_raise_schedule(self->host, pcpu);
}

static void credit_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *state = of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu || ring_is_linked(&state->queued))
        return;
    if (state->priority == PRIORITY_UNDER && !state->is_parked)
        state->priority = PRIORITY_BOOST;
    queue_insert(state);
    tickle(self, state);
}

static void credit_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *state = of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else if (ring_is_linked(&state->queued))
        ring_remove(&state->queued);
}

/* Choosing a pCPU. */

/* csched_cpu_pick: away from busy siblings and sockets; the candidate counts as idle.
 */
static Pcpu *credit_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Host *host = self->host;
    PcpuMask cpus, idlers;
    unsigned cpu = vcpu->pcpu->id;

    mask_init(&cpus, host->n_pcpus);
    mask_and(&cpus, &host->online, &vcpu->hard_affinity);
    if (!mask_has(&cpus, cpu))
        cpu = mask_cycle(&cpus, cpu);
    mask_init(&idlers, host->n_pcpus);
    mask_copy(&idlers, &of_host(self)->idlers);
    mask_add(&idlers, cpu);
    mask_and(&cpus, &cpus, &idlers);
    mask_remove(&cpus, cpu);
    while (!mask_is_empty(&cpus)) {
        const unsigned next = mask_cycle(&cpus, cpu);
        const Pcpu *here = &host->pcpus[cpu], *there = &host->pcpus[next];
        const bool is_same_socket = mask_has(&there->core_map, cpu);
        PcpuMask idle_here, idle_there;

        mask_and(&idle_here, &idlers,
                 is_same_socket ? &here->siblings : &here->core_map);
        mask_and(&idle_there, &idlers,
                 is_same_socket ? &there->siblings : &there->core_map);
        if (mask_count(&idle_here) < mask_count(&idle_there)) {
            cpu = next;
            mask_remove(&cpus, cpu);
        } else {
            mask_without(&cpus, &cpus, &idle_there);
        }
    }
    return &host->pcpus[cpu];
}

/* Accounting. */

static void start_accounting(CreditHost *all, CreditVcpu *state)
{
    CreditAccount *account = account_of(state->vcpu);

    account->active_count++;
    ring_push_front(&account->active_vcpus, &state->active);
    if (ring_is_linked(&account->active))
        return;
    ring_push_front(&all->active_accounts, &account->active);
    all->weight += account->weight;
}

static void stop_accounting(CreditHost *all, CreditVcpu *state)
{
    CreditAccount *account = account_of(state->vcpu);

    account->active_count--;
    ring_remove(&state->active);
    if (!ring_is_empty(&account->active_vcpus))
        return;
    ring_remove(&account->active);
    all->weight -= account->weight;
}

/* csched_vcpu_acct: the whole tick is charged to whoever it catches. */
static void charge_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    CreditVcpu *state = of_vcpu(pcpu->current);

    if (state->priority == PRIORITY_BOOST)
        state->priority = PRIORITY_UNDER;
    state->credit -= CREDITS_PER_TICK;
    if (!ring_is_linked(&state->active)) {
        start_accounting(of_host(self), state);
    } else if (credit_pick(self, state->vcpu, now_ns) != pcpu) {
        host_request_migration(self->host, state->vcpu);
        host_raise_schedule(self->host, pcpu);
    }
}

/* What one vCPU of an account is granted, and the credit at which it is parked. */
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

static uint32_t peak_of(const Pass *pass, const CreditAccount *account)
{
    uint32_t peak = account->active_count * CREDITS_PER_PERIOD;

    if (pass->old_balance < 0)
        peak += ceil_div((uint32_t)-pass->old_balance * account->weight,
                         pass->weight_total);
    return peak;
}

/* csched_acct, first half: an account's share by weight, what it cannot use goes to
 * the accounts behind it, and next time to those before it. */
static Grant grant_of(CreditHost *all, Pass *pass, CreditAccount *account)
{
    Grant grant = { 0, 0 };
    uint32_t peak = peak_of(pass, account);

    if (account->cap_percent != 0) {
        const uint32_t cap_credit =
            (account->cap_percent * CREDITS_PER_PERIOD + 99) / 100;

        peak = MIN(peak, cap_credit);
        grant.park_below = ceil_div(cap_credit, account->active_count);
    }
    grant.fair = ceil_div(pass->credit_total * account->weight, pass->weight_total);
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

static void settle_overdrawn(Scheduler *self, CreditVcpu *state, const Grant *grant)
{
    state->priority = PRIORITY_OVER;
    if (grant->park_below != 0 && state->credit < -(int32_t)grant->park_below &&
        !state->is_parked) {
        host_pause_vcpu(self->host, state->vcpu);
        state->is_parked = true;
    }
    state->credit = MAX(state->credit, -CREDITS_PER_PERIOD);
}

/* The wake of an unpark must still see the mark: no boost. */
static void unpark(Scheduler *self, CreditVcpu *state)
{
    host_unpause_vcpu(self->host, state->vcpu);
    state->is_parked = false;
}

static void settle_in_credit(Scheduler *self, CreditVcpu *state)
{
    state->priority = PRIORITY_UNDER;
    if (state->is_parked)
        unpark(self, state);
    if (state->credit <= CREDITS_PER_PERIOD)
        return;
    stop_accounting(of_host(self), state);
    state->credit = 0;
}

static void settle_account(Scheduler *self, Pass *pass, CreditAccount *account)
{
    const Grant grant = grant_of(of_host(self), pass, account);
    RingNode *next;

    for (RingNode *node = account->active_vcpus.next; node != &account->active_vcpus;
         node = next) {
        CreditVcpu *state = RING_OWNER(node, CreditVcpu, active);

        next = node->next;
        state->credit += (int32_t)grant.fair;
        if (state->credit < 0)
            settle_overdrawn(self, state, &grant);
        else
            settle_in_credit(self, state);
        pass->balance += state->credit;
    }
}

/* csched_acct. The weight total stays what it was although vCPUs may go inactive. */
static void account_all(Scheduler *self)
{
    CreditHost *all = of_host(self);
    Pass pass = { .weight_total = all->weight,
                  .weight_left = all->weight,
                  .credit_total = all->credit,
                  .old_balance = all->balance };
    RingNode *next;

    all->balance = 0;
    if (pass.weight_total == 0)
        return;
    if (pass.old_balance < 0)
        pass.credit_total += (uint32_t)-pass.old_balance;
    for (RingNode *node = all->active_accounts.next; node != &all->active_accounts;
         node = next) {
        CreditAccount *account = RING_OWNER(node, CreditAccount, active);

        next = node->next;
        pass.weight_left -= account->weight;
        settle_account(self, &pass, account);
    }
    all->balance = pass.balance;
    all->epoch++;
}

/* csched_tick: pCPU 0 is the accounting master, at every third of its ticks. */
static void credit_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    CreditPcpu *state = of_pcpu(pcpu);
    const bool is_accounting =
        ++state->tick % TICKS_PER_ACCOUNTING == 0 && pcpu->id == 0;

    if (!pcpu->current->is_idle)
        charge_tick(self, pcpu, now_ns);
    if (is_accounting)
        account_all(self);
    queue_sort(of_host(self), state);
    host_arm_tick(self->host, pcpu, now_ns + TICK_NS);
    if (is_accounting)
        host_announce_accounting(self->host);
}

/* Decisions. */

static CreditVcpu *steal(Pcpu *from, Pcpu *to, int priority)
{
    RingNode *queue = &of_pcpu(from)->queue;

    if (from->current->is_idle)
        return NULL;
    for (RingNode *node = queue->next; node != queue; node = node->next) {
        CreditVcpu *state = RING_OWNER(node, CreditVcpu, queued);

        if (state->priority <= priority)
            return NULL;
        if (state->vcpu->is_running || !mask_has(&state->vcpu->hard_affinity, to->id))
            continue;
        ring_remove(node);
        state->vcpu->pcpu = to;
        return state;
    }
    return NULL;
}

/* csched_load_balance: strictly better work from a busy peer, or the local head. */
static CreditVcpu *balance_load(Scheduler *self, Pcpu *pcpu, CreditVcpu *head)
{
    Host *host = self->host;
    PcpuMask workers;
    unsigned peer = pcpu->id;

    mask_without(&workers, &host->online, &of_host(self)->idlers);
    mask_remove(&workers, pcpu->id);
    while ((peer = mask_cycle(&workers, peer)) != PCPU_NONE) {
        CreditVcpu *stolen = steal(&host->pcpus[peer], pcpu, head->priority);

        if (stolen)
            return stolen;
        mask_remove(&workers, peer);
    }
    ring_remove(&head->queued);
    return head;
}

static SchedDecision credit_schedule(Scheduler *self, Pcpu *pcpu,
                                     int64_t now_ns G_GNUC_UNUSED)
{
    CreditHost *all = of_host(self);
    CreditVcpu *next;

    if (vcpu_is_runnable(pcpu->current))
        queue_insert(of_vcpu(pcpu->current));
    next = RING_OWNER(of_pcpu(pcpu)->queue.next, CreditVcpu, queued);
    if (next->priority > PRIORITY_OVER)
        ring_remove(&next->queued);
    else
        next = balance_load(self, pcpu, next);
    if (next->priority == PRIORITY_IDLE)
        mask_add(&all->idlers, pcpu->id);
    else
        mask_remove(&all->idlers, pcpu->id);
    return (SchedDecision){ next->vcpu, SLICE_NS };
}

/* Changes while running. */

static int credit_adjust(Scheduler *self, Domain *domain, const SchedParams *params,
                         int64_t now_ns G_GNUC_UNUSED)
{
    CreditAccount *account = domain->sched_state;

    if (params->set & PARAM_WEIGHT && params->weight != 0) {
        if (ring_is_linked(&account->active))
            of_host(self)->weight += (uint32_t)params->weight - account->weight;
        account->weight = (uint32_t)params->weight;
    }
    if (params->set & PARAM_CAP)
        account->cap_percent = (uint32_t)params->cap_percent;
    return 0;
}

/* Active vCPUs leave the old account and enter the new one at once: one left inactive
 * would keep its debts and earn nothing until a tick caught it. */
static void credit_regroup(Scheduler *self, Domain *adom, Domain *sdom,
                           int64_t now_ns G_GNUC_UNUSED)
{
    CreditHost *all = of_host(self);
    const unsigned n = adom->vcpus->len;
    g_autofree bool *was_active = g_new0(bool, n);

    for (unsigned i = 0; i < n; i++) {
        CreditVcpu *state = of_vcpu(g_ptr_array_index(adom->vcpus, i));

        was_active[i] = ring_is_linked(&state->active);
        if (was_active[i])
            stop_accounting(all, state);
    }
    domain_set_parent(adom, sdom);
    for (unsigned i = 0; i < n; i++)
        if (was_active[i])
            start_accounting(all, of_vcpu(g_ptr_array_index(adom->vcpus, i)));
    for (unsigned i = 0; i < n; i++) {
        CreditVcpu *state = of_vcpu(g_ptr_array_index(adom->vcpus, i));

        if (state->is_parked)
            unpark(self, state);
    }
}

static bool credit_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                           SchedInspection *out)
{
    const CreditVcpu *state = of_vcpu(vcpu);

    *out = (SchedInspection){ .credit = state->credit,
                              .priority = state->priority,
                              .is_active = ring_is_linked(&state->active),
                              .is_parked = state->is_parked,
                              .is_queued = ring_is_linked(&state->queued) };
    return true;
}

const SchedulerOps credit_3_1_scheduler = {
    .name = "credit-3.1",
    .summary = "credit of Xen 3.1 to 3.3: charge by sampling at ticks",
    .options = options,
    .core = XEN_CORE_3_1,
    .params = PARAM_WEIGHT | PARAM_CAP,
    .options_size = sizeof(Options),
    .state_size = sizeof(CreditHost),
    .domain_state_size = sizeof(CreditAccount),
    .vcpu_state_size = sizeof(CreditVcpu),
    .pcpu_state_size = sizeof(CreditPcpu),
    .init = credit_init,
    .pcpu_init = credit_pcpu_init,
    .domain_init = credit_domain_init,
    .vcpu_init = credit_vcpu_init,
    .start = credit_start,
    .schedule = credit_schedule,
    .wake = credit_wake,
    .sleep = credit_sleep,
    .pick = credit_pick,
    .adjust = credit_adjust,
    .regroup = credit_regroup,
    .tick = credit_tick,
    .inspect = credit_inspect,
};
