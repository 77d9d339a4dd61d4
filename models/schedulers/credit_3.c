#include "models/schedulers/credit_3.h"

#define TICKS_PER_PERIOD 3

static SampledVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static SampledPcpu *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static SampledHost *of_host(const Scheduler *self)
{
    return self->state;
}

static SampledVcpu *of_queued(RingNode *node)
{
    return RING_OWNER(node, SampledVcpu, common.queued);
}

/* Creation. */

void credit_3_init(Scheduler *self, const CreditRules *rules)
{
    SampledHost *all = of_host(self);

    credit_accounting_init(&all->accounting, rules, self->host->n_pcpus);
    all->credits_per_tick = rules->credits_per_period / TICKS_PER_PERIOD;
    mask_init(&all->idlers, self->host->n_pcpus);
    mask_init(&all->queued, self->host->n_pcpus);
}

void credit_3_pcpu_init(Scheduler *self, Pcpu *pcpu)
{
    ring_init(&of_pcpu(pcpu)->common.queue);
    mask_add(&of_host(self)->idlers, pcpu->id);
}

void credit_3_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                        int64_t now_ns G_GNUC_UNUSED)
{
    credit_vcpu_init(&of_vcpu(vcpu)->common, vcpu);
}

/* All ticks start in phase unless staggered, and stay where they are. */
void credit_3_start(Scheduler *self, int64_t now_ns)
{
    const SampledOptions *opt = self->options;

    credit_arm_ticks(self, now_ns + opt->tick_first_ns, opt->tick_stagger_ns);
}

/* Wake and sleep. */

static void queue_insert(Scheduler *self, SampledVcpu *state)
{
    const Vcpu *vcpu = state->common.vcpu;
    const CreditPcpu *pcpu = &of_pcpu(vcpu->pcpu)->common;

    ring_insert_before(credit_queue_place(pcpu, state->common.priority),
                       &state->common.queued);
    if (!vcpu->is_idle)
        mask_add(&of_host(self)->queued, vcpu->pcpu->id);
}

/* Every idler of the affinity is tickled, not one; the mask is applied to the vCPU's
 * own pCPU only when there are idlers. */
static void tickle(Scheduler *self, const CreditVcpu *woken)
{
    const SampledHost *all = of_host(self);
    Pcpu *pcpu = woken->vcpu->pcpu;
    const int current = of_vcpu(pcpu->current)->common.priority;
    const PcpuMask *affinity = woken->vcpu->hard_affinity;
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

bool credit_3_is_awake(const Vcpu *vcpu)
{
    return vcpu->pcpu->current == vcpu || ring_is_linked(&of_vcpu(vcpu)->common.queued);
}

void credit_3_enqueue(Scheduler *self, Vcpu *vcpu)
{
    queue_insert(self, of_vcpu(vcpu));
    host_resume_ticks(self->host, vcpu->pcpu);
    tickle(self, &of_vcpu(vcpu)->common);
}

void credit_3_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *state = &of_vcpu(vcpu)->common;

    if (credit_3_is_awake(vcpu))
        return;
    state->priority = credit_priority_on_wake(state);
    credit_3_enqueue(self, vcpu);
}

void credit_3_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    CreditVcpu *state = &of_vcpu(vcpu)->common;

    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else if (ring_is_linked(&state->queued))
        ring_remove(&state->queued);
}

/* Choosing a pCPU. */

static bool is_better(unsigned n_here, unsigned n_there, bool has_smt_power_savings)
{
    return has_smt_power_savings ? n_here > n_there : n_here < n_there;
}

/* csched_cpu_pick: away from busy siblings and sockets; the candidate counts as idle.
 */
Pcpu *credit_3_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    const SampledOptions *opt = self->options;
    Host *host = self->host;
    PcpuMask cpus, idlers;
    unsigned cpu = vcpu->pcpu->id;

    mask_init(&cpus, host->n_pcpus);
    mask_and(&cpus, &host->online, vcpu->hard_affinity);
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
        if (is_better(mask_count(&idle_here), mask_count(&idle_there),
                      opt->has_smt_power_savings)) {
            cpu = next;
            mask_remove(&cpus, cpu);
        } else {
            mask_without(&cpus, &cpus, &idle_there);
        }
    }
    return &host->pcpus[cpu];
}

/* Ticks. */

/* csched_vcpu_acct: the whole tick is charged to whoever it catches. */
bool credit_3_charge_tick(Scheduler *self, Pcpu *pcpu)
{
    SampledHost *all = of_host(self);
    CreditVcpu *state = &of_vcpu(pcpu->current)->common;

    if (pcpu->current->is_idle)
        return false;
    if (state->priority == PRIORITY_BOOST)
        state->priority = PRIORITY_UNDER;
    credit_charge(&all->accounting, state, all->credits_per_tick);
    if (ring_is_linked(&state->active))
        return true;
    credit_start_accounting(&all->accounting, state);
    return false;
}

void credit_3_move_running(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    if (credit_3_pick(self, pcpu->current, now_ns) == pcpu)
        return;
    host_request_migration(self->host, pcpu->current);
    host_raise_schedule(self->host, pcpu);
}

void credit_3_end_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    credit_queue_sort(&of_host(self)->accounting, &of_pcpu(pcpu)->common);
    host_arm_tick(self->host, pcpu, now_ns + CREDIT_3_TICK_NS);
}

/* A tick that catches an idle pCPU charges nobody and moves nobody, and an empty queue
 * is sorted; whatever enters it later enters in order, and only an accounting pass can
 * undo that. So those that follow change nothing until a vCPU is queued here or chosen;
 * but pCPU 0's count the periods. */
static bool is_idle_tick(const Pcpu *pcpu)
{
    return pcpu->current->is_idle && pcpu->id != 0 &&
           ring_is_empty(&of_pcpu(pcpu)->common.queue);
}

void credit_3_account_and_end_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const bool is_accounting =
        ++of_pcpu(pcpu)->tick % TICKS_PER_PERIOD == 0 && pcpu->id == 0;

    if (is_accounting)
        credit_account_all(self, &of_host(self)->accounting);
    if (is_idle_tick(pcpu))
        host_skip_ticks(self->host, pcpu, now_ns + CREDIT_3_TICK_NS, CREDIT_3_TICK_NS);
    else
        credit_3_end_tick(self, pcpu, now_ns);
    if (is_accounting)
        host_announce_accounting(self->host);
}

/* Decisions. */

/* True also if a vCPU is queued behind the idle one (3.0.3's parked ones): a thief
 * stops at the idle one, but sorting may bring the other to the front without a new
 * insertion. */
static bool has_queued(const Pcpu *pcpu)
{
    const RingNode *queue = &of_pcpu(pcpu)->common.queue, *first = queue->next;

    return first != queue &&
           (first->next != queue || first != &of_vcpu(pcpu->idle)->common.queued);
}

static SampledVcpu *steal(Pcpu *from, Pcpu *to, int priority, int64_t hot_since_ns)
{
    RingNode *queue = &of_pcpu(from)->common.queue;

    if (from->current->is_idle)
        return NULL;
    for (RingNode *node = queue->next; node != queue; node = node->next) {
        SampledVcpu *state = of_queued(node);
        Vcpu *vcpu = state->common.vcpu;

        if (state->common.priority <= priority)
            return NULL;
        if (vcpu->is_running || !mask_has(vcpu->hard_affinity, to->id) ||
            state->descheduled_ns > hot_since_ns)
            continue;
        ring_remove(node);
        vcpu->pcpu = to;
        return state;
    }
    return NULL;
}

/* csched_load_balance: strictly better work from a busy peer, or the local head. Never
 * the peer's idle vCPU, not even for a head that 3.0.3 has parked below its own. Xen
 * asks every worker; one that has nothing queued has nothing to give. */
static SampledVcpu *balance_load(Scheduler *self, Pcpu *pcpu, SampledVcpu *head,
                                 int64_t now_ns)
{
    const SampledOptions *opt = self->options;
    const int priority = MAX(head->common.priority, PRIORITY_IDLE);
    Host *host = self->host;
    PcpuMask *queued = &of_host(self)->queued, workers;
    unsigned peer = pcpu->id;

    mask_without(&workers, &host->online, &of_host(self)->idlers);
    mask_remove(&workers, pcpu->id);
    mask_and(&workers, &workers, queued);
    while ((peer = mask_cycle(&workers, peer)) != PCPU_NONE) {
        SampledVcpu *stolen =
            steal(&host->pcpus[peer], pcpu, priority, now_ns - opt->migration_delay_ns);

        if (stolen)
            return stolen;
        mask_remove(&workers, peer);
        if (!has_queued(&host->pcpus[peer]))
            mask_remove(queued, peer);
    }
    ring_remove(&head->common.queued);
    return head;
}

SchedDecision credit_3_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    SampledHost *all = of_host(self);
    SampledVcpu *next;

    of_vcpu(pcpu->current)->descheduled_ns = now_ns;
    if (vcpu_is_runnable(pcpu->current))
        queue_insert(self, of_vcpu(pcpu->current));
    next = of_queued(of_pcpu(pcpu)->common.queue.next);
    if (next->common.priority > PRIORITY_OVER)
        ring_remove(&next->common.queued);
    else
        next = balance_load(self, pcpu, next, now_ns);
    if (!next->common.vcpu->is_idle)
        host_resume_ticks(self->host, pcpu);
    if (next->common.priority == PRIORITY_IDLE)
        mask_add(&all->idlers, pcpu->id);
    else
        mask_remove(&all->idlers, pcpu->id);
    return (SchedDecision){ next->common.vcpu, CREDIT_3_SLICE_NS };
}
