/*
 * credit_4_17.h - the state of the credit scheduler of Xen 4.17, for its two files.
 */
#ifndef MODELS_SCHEDULERS_CREDIT_4_17_H
#define MODELS_SCHEDULERS_CREDIT_4_17_H

#include "models/schedulers/credit_sdom.h"

typedef struct {
    int64_t tick_first_ns, tick_stagger_ns, accounting_first_ns, timer_lag_ns;
    int64_t slice_ns, ratelimit_ns, migration_delay_ns;
    bool has_smt_power_savings, is_one_idler_tickled;
    int weight_per;   /* index into weight_owners */
    int sdom_variant; /* an SdomVariant */
} TimedOptions;

typedef struct {
    CreditVcpu common;
    /* While it runs: charged up to here. While it is off its pCPU: -(time run but not
     * yet charged), so that adding the time of its dispatch restores it (Xen:
     * start_time). */
    int64_t start_ns;
    int64_t descheduled_ns;
    uint32_t residual; /* of a credit, in 1/NS_PER_MS */
    bool has_yielded;
    bool is_moving; /* placed by pick_cpu: the wake that follows does not boost */
    bool has_soft_affinity;
} TimedVcpu;

typedef struct {
    CreditPcpu common;
    unsigned n_runnable; /* queued here, and the running one */
    unsigned idle_bias;  /* where pick_cpu last put somebody near here */
    unsigned last_tickled;
} TimedPcpu;

typedef struct {
    CreditAccounting accounting;
    PcpuMask idlers;  /* without those already tickled */
    PcpuMask crowded; /* where more than one vCPU is runnable */
    unsigned balance_bias;
    unsigned n_soft; /* vCPUs with a soft affinity of their own */
    int64_t tick_ns, ratelimit_ns;
} TimedHost;

static inline TimedVcpu *of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static inline TimedPcpu *of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static inline TimedHost *of_host(const Scheduler *self)
{
    return self->state;
}

static inline const TimedOptions *options_of(const Scheduler *self)
{
    return self->options;
}

/* Affinity is tried in two steps: soft, if it says anything, then hard. */
typedef enum {
    STEP_SOFT,
    STEP_HARD,
    STEPS,
} AffinityStep;

static inline AffinityStep first_step(const TimedVcpu *state)
{
    return state->has_soft_affinity ? STEP_SOFT : STEP_HARD;
}

/* to = those of the mask that the step allows */
static inline void mask_allowed(PcpuMask *to, const PcpuMask *mask, const Vcpu *vcpu,
                                AffinityStep step)
{
    mask_and(to, mask, vcpu->hard_affinity);
    if (step == STEP_SOFT)
        mask_and(to, to, vcpu->soft_affinity);
}

/* Xen 4.17, csched_cpu_pick: the best pCPU for the vCPU now. Committed, the choice is
 * remembered, so that the next vCPU placed near there goes on from it. */
Pcpu *credit_4_17_choose(Scheduler *self, Vcpu *vcpu, bool is_committed);

#endif
