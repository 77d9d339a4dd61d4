/*
 * credit_3_1.c - the credit scheduler of Xen 3.1 (the same in 3.2 and 3.3).
 *
 * Every 10 ms a tick charges 100 credits to whoever it catches, every 30 ms the
 * accounting pass hands out 300 credits per pCPU among the active accounts. A vCPU is
 * UNDER while it has credit, OVER when it has none, and BOOSTed when it wakes UNDER.
 *
 * Exact after Xen 3.1, sched_credit.c.
 */
#include "models/schedulers/credit_3.h"

static const Option options[] = {
    CREDIT_3_TICK_OPTIONS,
    CREDIT_SDOM_OPTION(SampledOptions),
    { 0 },
};

static void credit_3_1_init(Scheduler *self)
{
    const SampledOptions *opt = self->options;
    const CreditRules rules = {
        .credits_per_period = 300,
        .savings = SAVINGS_ZEROED,
        .sdom_variant = (SdomVariant)opt->sdom_variant,
    };

    credit_3_init(self, &rules);
}

static void credit_3_1_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    if (credit_3_charge_tick(self, pcpu))
        credit_3_move_running(self, pcpu, now_ns);
    credit_3_account_and_end_tick(self, pcpu, now_ns);
}

const SchedulerOps credit_3_1_scheduler = {
    .name = "credit-3.1",
    .summary = "credit of Xen 3.1 to 3.3: charge by sampling at ticks",
    .options = options,
    .core = XEN_CORE_3_1,
    .params = PARAM_WEIGHT | PARAM_CAP,
    .options_size = sizeof(SampledOptions),
    .state_size = sizeof(SampledHost),
    .domain_state_size = sizeof(CreditAccount),
    .vcpu_state_size = sizeof(SampledVcpu),
    .pcpu_state_size = sizeof(SampledPcpu),
    .init = credit_3_1_init,
    .pcpu_init = credit_3_pcpu_init,
    .domain_init = credit_domain_init,
    .vcpu_init = credit_3_vcpu_init,
    .vcpu_remove = credit_vcpu_remove,
    .start = credit_3_start,
    .schedule = credit_3_schedule,
    .wake = credit_3_wake,
    .sleep = credit_3_sleep,
    .pick = credit_3_pick,
    .wait_begins = credit_wait_begins,
    .wait_ends = credit_wait_ends,
    .adjust = credit_adjust,
    .regroup = credit_regroup,
    .tick = credit_3_1_tick,
    .inspect = credit_inspect,
};
