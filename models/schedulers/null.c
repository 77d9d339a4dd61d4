/*
 * null.c - the null scheduler of Xen 4.17: at most one vCPU for each pCPU, for good.
 *
 * A vCPU gets a free pCPU when it is created and keeps it, idle or not. One that finds
 * none waits until a pCPU becomes free, and does not run at all meanwhile.
 *
 * After Xen 4.17, sched/null.c.
 */
#include "models/host/host.h"
#include "models/host/run_queue.h"

typedef struct {
    RingNode waiting; /* for a free pCPU, first come, first served */
    Vcpu *vcpu;
} NullVcpu;

typedef struct {
    Vcpu *assigned; /* NULL: free */
} NullPcpu;

typedef struct {
    RingNode waiters;
} NullHost;

static NullVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static NullPcpu *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static NullHost *of_host(const Scheduler *self)
{
    return self->state;
}

static bool has_pcpu(const Vcpu *vcpu)
{
    return of_pcpu(vcpu->pcpu)->assigned == vcpu;
}

static void null_init(Scheduler *self)
{
    ring_init(&of_host(self)->waiters);
}

static void null_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                           int64_t now_ns G_GNUC_UNUSED)
{
    ring_init(&of_vcpu(vcpu)->waiting);
    of_vcpu(vcpu)->vcpu = vcpu;
}

/* The vCPU's own pCPU, or the lowest, among those free and allowed. */
static Pcpu *first_free(const Host *host, const Vcpu *vcpu, const PcpuMask *allowed)
{
    if (mask_has(allowed, vcpu->pcpu->id) && !of_pcpu(vcpu->pcpu)->assigned)
        return vcpu->pcpu;
    for (unsigned i = mask_first(allowed); i != PCPU_NONE; i = mask_next(allowed, i))
        if (!of_pcpu(&host->pcpus[i])->assigned)
            return &host->pcpus[i];
    return NULL;
}

/* Where it is if it may stay there; a free pCPU, by soft affinity if there is one. */
static Pcpu *null_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    const PcpuMask *hard = vcpu->hard_affinity;
    PcpuMask both;
    Pcpu *pcpu;

    if (has_pcpu(vcpu) && mask_has(hard, vcpu->pcpu->id))
        return vcpu->pcpu;
    mask_init(&both, self->host->n_pcpus);
    mask_and(&both, hard, vcpu->soft_affinity);
    pcpu = first_free(self->host, vcpu, &both);
    if (!pcpu)
        pcpu = first_free(self->host, vcpu, hard);
    if (pcpu)
        return pcpu;
    return mask_has(hard, vcpu->pcpu->id) ? vcpu->pcpu
                                          : &self->host->pcpus[mask_first(hard)];
}

static void assign_or_wait(Scheduler *self, Vcpu *vcpu, Pcpu *pcpu)
{
    vcpu->pcpu = pcpu;
    if (of_pcpu(pcpu)->assigned)
        ring_push_back(&of_host(self)->waiters, &of_vcpu(vcpu)->waiting);
    else
        of_pcpu(pcpu)->assigned = vcpu;
}

static void null_vcpu_insert(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    assign_or_wait(self, vcpu, null_pick(self, vcpu, now_ns));
}

static void release(Scheduler *self, Vcpu *vcpu)
{
    if (has_pcpu(vcpu)) {
        of_pcpu(vcpu->pcpu)->assigned = NULL;
        host_raise_schedule(self->host, vcpu->pcpu);
    } else if (ring_is_linked(&of_vcpu(vcpu)->waiting)) {
        ring_remove(&of_vcpu(vcpu)->waiting);
    }
}

static void null_vcpu_remove(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    release(self, vcpu);
}

static void null_migrate(Scheduler *self, Vcpu *vcpu, Pcpu *to,
                         int64_t now_ns G_GNUC_UNUSED)
{
    if (has_pcpu(vcpu) && vcpu->pcpu == to)
        return;
    release(self, vcpu);
    assign_or_wait(self, vcpu, to);
}

static Vcpu *first_waiter(const NullHost *all, const Pcpu *pcpu, bool is_by_soft)
{
    for (RingNode *node = all->waiters.next; node != &all->waiters; node = node->next) {
        Vcpu *vcpu = RING_OWNER(node, NullVcpu, waiting)->vcpu;

        if (mask_has(vcpu->hard_affinity, pcpu->id) &&
            (!is_by_soft || mask_has(vcpu->soft_affinity, pcpu->id)))
            return vcpu;
    }
    return NULL;
}

static void take_waiter(Scheduler *self, Pcpu *pcpu)
{
    Vcpu *vcpu = first_waiter(of_host(self), pcpu, true);

    if (!vcpu)
        vcpu = first_waiter(of_host(self), pcpu, false);
    if (!vcpu)
        return;
    ring_remove(&of_vcpu(vcpu)->waiting);
    assign_or_wait(self, vcpu, pcpu);
}

static SchedDecision null_schedule(Scheduler *self, Pcpu *pcpu,
                                   int64_t now_ns G_GNUC_UNUSED)
{
    NullPcpu *state = of_pcpu(pcpu);

    if (!state->assigned)
        take_waiter(self, pcpu);
    if (state->assigned && vcpu_is_runnable(state->assigned))
        return (SchedDecision){ state->assigned, -1 };
    return (SchedDecision){ pcpu->idle, -1 };
}

static void null_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (has_pcpu(vcpu))
        host_raise_schedule(self->host, vcpu->pcpu);
}

static void null_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
}

const SchedulerOps null_scheduler = {
    .name = "null",
    .summary = "null of Xen 4.17: a pCPU of its own for each vCPU, or none",
    .core = XEN_CORE_4_17,
    .state_size = sizeof(NullHost),
    .vcpu_state_size = sizeof(NullVcpu),
    .pcpu_state_size = sizeof(NullPcpu),
    .init = null_init,
    .vcpu_init = null_vcpu_init,
    .vcpu_insert = null_vcpu_insert,
    .vcpu_remove = null_vcpu_remove,
    .schedule = null_schedule,
    .wake = null_wake,
    .sleep = null_sleep,
    .pick_cpu = null_pick,
    .migrate = null_migrate,
};
