/*
 * atropos.c - Nemesis's scheduler of scheduling domains (sdoms).
 *
 * An sdom has a contract: at least slice in every period, by EDF; extra time if it
 * takes what nobody claims; a latency, the deadline it gets when it wakes after its
 * period has passed. The processor is given to the sdom, which hands it to one of its
 * members: the vCPUs of a domain and of its adoms share one contract (domain_account)
 * and take turns. Unlike the redirection of credit, a member has no account of its
 * own: nothing but the sdom is ever charged.
 *
 * After the published description of Atropos, which is for one processor. On several,
 * what is the same idea: the contract is one for the whole host, members run side by
 * side and draw on it together, and a pCPU takes the earliest deadline that has a
 * member left to run. Admission is outside: contracts beyond the host's capacity miss
 * their deadlines.
 */
#include "models/host.h"
#include "models/schedulers/run_queue.h"

#include <errno.h>

typedef struct {
    int64_t quantum_ns, member_turn_ns;
} Options;

/* An sdom. Only the account of a domain (domain_account) has members. */
typedef struct {
    RingNode placed;  /* among those with time left, or those without; or blocked */
    RingNode slack;   /* in turn for extra time; while not blocked */
    RingNode members; /* head: its runnable vCPUs that have no pCPU, in turn */
    int64_t period_ns, slice_ns, latency_ns;
    bool is_extratime;
    int64_t deadline_ns; /* the end of its period; TIME_NEVER_NS: it has no slice */
    int64_t left_ns;     /* of the slice, as of charged_ns */
    int64_t charged_ns;
    int64_t quantum_left_ns; /* of its turn of extra time */
    unsigned n_runnable;     /* members, with a pCPU or without */
    unsigned n_paying;       /* pCPUs on which it runs at the cost of its slice */
    unsigned n_slacking;     /* pCPUs on which it runs on extra time */
} Sdom;

typedef struct {
    RingNode queued; /* among its sdom's members */
    Vcpu *vcpu;
    int64_t turn_left_ns;
} Member;

/* What runs on a pCPU: whose time it is, and since when it has not been charged. */
typedef struct {
    Sdom *payer; /* NULL: idle, or settled */
    bool is_slack;
    int64_t since_ns;
} AtroposPcpu;

typedef struct {
    RingNode runnable; /* sdoms with time left, by deadline */
    RingNode waiting;  /* sdoms without, by deadline */
    RingNode slack;    /* sdoms that take extra time, in turn */
    PcpuMask tickled;  /* told to decide, and not yet done */
} AtroposHost;

/* The quantum is that of the published Alpha version; how members take turns is left
 * to the sdom there, and the turn's length is this program's choice. */
static const Option options[] = {
    OPTION_NS_FIELD(Options, quantum_ns, "quantum", "122us", NS_PER_US, NS_PER_S,
                    "one turn of extra time"),
    OPTION_NS_FIELD(Options, member_turn_ns, "member-turn", "1ms", NS_PER_US, NS_PER_S,
                    "one turn of a vCPU among the vCPUs of its scheduling domain"),
    { 0 },
};

static Member *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static AtroposPcpu *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static AtroposHost *of_host(const Scheduler *self)
{
    return self->state;
}

static Sdom *sdom_of(const Vcpu *vcpu)
{
    return domain_account(vcpu->domain)->sched_state;
}

static const Options *options_of(const Scheduler *self)
{
    return self->options;
}

/* Creation. */

static void atropos_init(Scheduler *self)
{
    AtroposHost *all = of_host(self);

    ring_init(&all->runnable);
    ring_init(&all->waiting);
    ring_init(&all->slack);
    mask_init(&all->tickled, self->host->n_pcpus);
}

static void set_contract(Sdom *sdom, const SchedParams *params)
{
    if (params->set & PARAM_PERIOD)
        sdom->period_ns = sdom->latency_ns = params->period_ns;
    if (params->set & PARAM_SLICE)
        sdom->slice_ns = params->slice_ns;
    if (params->set & PARAM_LATENCY)
        sdom->latency_ns = params->latency_ns;
    if (params->set & PARAM_EXTRATIME)
        sdom->is_extratime = params->extratime;
}

/* The defaults are those of the port in Xen 2.0, sched_atropos.c. */
static void atropos_domain_init(Scheduler *self, Domain *domain,
                                int64_t now_ns G_GNUC_UNUSED)
{
    Sdom *sdom = domain->sched_state;
    const bool is_dom0 = domain->id == 0;

    ring_init(&sdom->placed);
    ring_init(&sdom->slack);
    ring_init(&sdom->members);
    sdom->period_ns = is_dom0 ? 20 * NS_PER_MS : 10 * NS_PER_S;
    sdom->slice_ns = is_dom0 ? 15 * NS_PER_MS : 10 * NS_PER_MS;
    sdom->latency_ns = is_dom0 ? 5 * NS_PER_MS : 10 * NS_PER_S;
    sdom->is_extratime = true;
    sdom->quantum_left_ns = options_of(self)->quantum_ns;
    set_contract(sdom, &domain->params);
}

static void atropos_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                              int64_t now_ns G_GNUC_UNUSED)
{
    Member *member = of_vcpu(vcpu);

    ring_init(&member->queued);
    member->vcpu = vcpu;
}

/* Where an sdom stands. */

static void insert_by_deadline(RingNode *queue, Sdom *sdom)
{
    RingNode *node = queue->prev;

    while (node != queue &&
           RING_OWNER(node, Sdom, placed)->deadline_ns > sdom->deadline_ns)
        node = node->prev;
    ring_insert_before(node->next, &sdom->placed);
}

static void arm_period_timer(Scheduler *self)
{
    const RingNode *waiting = &of_host(self)->waiting;

    if (ring_is_empty(waiting))
        host_stop_accounting(self->host);
    else
        host_arm_accounting(self->host,
                            RING_OWNER(waiting->next, Sdom, placed)->deadline_ns);
}

/* Several pCPUs may together overrun a slice by less than one ns each: that is owed. */
static void start_period(Sdom *sdom, int64_t deadline_ns)
{
    sdom->left_ns = sdom->slice_ns + MIN(sdom->left_ns, 0);
    sdom->deadline_ns = deadline_ns;
}

/* Puts an sdom that is not blocked where its contract says: by its deadline among those
 * with time left or those without. A deadline that has passed begins a new period. */
static void place(Scheduler *self, Sdom *sdom, int64_t now_ns)
{
    AtroposHost *all = of_host(self);

    ring_remove(&sdom->placed);
    if (sdom->slice_ns == 0 && sdom->left_ns <= 0)
        sdom->deadline_ns = TIME_NEVER_NS;
    while (sdom->left_ns <= 0 && now_ns >= sdom->deadline_ns)
        start_period(sdom, sdom->deadline_ns + sdom->period_ns);
    insert_by_deadline(sdom->left_ns > 0 ? &all->runnable : &all->waiting, sdom);
    arm_period_timer(self);
}

/* A member has become runnable. */
static void join(Scheduler *self, Sdom *sdom, int64_t now_ns)
{
    if (sdom->n_runnable++ > 0)
        return;
    if (now_ns >= sdom->deadline_ns)
        start_period(sdom, now_ns + sdom->latency_ns);
    place(self, sdom, now_ns);
    if (sdom->is_extratime)
        ring_push_back(&of_host(self)->slack, &sdom->slack);
}

/* A member is no longer runnable. A blocked sdom keeps what is left of its slice. */
static void leave(Scheduler *self, Sdom *sdom)
{
    if (--sdom->n_runnable > 0)
        return;
    ring_remove(&sdom->placed);
    ring_remove(&sdom->slack);
    arm_period_timer(self);
}

/* Charging. */

static void charge(Sdom *sdom, int64_t now_ns)
{
    sdom->left_ns -= sdom->n_paying * (now_ns - sdom->charged_ns);
    sdom->charged_ns = now_ns;
}

/* All other pCPUs that run the sdom decide again: how long they may has changed. */
static void raise_runners(Scheduler *self, const Sdom *sdom, const Pcpu *except)
{
    unsigned left = sdom->n_paying + sdom->n_slacking;

    if (except && of_pcpu(except)->payer == sdom)
        left--;
    for (unsigned i = 0; left > 0; i++) {
        Pcpu *pcpu = &self->host->pcpus[i];

        if (pcpu == except || of_pcpu(pcpu)->payer != sdom)
            continue;
        host_raise_schedule(self->host, pcpu);
        left--;
    }
}

/* True if the sdom has used up its slice; it has then been placed anew. */
static bool expire(Scheduler *self, Sdom *sdom, const Pcpu *pcpu, int64_t now_ns)
{
    charge(sdom, now_ns);
    if (sdom->left_ns > 0)
        return false;
    place(self, sdom, now_ns);
    raise_runners(self, sdom, pcpu);
    return true;
}

/* A turn that a deadline cut short goes on later: the division stays exact. */
static void charge_slack(Scheduler *self, Sdom *sdom, int64_t ran_ns)
{
    sdom->quantum_left_ns -= ran_ns;
    if (sdom->quantum_left_ns > 0)
        return;
    while (sdom->quantum_left_ns <= 0)
        sdom->quantum_left_ns += options_of(self)->quantum_ns;
    if (!ring_is_linked(&sdom->slack))
        return;
    ring_remove(&sdom->slack);
    ring_push_back(&of_host(self)->slack, &sdom->slack);
}

/* Charges what ran on the pCPU to the sdom that it ran for. */
static void settle(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    AtroposPcpu *state = of_pcpu(pcpu);
    Sdom *payer = state->payer;
    const int64_t ran_ns = now_ns - state->since_ns;

    if (!payer)
        return;
    state->payer = NULL;
    of_vcpu(pcpu->current)->turn_left_ns -= ran_ns;
    if (state->is_slack) {
        charge_slack(self, payer, ran_ns);
        payer->n_slacking--;
    } else {
        charge(payer, now_ns);
        payer->n_paying--;
        expire(self, payer, pcpu, now_ns);
    }
}

/* Who shall decide. */

/* How little a pCPU would lose: idle, then extra time, then the latest deadline. */
static int64_t claim_of(const Pcpu *pcpu)
{
    const AtroposPcpu *state = of_pcpu(pcpu);

    if (pcpu->current->is_idle)
        return TIME_NEVER_NS;
    if (!state->payer || state->is_slack)
        return TIME_NEVER_NS - 1;
    return state->payer->deadline_ns;
}

/* The pCPU that would lose least, the vCPU's own first, if that is less than the vCPU
 * would gain. */
static Pcpu *find_victim(Scheduler *self, const Vcpu *vcpu)
{
    const Sdom *sdom = sdom_of(vcpu);
    int64_t claim = sdom->left_ns > 0    ? sdom->deadline_ns
                    : sdom->is_extratime ? TIME_NEVER_NS - 1
                                         : TIME_NEVER_NS;
    Pcpu *victim = NULL;
    PcpuMask left;
    unsigned cpu = vcpu->pcpu->id;

    mask_init(&left, self->host->n_pcpus);
    mask_without(&left, &vcpu->hard_affinity, &of_host(self)->tickled);
    if (!mask_has(&left, cpu))
        cpu = mask_cycle(&left, cpu);
    for (; cpu != PCPU_NONE; cpu = mask_cycle(&left, cpu)) {
        Pcpu *pcpu = &self->host->pcpus[cpu];

        mask_remove(&left, cpu);
        if (claim_of(pcpu) <= claim)
            continue;
        claim = claim_of(pcpu);
        victim = pcpu;
    }
    return victim;
}

/* A pCPU that is running the vCPU's sdom, and where it is allowed. */
static Pcpu *find_fellow(Scheduler *self, const Vcpu *vcpu)
{
    const Sdom *sdom = sdom_of(vcpu);

    for (unsigned i = mask_first(&vcpu->hard_affinity); i != PCPU_NONE;
         i = mask_next(&vcpu->hard_affinity, i))
        if (of_pcpu(&self->host->pcpus[i])->payer == sdom)
            return &self->host->pcpus[i];
    return NULL;
}

static void tickle(Scheduler *self, Pcpu *target)
{
    if (!target)
        return;
    mask_add(&of_host(self)->tickled, target->id);
    host_raise_schedule(self->host, target);
}

/* Wake and sleep. */

static Pcpu *atropos_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (mask_has(&vcpu->hard_affinity, vcpu->pcpu->id))
        return vcpu->pcpu;
    return &self->host->pcpus[mask_cycle(&vcpu->hard_affinity, vcpu->pcpu->id)];
}

/* A member that comes last among its own shall at least end their turns. */
static void enqueue(Scheduler *self, Member *member)
{
    Sdom *sdom = sdom_of(member->vcpu);
    Pcpu *victim = find_victim(self, member->vcpu);

    member->turn_left_ns = options_of(self)->member_turn_ns;
    ring_push_back(&sdom->members, &member->queued);
    tickle(self, victim ? victim : find_fellow(self, member->vcpu));
}

static void atropos_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    Member *member = of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu || ring_is_linked(&member->queued))
        return;
    join(self, sdom_of(vcpu), now_ns);
    enqueue(self, member);
}

static void atropos_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Member *member = of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu) {
        host_raise_schedule(self->host, vcpu->pcpu);
    } else if (ring_is_linked(&member->queued)) {
        ring_remove(&member->queued);
        leave(self, sdom_of(vcpu));
    }
}

/* Decisions. */

/* What ran goes first among its own until its turn ends. */
static void put_back(Scheduler *self, Vcpu *vcpu)
{
    Member *member = of_vcpu(vcpu);
    Sdom *sdom = sdom_of(vcpu);

    if (vcpu->is_idle)
        return;
    if (!vcpu_is_runnable(vcpu)) {
        leave(self, sdom);
        return;
    }
    if (member->turn_left_ns > 0) {
        ring_push_front(&sdom->members, &member->queued);
        return;
    }
    member->turn_left_ns = options_of(self)->member_turn_ns;
    ring_push_back(&sdom->members, &member->queued);
}

static Member *first_allowed(const Sdom *sdom, const Pcpu *pcpu)
{
    for (RingNode *node = sdom->members.next; node != &sdom->members;
         node = node->next) {
        Member *member = RING_OWNER(node, Member, queued);

        if (mask_has(&member->vcpu->hard_affinity, pcpu->id))
            return member;
    }
    return NULL;
}

/* The earliest deadline among the sdoms with time left. */
static Member *choose_guaranteed(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    RingNode *runnable = &of_host(self)->runnable;
    RingNode *node = runnable->next;

    while (node != runnable) {
        Sdom *sdom = RING_OWNER(node, Sdom, placed);
        Member *member = first_allowed(sdom, pcpu);

        if (!member)
            node = node->next;
        else if (expire(self, sdom, pcpu, now_ns))
            node = runnable->next;
        else
            return member;
    }
    return NULL;
}

/* The sdom to which the fewest pCPUs give extra time, the next in turn among equals. */
static Member *choose_slack(Scheduler *self, const Pcpu *pcpu)
{
    RingNode *slack = &of_host(self)->slack;
    Member *chosen = NULL;
    unsigned fewest = UINT_MAX;

    for (RingNode *node = slack->next; node != slack; node = node->next) {
        const Sdom *sdom = RING_OWNER(node, Sdom, slack);
        Member *member;

        if (sdom->n_slacking >= fewest)
            continue;
        member = first_allowed(sdom, pcpu);
        if (!member)
            continue;
        chosen = member;
        fewest = sdom->n_slacking;
    }
    return chosen;
}

static int64_t slice_of(const Sdom *sdom, const Member *member, bool is_slack)
{
    const int64_t sdom_ns = is_slack
                                ? sdom->quantum_left_ns
                                : (sdom->left_ns + sdom->n_paying - 1) / sdom->n_paying;

    return ring_is_empty(&sdom->members) ? sdom_ns : MIN(sdom_ns, member->turn_left_ns);
}

static SchedDecision run(Pcpu *pcpu, Member *member, bool is_slack, int64_t now_ns)
{
    Sdom *sdom = sdom_of(member->vcpu);

    ring_remove(&member->queued);
    member->vcpu->pcpu = pcpu;
    *of_pcpu(pcpu) = (AtroposPcpu){ sdom, is_slack, now_ns };
    if (is_slack)
        sdom->n_slacking++;
    else
        sdom->n_paying++;
    return (SchedDecision){ member->vcpu, slice_of(sdom, member, is_slack) };
}

static SchedDecision atropos_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const Sdom *paid_before = of_pcpu(pcpu)->payer;
    const bool was_slack = of_pcpu(pcpu)->is_slack;
    SchedDecision decision;
    Member *next;

    mask_remove(&of_host(self)->tickled, pcpu->id);
    settle(self, pcpu, now_ns);
    put_back(self, pcpu->current);
    next = choose_guaranteed(self, pcpu, now_ns);
    if (!next) {
        next = choose_slack(self, pcpu);
        return next ? run(pcpu, next, true, now_ns) : (SchedDecision){ pcpu->idle, -1 };
    }
    decision = run(pcpu, next, false, now_ns);
    if (was_slack || of_pcpu(pcpu)->payer != paid_before)
        raise_runners(self, of_pcpu(pcpu)->payer, pcpu);
    return decision;
}

/* What was displaced may be worth more than what another pCPU runs. */
static void atropos_context_saved(Scheduler *self, Vcpu *vcpu,
                                  int64_t now_ns G_GNUC_UNUSED)
{
    if (ring_is_linked(&of_vcpu(vcpu)->queued))
        tickle(self, find_victim(self, vcpu));
}

/* Places an sdom that is not blocked, and lets its members find their pCPUs. */
static void restart(Scheduler *self, Sdom *sdom, int64_t now_ns)
{
    place(self, sdom, now_ns);
    raise_runners(self, sdom, NULL);
    for (RingNode *node = sdom->members.next; node != &sdom->members; node = node->next)
        tickle(self, find_victim(self, RING_OWNER(node, Member, queued)->vcpu));
}

/* The periods of the first waiting sdoms have ended. */
static void atropos_account(Scheduler *self, int64_t now_ns)
{
    const RingNode *waiting = &of_host(self)->waiting;

    while (!ring_is_empty(waiting)) {
        Sdom *sdom = RING_OWNER(waiting->next, Sdom, placed);

        if (now_ns < sdom->deadline_ns)
            break;
        restart(self, sdom, now_ns);
    }
    arm_period_timer(self);
}

/* Changes while running. */

/* The new slice counts from the next period on; the end of this one stays. */
static int atropos_adjust(Scheduler *self, Domain *domain, const SchedParams *params,
                          int64_t now_ns)
{
    Sdom *sdom = domain->sched_state;
    Sdom changed = *sdom;

    set_contract(&changed, params);
    if (changed.period_ns <= 0 || changed.slice_ns < 0 || changed.latency_ns <= 0 ||
        changed.slice_ns > changed.period_ns * self->host->n_pcpus)
        return -EINVAL;
    set_contract(sdom, params);
    if (sdom->deadline_ns == TIME_NEVER_NS)
        sdom->deadline_ns = now_ns;
    if (sdom->n_runnable == 0)
        return 0;
    ring_remove(&sdom->slack);
    if (sdom->is_extratime)
        ring_push_back(&of_host(self)->slack, &sdom->slack);
    charge(sdom, now_ns);
    restart(self, sdom, now_ns);
    return 0;
}

/* Takes a vCPU out of its sdom; true if it was runnable. */
static bool detach_member(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    Member *member = of_vcpu(vcpu);
    const bool is_current = vcpu->pcpu->current == vcpu;

    if (!is_current && !ring_is_linked(&member->queued))
        return false;
    if (is_current)
        settle(self, vcpu->pcpu, now_ns);
    else
        ring_remove(&member->queued);
    leave(self, sdom_of(vcpu));
    return true;
}

static void attach_member(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    join(self, sdom_of(vcpu), now_ns);
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else
        enqueue(self, of_vcpu(vcpu));
}

/* Contracts and what is left of them stay with the domains; members move. */
static void atropos_regroup(Scheduler *self, Domain *adom, Domain *sdom, int64_t now_ns)
{
    const unsigned n = adom->vcpus->len;
    g_autofree bool *is_moved = g_new0(bool, n);

    for (unsigned i = 0; i < n; i++)
        is_moved[i] = detach_member(self, g_ptr_array_index(adom->vcpus, i), now_ns);
    domain_set_parent(adom, sdom);
    for (unsigned i = 0; i < n; i++)
        if (is_moved[i])
            attach_member(self, g_ptr_array_index(adom->vcpus, i), now_ns);
}

static bool atropos_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                            SchedInspection *out)
{
    const Sdom *sdom = sdom_of(vcpu);

    *out = (SchedInspection){ .credit = sdom->left_ns,
                              .is_active = sdom->n_runnable > 0,
                              .is_parked = sdom->n_runnable > 0 && sdom->left_ns <= 0,
                              .is_queued = ring_is_linked(&of_vcpu(vcpu)->queued) };
    return true;
}

const SchedulerOps atropos_scheduler = {
    .name = "nemesis-atropos",
    .summary = "Atropos of Nemesis: scheduling domains with slice, period and latency",
    .options = options,
    .core = XEN_CORE_3_1,
    .params = PARAM_PERIOD | PARAM_SLICE | PARAM_LATENCY | PARAM_EXTRATIME,
    .options_size = sizeof(Options),
    .state_size = sizeof(AtroposHost),
    .domain_state_size = sizeof(Sdom),
    .vcpu_state_size = sizeof(Member),
    .pcpu_state_size = sizeof(AtroposPcpu),
    .init = atropos_init,
    .domain_init = atropos_domain_init,
    .vcpu_init = atropos_vcpu_init,
    .schedule = atropos_schedule,
    .wake = atropos_wake,
    .sleep = atropos_sleep,
    .pick = atropos_pick,
    .context_saved = atropos_context_saved,
    .adjust = atropos_adjust,
    .regroup = atropos_regroup,
    .account = atropos_account,
    .inspect = atropos_inspect,
};
