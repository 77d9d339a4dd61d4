/*
 * bvt.c - borrowed virtual time, the scheduler of Xen 3.0 before credit.
 *
 * A vCPU's actual virtual time (avt) advances while it runs, the slower the higher its
 * weight; whoever has the lowest effective virtual time (evt) runs. A warped vCPU
 * borrows: its evt is its avt less a constant. There is no balancing.
 *
 * After Xen 3.0.2, sched_bvt.c; docs/schedulers-other.md says what is not.
 */
#include "models/host/host.h"
#include "models/host/run_queue.h"

#define CHARGING_UNIT_NS     (100 * NS_PER_US)
#define DEFAULT_ADVANCE      10
#define DEFAULT_WEIGHT       INT64_C(256)
#define WHEN_ALONE           10 /* times the allowance */
#define VIRTUAL_TIME_HIGH    UINT32_C(0xf0000000)
#define VIRTUAL_TIME_RESTART UINT32_C(0xe0000000)

typedef struct {
    int64_t allowance_ns, warp, warp_limit_ns, unwarp_ns;
} Options;

typedef struct {
    RingNode queued;
    Vcpu *vcpu;
    uint32_t avt, evt;
    uint32_t advance;     /* of virtual time per charging unit */
    int64_t run_since_ns; /* last decision for it */
    int64_t warped_ns;    /* run warped since it woke */
    int64_t unwarped_until_ns;
    bool has_moved; /* since it was last queued */
} BvtVcpu;

typedef struct {
    RingNode queue;
    uint32_t svt; /* system virtual time: the lowest avt */
} BvtPcpu;

static const Option options[] = {
    OPTION_NS_FIELD(Options, allowance_ns, "context-allowance", "5ms", 10 * NS_PER_US,
                    NS_PER_S, "least time between switches"),
    OPTION_INTEGER_FIELD(Options, warp, "dom0-warp", "0", 0, 1000000,
                         "virtual time that dom0 borrows; 10 is 100us of weight 256"),
    OPTION_NS_FIELD(Options, warp_limit_ns, "warp-limit", "2s", 0, 3600 * NS_PER_S,
                    "how long it may run warped without a block; 0: for ever"),
    OPTION_NS_FIELD(Options, unwarp_ns, "unwarp", "1s", 0, 3600 * NS_PER_S,
                    "how long it must then do without; 0: for ever"),
    { 0 },
};

static BvtVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static BvtPcpu *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static BvtVcpu *queued_owner(RingNode *node)
{
    return RING_OWNER(node, BvtVcpu, queued);
}

/* Xen's default for the default weight; the more weight, the less it advances. */
static uint32_t advance_of_weight(int64_t weight)
{
    return (uint32_t)MAX(1, (DEFAULT_ADVANCE * DEFAULT_WEIGHT + weight / 2) / weight);
}

static void bvt_pcpu_init(Scheduler *self G_GNUC_UNUSED, Pcpu *pcpu)
{
    ring_init(&of_pcpu(pcpu)->queue);
}

static void bvt_vcpu_init(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu,
                          int64_t now_ns G_GNUC_UNUSED)
{
    const SchedParams *params = &vcpu->domain->params;
    BvtVcpu *state = of_vcpu(vcpu);

    ring_init(&state->queued);
    state->vcpu = vcpu;
    state->advance =
        advance_of_weight(params->set & PARAM_WEIGHT ? params->weight : DEFAULT_WEIGHT);
}

/* Virtual time. */

/* Begun units count. */
static uint32_t avt_at(const BvtVcpu *state, int64_t now_ns)
{
    const int64_t ran_ns = now_ns - state->run_since_ns;
    const int64_t units = (ran_ns + CHARGING_UNIT_NS - 1) / CHARGING_UNIT_NS;

    return state->avt + (uint32_t)units * state->advance;
}

static bool is_warped(const Options *opt, const BvtVcpu *state, int64_t now_ns)
{
    return opt->warp > 0 && state->vcpu->domain->id == 0 &&
           now_ns >= state->unwarped_until_ns;
}

static uint32_t evt_of(const Options *opt, const BvtVcpu *state, uint32_t avt,
                       int64_t now_ns)
{
    const uint32_t warp = is_warped(opt, state, now_ns) ? (uint32_t)opt->warp : 0;

    return avt > warp ? avt - warp : 0;
}

/* A warp that has lasted to its limit ends, for a while or for ever. */
static void charge_warp(const Options *opt, BvtVcpu *state, int64_t now_ns)
{
    if (opt->warp_limit_ns == 0 || !is_warped(opt, state, state->run_since_ns))
        return;
    state->warped_ns += now_ns - state->run_since_ns;
    if (state->warped_ns < opt->warp_limit_ns)
        return;
    state->warped_ns = 0;
    state->unwarped_until_ns =
        opt->unwarp_ns == 0 ? TIME_NEVER_NS : now_ns + opt->unwarp_ns;
}

/* Before 32 bits are through, everybody on the pCPU goes back by the same amount. */
static void restart_virtual_time(Host *host, const Pcpu *pcpu)
{
    if (of_pcpu(pcpu)->svt < VIRTUAL_TIME_HIGH)
        return;
    of_pcpu(pcpu)->svt -= VIRTUAL_TIME_RESTART;
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        BvtVcpu *state = of_vcpu(g_ptr_array_index(host->vcpus, i));

        if (state->vcpu->pcpu != pcpu)
            continue;
        state->avt -= MIN(state->avt, VIRTUAL_TIME_RESTART);
        state->evt -= MIN(state->evt, VIRTUAL_TIME_RESTART);
    }
}

/* Decisions. */

static void charge(const Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    BvtVcpu *state = of_vcpu(pcpu->current);

    if (pcpu->current->is_idle)
        return;
    charge_warp(self->options, state, now_ns);
    state->avt = avt_at(state, now_ns);
    state->evt = evt_of(self->options, state, state->avt, now_ns);
    if (vcpu_is_runnable(pcpu->current))
        ring_push_back(&of_pcpu(pcpu)->queue, &state->queued);
}

/* The lowest evt of the queue, the first of equals; NULL: nobody is ready. */
static BvtVcpu *lowest(BvtPcpu *pcpu)
{
    BvtVcpu *best = NULL;

    for (RingNode *node = pcpu->queue.next; node != &pcpu->queue; node = node->next) {
        BvtVcpu *state = queued_owner(node);

        if (!best || state->evt < best->evt)
            best = state;
    }
    return best;
}

static void advance_system_time(BvtPcpu *pcpu)
{
    uint32_t svt = UINT32_MAX;

    for (RingNode *node = pcpu->queue.next; node != &pcpu->queue; node = node->next)
        svt = MIN(svt, queued_owner(node)->avt);
    pcpu->svt = svt;
}

/* A lead in charging units counts as so many ns; Xen mixes the units the same way. */
static int64_t lead_ns(const BvtVcpu *runner, uint32_t evt, uint32_t other_evt)
{
    return (other_evt - evt) / runner->advance;
}

static int64_t slice_ns(const Options *opt, const BvtVcpu *next, const BvtVcpu *second)
{
    if (!second)
        return WHEN_ALONE * opt->allowance_ns;
    return lead_ns(next, next->evt, second->evt) + opt->allowance_ns;
}

static SchedDecision bvt_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const Options *opt = self->options;
    BvtPcpu *state = of_pcpu(pcpu);
    BvtVcpu *next;
    int64_t for_ns;

    charge(self, pcpu, now_ns);
    next = lowest(state);
    if (!next)
        return (SchedDecision){ pcpu->idle, opt->allowance_ns };
    advance_system_time(state);
    restart_virtual_time(self->host, pcpu);
    ring_remove(&next->queued);
    for_ns = slice_ns(opt, next, lowest(state));
    next->run_since_ns = now_ns;
    if (opt->warp_limit_ns > 0 && is_warped(opt, next, now_ns))
        for_ns = MIN(for_ns, opt->warp_limit_ns - next->warped_ns);
    return (SchedDecision){ next->vcpu, for_ns };
}

/* Wake and sleep. */

static void preempt(Scheduler *self, const BvtVcpu *woken, int64_t now_ns)
{
    const Options *opt = self->options;
    Pcpu *pcpu = woken->vcpu->pcpu;
    const BvtVcpu *current = of_vcpu(pcpu->current);
    uint32_t evt = 0;

    if (!pcpu->current->is_idle)
        evt = evt_of(opt, current, avt_at(current, now_ns), now_ns);
    if (pcpu->current->is_idle || woken->evt <= evt)
        host_raise_schedule(self->host, pcpu);
    else
        host_shorten_slice(self->host, pcpu,
                           current->run_since_ns + lead_ns(current, evt, woken->evt) +
                               opt->allowance_ns);
}

/* Who has slept long, or elsewhere, has no claim on the time it missed. */
static void bvt_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns)
{
    BvtVcpu *state = of_vcpu(vcpu);
    const BvtPcpu *pcpu = of_pcpu(vcpu->pcpu);

    if (vcpu->pcpu->current == vcpu || ring_is_linked(&state->queued))
        return;
    ring_push_front(&of_pcpu(vcpu->pcpu)->queue, &state->queued);
    if (state->has_moved || state->avt < pcpu->svt)
        state->avt = pcpu->svt;
    state->has_moved = false;
    state->warped_ns = 0;
    state->evt = evt_of(self->options, state, state->avt, now_ns);
    preempt(self, state, now_ns);
}

static void bvt_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pcpu->current == vcpu)
        host_raise_schedule(self->host, vcpu->pcpu);
    else if (ring_is_linked(&of_vcpu(vcpu)->queued))
        ring_remove(&of_vcpu(vcpu)->queued);
}

static Pcpu *bvt_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    return &self->host->pcpus[mask_first(vcpu->hard_affinity)];
}

static void bvt_migrate(Scheduler *self G_GNUC_UNUSED, Vcpu *vcpu, Pcpu *to,
                        int64_t now_ns G_GNUC_UNUSED)
{
    of_vcpu(vcpu)->has_moved = true;
    vcpu->pcpu = to;
}

static int bvt_adjust(Scheduler *self G_GNUC_UNUSED, Domain *domain,
                      const SchedParams *params, int64_t now_ns G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < domain->vcpus->len && params->set & PARAM_WEIGHT; i++)
        of_vcpu(g_ptr_array_index(domain->vcpus, i))->advance =
            advance_of_weight(params->weight);
    return 0;
}

const SchedulerOps bvt_scheduler = {
    .name = "bvt",
    .summary = "borrowed virtual time of Xen 3.0: lowest virtual time first, with warp",
    .options = options,
    .core = XEN_CORE_3_1,
    .params = PARAM_WEIGHT,
    .options_size = sizeof(Options),
    .vcpu_state_size = sizeof(BvtVcpu),
    .pcpu_state_size = sizeof(BvtPcpu),
    .pcpu_init = bvt_pcpu_init,
    .vcpu_init = bvt_vcpu_init,
    .schedule = bvt_schedule,
    .wake = bvt_wake,
    .sleep = bvt_sleep,
    .pick_cpu = bvt_pick,
    .migrate = bvt_migrate,
    .adjust = bvt_adjust,
};
