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
    CREDIT_TICK_OPTIONS(SampledOptions, ""),
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
    CREDIT_3_OPERATIONS,
    .init = credit_3_1_init,
    .start = credit_3_start,
    .schedule = credit_3_schedule,
    .wake = credit_3_wake,
    .pick_cpu = credit_3_pick,
    .wait_begins = credit_wait_begins,
    .wait_ends = credit_wait_ends,
    .tick = credit_3_1_tick,
};
