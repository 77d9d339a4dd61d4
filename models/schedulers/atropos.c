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
#include "models/schedulers/atropos.h"

#include "models/error.h"

#include <errno.h>

/* The quantum is that of the published Alpha version; how members take turns is left
 * to the sdom there, and the turn's length is this program's choice. */
static const Option options[] = {
    OPTION_NS_FIELD(AtroposOptions, quantum_ns, "quantum", "122us", NS_PER_US, NS_PER_S,
                    "one turn of extra time"),
    OPTION_NS_FIELD(AtroposOptions, member_turn_ns, "member-turn", "1ms", NS_PER_US,
                    NS_PER_S,
                    "one turn of a vCPU among the vCPUs of its scheduling domain"),
    { 0 },
};

/* Creation. */

static void atropos_init(Scheduler *self)
{
    AtroposHost *all = atropos_of_host(self);

    ring_init(&all->runnable);
    ring_init(&all->waiting);
    ring_init(&all->slack);
    mask_init(&all->tickled, self->host->n_pcpus);
    mask_init(&all->idle, self->host->n_pcpus);
    mask_copy(&all->idle, &self->host->online);
}

static bool atropos_check_params(const SchedParams *params, unsigned domain_id,
                                 GError **error)
{
    AtroposSdom sdom = { 0 };

    sdom_set_defaults(&sdom, domain_id);
    sdom_set_contract(&sdom, params);
    if (sdom_is_possible(&sdom))
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                "nemesis-atropos needs a period and a latency of 1ns or more, and a "
                "slice of 0 or more");
    return false;
}

static void atropos_domain_init(Scheduler *self, Domain *domain,
                                int64_t now_ns G_GNUC_UNUSED)
{
    AtroposSdom *sdom = domain->sched_state;

    ring_init(&sdom->placed);
    ring_init(&sdom->slack);
    ring_init(&sdom->members);
    sdom->quantum_left_ns = atropos_options(self)->quantum_ns;
    sdom_set_defaults(sdom, domain->id);
    sdom_set_contract(sdom, &domain->params);
    g_assert(sdom_is_possible(sdom));
}

static void atropos_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                              int64_t now_ns G_GNUC_UNUSED)
{
    AtroposMember *member = atropos_of_vcpu(vcpu);

    ring_init(&member->queued);
    member->vcpu = vcpu;
}

/* Who shall decide. */

/* How little a pCPU that is not idle would lose: extra time, then the latest deadline.
 */
static int64_t claim_of(const Pcpu *pcpu)
{
    const AtroposPcpu *state = atropos_of_pcpu(pcpu);

    return !state->payer || state->is_slack ? TIME_NEVER_NS : state->payer->deadline_ns;
}

static unsigned first_from(const PcpuMask *mask, unsigned pcpu)
{
    return mask_has(mask, pcpu) ? pcpu : mask_cycle(mask, pcpu);
}

/* The pCPU of the latest deadline, or on extra time, if that is later than this. */
static unsigned find_later(Scheduler *self, PcpuMask *among, unsigned from,
                           int64_t deadline_ns)
{
    unsigned victim = PCPU_NONE;

    for (unsigned i = first_from(among, from); i != PCPU_NONE;
         i = mask_cycle(among, i)) {
        const int64_t claim_ns = claim_of(&self->host->pcpus[i]);

        mask_remove(among, i);
        if (claim_ns <= deadline_ns)
            continue;
        deadline_ns = claim_ns;
        victim = i;
    }
    return victim;
}

/* The pCPU that would lose least, the vCPU's own first, if that is less than the vCPU
 * would gain; on extra time it gains only what is idle. PCPU_NONE: there is none. */
static unsigned find_victim(Scheduler *self, const Vcpu *vcpu)
{
    const AtroposHost *all = atropos_of_host(self);
    const AtroposSdom *sdom = sdom_of_vcpu(vcpu);
    PcpuMask allowed, idle;

    if (sdom->left_ns <= 0 && !sdom->is_extratime)
        return PCPU_NONE;
    mask_init(&allowed, self->host->n_pcpus);
    mask_init(&idle, self->host->n_pcpus);
    mask_without(&allowed, vcpu->hard_affinity, &all->tickled);
    mask_and(&idle, &allowed, &all->idle);
    if (!mask_is_empty(&idle))
        return first_from(&idle, vcpu->pcpu->id);
    if (sdom->left_ns <= 0)
        return PCPU_NONE;
    return find_later(self, &allowed, vcpu->pcpu->id, sdom->deadline_ns);
}

/* A pCPU that is running the vCPU's sdom, and where it is allowed. */
static unsigned find_fellow(Scheduler *self, const Vcpu *vcpu)
{
    const AtroposSdom *sdom = sdom_of_vcpu(vcpu);
    unsigned i = mask_first(vcpu->hard_affinity);

    while (i != PCPU_NONE && atropos_of_pcpu(&self->host->pcpus[i])->payer != sdom)
        i = mask_next(vcpu->hard_affinity, i);
    return i;
}

/* Tells a pCPU, if there is one, to decide for the member. */
static void tickle(Scheduler *self, AtroposMember *member, unsigned pcpu)
{
    if (pcpu == PCPU_NONE)
        return;
    mask_add(&atropos_of_host(self)->tickled, pcpu);
    atropos_of_pcpu(&self->host->pcpus[pcpu])->tickled_for = member;
    host_raise_schedule(self->host, &self->host->pcpus[pcpu]);
}

/* Wake and sleep. */

static Pcpu *atropos_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (mask_has(vcpu->hard_affinity, vcpu->pcpu->id))
        return vcpu->pcpu;
    return &self->host->pcpus[mask_cycle(vcpu->hard_affinity, vcpu->pcpu->id)];
}

/* A member that comes last among its own shall at least end their turns. */
static void enqueue(Scheduler *self, AtroposMember *member)
{
    AtroposSdom *sdom = sdom_of_vcpu(member->vcpu);
    const unsigned victim = find_victim(self, member->vcpu);

    member->turn_left_ns = atropos_options(self)->member_turn_ns;
    ring_push_back(&sdom->members, &member->queued);
    tickle(self, member,
           victim != PCPU_NONE ? victim : find_fellow(self, member->vcpu));
}

static void atropos_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    AtroposMember *member = atropos_of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu || ring_is_linked(&member->queued))
        return;
    sdom_join(self, sdom_of_vcpu(vcpu), now_ns);
    enqueue(self, member);
}

static void atropos_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    AtroposMember *member = atropos_of_vcpu(vcpu);

    if (vcpu->pcpu->current == vcpu) {
        host_raise_schedule(self->host, vcpu->pcpu);
    } else if (ring_is_linked(&member->queued)) {
        ring_remove(&member->queued);
        sdom_leave(self, sdom_of_vcpu(vcpu));
    }
}

/* Decisions. */

/* What ran goes first among its own until its turn ends. */
static void put_back(Scheduler *self, Vcpu *vcpu)
{
    AtroposMember *member = atropos_of_vcpu(vcpu);
    AtroposSdom *sdom = sdom_of_vcpu(vcpu);

    if (vcpu->is_idle)
        return;
    if (!vcpu_is_runnable(vcpu)) {
        sdom_leave(self, sdom);
        return;
    }
    if (member->turn_left_ns > 0) {
        ring_push_front(&sdom->members, &member->queued);
        return;
    }
    member->turn_left_ns = atropos_options(self)->member_turn_ns;
    ring_push_back(&sdom->members, &member->queued);
}

/* A vCPU whose domain is being paused may still be queued. */
static AtroposMember *first_allowed(const AtroposSdom *sdom, const Pcpu *pcpu)
{
    for (RingNode *node = sdom->members.next; node != &sdom->members;
         node = node->next) {
        AtroposMember *member = RING_OWNER(node, AtroposMember, queued);

        if (mask_has(member->vcpu->hard_affinity, pcpu->id) &&
            vcpu_is_runnable(member->vcpu))
            return member;
    }
    return NULL;
}

/* The earliest deadline among the sdoms with time left. */
static AtroposMember *choose_guaranteed(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    RingNode *runnable = &atropos_of_host(self)->runnable;
    RingNode *node = runnable->next;

    while (node != runnable) {
        AtroposSdom *sdom = RING_OWNER(node, AtroposSdom, placed);
        AtroposMember *member = first_allowed(sdom, pcpu);

        if (!member)
            node = node->next;
        else if (sdom_expire(self, sdom, pcpu, now_ns))
            node = runnable->next;
        else
            return member;
    }
    return NULL;
}

/* The sdom to which the fewest pCPUs give extra time, the next in turn among equals. */
static AtroposMember *choose_slack(Scheduler *self, const Pcpu *pcpu)
{
    RingNode *slack = &atropos_of_host(self)->slack;
    AtroposMember *chosen = NULL;
    unsigned fewest = UINT_MAX;

    for (RingNode *node = slack->next; node != slack; node = node->next) {
        const AtroposSdom *sdom = RING_OWNER(node, AtroposSdom, slack);
        AtroposMember *member;

        if (sdom->n_slacking >= fewest)
            continue;
        member = first_allowed(sdom, pcpu);
        if (!member)
            continue;
        chosen = member;
        fewest = sdom->n_slacking;
        if (fewest == 0)
            break;
    }
    return chosen;
}

static int64_t slice_of(const AtroposSdom *sdom, const AtroposMember *member,
                        bool is_slack)
{
    const int64_t sdom_ns = is_slack
                                ? sdom->quantum_left_ns
                                : (sdom->left_ns + sdom->n_paying - 1) / sdom->n_paying;

    return ring_is_empty(&sdom->members) ? sdom_ns : MIN(sdom_ns, member->turn_left_ns);
}

static SchedDecision run(Pcpu *pcpu, AtroposMember *member, bool is_slack,
                         int64_t now_ns)
{
    AtroposSdom *sdom = sdom_of_vcpu(member->vcpu);

    ring_remove(&member->queued);
    member->vcpu->pcpu = pcpu;
    *atropos_of_pcpu(pcpu) =
        (AtroposPcpu){ .payer = sdom, .is_slack = is_slack, .since_ns = now_ns };
    if (is_slack)
        sdom->n_slacking++;
    else
        sdom->n_paying++;
    return (SchedDecision){ member->vcpu, slice_of(sdom, member, is_slack) };
}

static SchedDecision decide(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    PcpuMask *idle = &atropos_of_host(self)->idle;
    AtroposMember *next = choose_guaranteed(self, pcpu, now_ns);
    const bool is_slack = !next;

    if (is_slack)
        next = choose_slack(self, pcpu);
    if (!next) {
        mask_add(idle, pcpu->id);
        return (SchedDecision){ pcpu->idle, -1 };
    }
    mask_remove(idle, pcpu->id);
    return run(pcpu, next, is_slack, now_ns);
}

/* The member for which the pCPU was told to decide may have lost it to a better one
 * that another pCPU was meant for: then it looks for a pCPU again. */
static void pass_on(Scheduler *self, AtroposMember *member)
{
    if (member && ring_is_linked(&member->queued))
        tickle(self, member, find_victim(self, member->vcpu));
}

static SchedDecision atropos_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const AtroposPcpu before = *atropos_of_pcpu(pcpu);
    const AtroposSdom *payer;
    SchedDecision decision;

    mask_remove(&atropos_of_host(self)->tickled, pcpu->id);
    atropos_of_pcpu(pcpu)->tickled_for = NULL;
    atropos_settle(self, pcpu, now_ns);
    put_back(self, pcpu->current);
    decision = decide(self, pcpu, now_ns);
    payer = atropos_of_pcpu(pcpu)->payer;
    if (payer && !atropos_of_pcpu(pcpu)->is_slack &&
        (before.is_slack || payer != before.payer))
        sdom_raise_runners(self, payer, pcpu);
    pass_on(self, before.tickled_for);
    return decision;
}

/* What was displaced may be worth more than what another pCPU runs. */
static void atropos_context_saved(Scheduler *self, Vcpu *vcpu,
                                  int64_t now_ns G_GNUC_UNUSED)
{
    if (ring_is_linked(&atropos_of_vcpu(vcpu)->queued))
        tickle(self, atropos_of_vcpu(vcpu), find_victim(self, vcpu));
}

/* Places an sdom that is not blocked, and lets its members find their pCPUs. */
static void restart(Scheduler *self, AtroposSdom *sdom, int64_t now_ns)
{
    sdom_place(self, sdom, now_ns);
    sdom_raise_runners(self, sdom, NULL);
    for (RingNode *node = sdom->members.next; node != &sdom->members;
         node = node->next) {
        AtroposMember *member = RING_OWNER(node, AtroposMember, queued);

        tickle(self, member, find_victim(self, member->vcpu));
    }
}

/* The periods of the first waiting sdoms have ended. */
static void atropos_account(Scheduler *self, int64_t now_ns)
{
    const RingNode *waiting = &atropos_of_host(self)->waiting;

    while (!ring_is_empty(waiting)) {
        AtroposSdom *sdom = RING_OWNER(waiting->next, AtroposSdom, placed);

        if (now_ns < sdom->deadline_ns)
            break;
        restart(self, sdom, now_ns);
    }
    atropos_arm_period_timer(self);
}

/* Changes while running. */

/* The new slice counts from the next period on; the end of this one stays. */
static int atropos_adjust(Scheduler *self, Domain *domain, const SchedParams *params,
                          int64_t now_ns)
{
    AtroposSdom *sdom = domain->sched_state;
    AtroposSdom changed = *sdom;

    sdom_set_contract(&changed, params);
    if (!sdom_is_possible(&changed))
        return -EINVAL;
    sdom_set_contract(sdom, params);
    if (sdom->deadline_ns == TIME_NEVER_NS)
        sdom->deadline_ns = now_ns;
    if (sdom->n_runnable == 0)
        return 0;
    ring_remove(&sdom->slack);
    if (sdom->is_extratime)
        ring_push_back(&atropos_of_host(self)->slack, &sdom->slack);
    sdom_charge(sdom, now_ns);
    restart(self, sdom, now_ns);
    return 0;
}

/* Takes a runnable vCPU out of its sdom. */
static void detach_member(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    AtroposMember *member = atropos_of_vcpu(vcpu);
    const bool is_current = vcpu->pcpu->current == vcpu;

    member->is_moving = is_current || ring_is_linked(&member->queued);
    if (!member->is_moving)
        return;
    if (is_current)
        atropos_settle(self, vcpu->pcpu, now_ns);
    else
        ring_remove(&member->queued);
    sdom_leave(self, sdom_of_vcpu(vcpu));
}

static void attach_member(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    if (!atropos_of_vcpu(vcpu)->is_moving)
        return;
    sdom_join(self, sdom_of_vcpu(vcpu), now_ns);
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else
        enqueue(self, atropos_of_vcpu(vcpu));
}

/* Contracts and what is left of them stay with the domains; members move. */
static void atropos_regroup(Scheduler *self, Domain *adom, Domain *sdom, int64_t now_ns)
{
    for (unsigned i = 0; i < adom->vcpus->len; i++)
        detach_member(self, g_ptr_array_index(adom->vcpus, i), now_ns);
    domain_set_parent(adom, sdom);
    for (unsigned i = 0; i < adom->vcpus->len; i++)
        attach_member(self, g_ptr_array_index(adom->vcpus, i), now_ns);
}

static bool atropos_inspect(const Scheduler *self G_GNUC_UNUSED, const Vcpu *vcpu,
                            SchedInspection *out)
{
    const AtroposSdom *sdom = sdom_of_vcpu(vcpu);

    *out = (SchedInspection){ .credit = sdom->left_ns,
                              .is_active = sdom->n_runnable > 0,
                              .is_parked = sdom->n_runnable > 0 && sdom->left_ns <= 0,
                              .is_queued =
                                  ring_is_linked(&atropos_of_vcpu(vcpu)->queued) };
    return true;
}

const SchedulerOps atropos_scheduler = {
    .name = "nemesis-atropos",
    .summary = "Atropos of Nemesis: scheduling domains with slice, period and latency",
    .options = options,
    .core = XEN_CORE_4_17,
    .params = PARAM_PERIOD | PARAM_SLICE | PARAM_LATENCY | PARAM_EXTRATIME,
    .options_size = sizeof(AtroposOptions),
    .state_size = sizeof(AtroposHost),
    .domain_state_size = sizeof(AtroposSdom),
    .vcpu_state_size = sizeof(AtroposMember),
    .pcpu_state_size = sizeof(AtroposPcpu),
    .check_params = atropos_check_params,
    .init = atropos_init,
    .domain_init = atropos_domain_init,
    .vcpu_init = atropos_vcpu_init,
    .schedule = atropos_schedule,
    .wake = atropos_wake,
    .sleep = atropos_sleep,
    .pick_cpu = atropos_pick,
    .context_saved = atropos_context_saved,
    .adjust = atropos_adjust,
    .regroup = atropos_regroup,
    .account = atropos_account,
    .inspect = atropos_inspect,
};
