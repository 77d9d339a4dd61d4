/*
 * credit_3_4.c - the credit scheduler of Xen 3.4.
 *
 * As 3.1, but the accounting has a timer of its own, a vCPU that has just run
 * somewhere may be too hot to steal, cores may be filled before others are used, and
 * an idle pCPU has no slice timer and, in deep idle, no tick.
 *
 * After Xen 3.4, sched_credit.c. Xen leaves it to the drift of its timers whether a
 * tick or the accounting of the same instant comes first; here that is an option.
 */
#include "models/schedulers/credit_3.h"

enum {
    ACCOUNTING_BEFORE_TICK,
    ACCOUNTING_AFTER_TICK,
};

static const char *const accounting_places[] = { "before", "after", NULL };

static const Option options[] = {
    CREDIT_TICK_OPTIONS(SampledOptions, ""),
    CREDIT_ACCOUNTING_OPTION(SampledOptions),
    OPTION_CHOICE_FIELD(SampledOptions, accounting_at_tick, "accounting-at-tick",
                        "before", accounting_places,
                        "before or after the ticks of the same instant"),
    CREDIT_TOPOLOGY_OPTIONS(SampledOptions),
    OPTION_BOOL_FIELD(SampledOptions, is_idle_deep, "deep-idle", "no",
                      "an idle pCPU stops its tick (ACPI C-states)"),
    { 0 },
};

static void credit_3_4_init(Scheduler *self)
{
    const CreditRules rules = { .credits_per_period = 300, .savings = SAVINGS_ZEROED };

    credit_3_init(self, &rules);
}

static void arm_accounting(Scheduler *self, int64_t at_ns)
{
    SampledHost *all = self->state;

    all->accounting_due_ns = at_ns;
    host_arm_accounting(self->host, at_ns);
}

static void credit_3_4_start(Scheduler *self, int64_t now_ns)
{
    const SampledOptions *opt = self->options;

    credit_3_start(self, now_ns);
    arm_accounting(self, now_ns + opt->accounting_first_ns);
}

static void credit_3_4_account(Scheduler *self, int64_t now_ns)
{
    SampledHost *all = self->state;

    credit_account_all(self, &all->accounting);
    arm_accounting(self, now_ns + CREDIT_3_SLICE_NS);
    host_announce_accounting(self->host);
}

static void credit_3_4_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const SampledOptions *opt = self->options;
    const SampledHost *all = self->state;

    if (opt->accounting_at_tick == ACCOUNTING_BEFORE_TICK &&
        all->accounting_due_ns <= now_ns)
        credit_3_4_account(self, now_ns);
    if (credit_3_charge_tick(self, pcpu))
        credit_3_move_running(self, pcpu, now_ns);
    credit_3_end_tick(self, pcpu, now_ns);
}

/* Ticks that have stood still come back at the next multiple of the tick since boot
 * (csched_tick_resume), whatever their phase was before. */
static void switch_tick(Scheduler *self, Pcpu *pcpu, const Vcpu *next, int64_t now_ns)
{
    if (next->is_idle)
        host_stop_tick(self->host, pcpu);
    else if (pcpu->current->is_idle)
        host_arm_tick(self->host, pcpu,
                      now_ns + CREDIT_3_TICK_NS - now_ns % CREDIT_3_TICK_NS);
}

static SchedDecision credit_3_4_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns)
{
    const SampledOptions *opt = self->options;
    SchedDecision decision = credit_3_schedule(self, pcpu, now_ns);

    if (opt->is_idle_deep)
        switch_tick(self, pcpu, decision.next, now_ns);
    if (decision.next->is_idle)
        decision.slice_ns = -1;
    return decision;
}

const SchedulerOps credit_3_4_scheduler = {
    .name = "credit-3.4",
    .summary = "credit of Xen 3.4: accounting on a timer, migration delay",
    .options = options,
    CREDIT_3_OPERATIONS,
    .init = credit_3_4_init,
    .start = credit_3_4_start,
    .schedule = credit_3_4_schedule,
    .wake = credit_3_wake,
    .pick_cpu = credit_3_pick,
    .tick = credit_3_4_tick,
    .account = credit_3_4_account,
};
