/*
 * round_robin.c - equal turns in a queue for each pCPU, and no pCPU idle in vain.
 *
 * The smallest scheduler that fills the socket: start a new one from here. It is not
 * one of Xen's.
 */
#include "models/host/host.h"
#include "models/host/run_queue.h"

typedef struct {
    int64_t slice_ns;
} Options;

typedef struct {
    RingNode queued; /* in the queue of vcpu->pcpu while it waits there */
    Vcpu *vcpu;
} RoundRobinVcpu;

static const Option options[] = {
    OPTION_NS_FIELD(Options, slice_ns, "slice", "30ms", NS_PER_US, NS_PER_S,
                    "longest turn before the next in line"),
    { 0 },
};

static RoundRobinVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static RingNode *queue_of(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static void round_robin_pcpu_init(Scheduler *self G_GNUC_UNUSED, Pcpu *pcpu)
{
    ring_init(queue_of(pcpu));
}

static void round_robin_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                                  int64_t now_ns G_GNUC_UNUSED)
{
    ring_init(&of_vcpu(vcpu)->queued);
    of_vcpu(vcpu)->vcpu = vcpu;
}

/* Every idle pCPU that may run it decides again, and the first to do so takes it. */
static void line_up(Host *host, Vcpu *vcpu)
{
    const PcpuMask *allowed = vcpu->hard_affinity;

    ring_push_back(queue_of(vcpu->pcpu), &of_vcpu(vcpu)->queued);
    for (unsigned i = mask_first(allowed); i != PCPU_NONE; i = mask_next(allowed, i))
        if (host->pcpus[i].current->is_idle)
            host_raise_schedule(host, &host->pcpus[i]);
}

static void round_robin_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pcpu->current != vcpu && !ring_is_linked(&of_vcpu(vcpu)->queued))
        line_up(self->host, vcpu);
}

static void round_robin_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else if (ring_is_linked(&of_vcpu(vcpu)->queued))
        ring_remove(&of_vcpu(vcpu)->queued);
}

static Vcpu *take_first(const Pcpu *from, Pcpu *to)
{
    RingNode *queue = queue_of(from);

    for (RingNode *node = queue->next; node != queue; node = node->next) {
        Vcpu *vcpu = RING_OWNER(node, RoundRobinVcpu, queued)->vcpu;

        if (!vcpu_is_runnable(vcpu) || !mask_has(vcpu->hard_affinity, to->id))
            continue;
        ring_remove(node);
        vcpu->pcpu = to;
        return vcpu;
    }
    return NULL;
}

/* The current vCPU goes behind those who wait; next is the first in line here or, if
 * nobody is, in the queue of another pCPU. */
static SchedDecision round_robin_schedule(Scheduler *self, Pcpu *pcpu,
                                          int64_t now_ns G_GNUC_UNUSED)
{
    const Options *opt = self->options;
    Host *host = self->host;
    Vcpu *current = pcpu->current, *next = NULL;

    if (vcpu_is_runnable(current) && !current->is_idle)
        line_up(host, current);
    for (unsigned i = 0; i < host->n_pcpus && !next; i++)
        next = take_first(&host->pcpus[(pcpu->id + i) % host->n_pcpus], pcpu);
    return next ? (SchedDecision){ next, opt->slice_ns }
                : (SchedDecision){ pcpu->idle, -1 };
}

static Pcpu *round_robin_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (mask_has(vcpu->hard_affinity, vcpu->pcpu->id))
        return vcpu->pcpu;
    return &self->host->pcpus[mask_first(vcpu->hard_affinity)];
}

const SchedulerOps round_robin_scheduler = {
    .name = "round-robin",
    .summary = "equal turns on each pCPU; idle pCPUs take from the others",
    .options = options,
    .core = XEN_CORE_4_17,
    .options_size = sizeof(Options),
    .vcpu_state_size = sizeof(RoundRobinVcpu),
    .pcpu_state_size = sizeof(RingNode),
    .pcpu_init = round_robin_pcpu_init,
    .vcpu_init = round_robin_vcpu_init,
    .schedule = round_robin_schedule,
    .wake = round_robin_wake,
    .sleep = round_robin_sleep,
    .pick_cpu = round_robin_pick,
};
