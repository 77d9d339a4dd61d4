/*
 * credit_3_0_3.c - the credit scheduler of Xen 3.0.3, the first that shipped it.
 *
 * A credit is a millisecond. There is no BOOST. A capped vCPU in debt is not paused
 * but sorted below idle, from its next decision on. Every vCPU is active from its
 * creation, and one that has saved too much adds it to the balance although it loses
 * it. A vCPU moves only when it is stolen or its affinity forbids its pCPU. All else
 * is as in 3.1: looking at every peer and passing over the idle ones comes to the same
 * as looking at the busy ones.
 *
 * After Xen 3.0.3, sched_credit.c. There the tick belongs to the generic layer, which
 * sends a timer event to the running guest before it: contexts see no such event here.
 */
#include "models/schedulers/credit_3.h"

static const Option options[] = { CREDIT_TICK_OPTIONS(SampledOptions, ""), { 0 } };

static void credit_3_0_3_init(Scheduler *self)
{
    const CreditRules rules = {
        .credits_per_period = 30,
        .savings = SAVINGS_ZEROED_LATE,
        .parking = PARKED_BELOW_IDLE,
    };

    credit_3_init(self, &rules);
}

/* Accounted for from the beginning, whether it runs or not. */
static void credit_3_0_3_vcpu_insert(Scheduler *self, Vcpu *vcpu,
                                     int64_t now_ns G_GNUC_UNUSED)
{
    SampledHost *all = self->state;
    SampledVcpu *state = vcpu->sched_state;

    credit_start_accounting(&all->accounting, &state->common);
}

static void credit_3_0_3_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (!credit_3_is_awake(vcpu))
        credit_3_enqueue(self, vcpu);
}

static Pcpu *credit_3_0_3_pick(Scheduler *self, Vcpu *vcpu,
                               int64_t now_ns G_GNUC_UNUSED)
{
    return &self->host->pcpus[mask_first(vcpu->hard_affinity)];
}

static void credit_3_0_3_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    credit_3_charge_tick(self, pcpu);
    credit_3_account_and_end_tick(self, pcpu, now_ns);
}

const SchedulerOps credit_3_0_3_scheduler = {
    .name = "credit-3.0.3",
    .summary = "credit of Xen 3.0.3: no BOOST, parked below idle",
    .options = options,
    CREDIT_3_OPERATIONS,
    .init = credit_3_0_3_init,
    .vcpu_insert = credit_3_0_3_vcpu_insert,
    .start = credit_3_start,
    .schedule = credit_3_schedule,
    .wake = credit_3_0_3_wake,
    .pick_cpu = credit_3_0_3_pick,
    .tick = credit_3_0_3_tick,
};
