/*
 * credit_3.h - the credit scheduler of the 3.x series: charge by sampling at ticks.
 *
 * Every 10 ms a tick charges a tick's worth of credits to whoever it catches; every
 * 30 ms accounting hands out a period's worth per pCPU. The idle vCPU is an ordinary
 * member of its pCPU's queue. The operations here are those of 3.1; where 3.0.3 or 3.4
 * differ is said in credit_3_0_3.c and credit_3_4.c, and nowhere else.
 */
#ifndef MODELS_SCHEDULERS_CREDIT_3_H
#define MODELS_SCHEDULERS_CREDIT_3_H

#include "models/schedulers/credit_sdom.h"

#define CREDIT_3_TICK_NS  (10 * NS_PER_MS)
#define CREDIT_3_SLICE_NS (30 * NS_PER_MS)

/* A generation's table names those it has; the others stay 0. */
typedef struct {
    int64_t tick_first_ns, tick_stagger_ns, accounting_first_ns;
    int64_t migration_delay_ns;
    int accounting_at_tick; /* see credit_3_4.c */
    bool has_smt_power_savings;
    bool is_idle_deep;
    int sdom_variant; /* an SdomVariant */
} SampledOptions;

typedef struct {
    CreditVcpu common;
    int64_t descheduled_ns;
} SampledVcpu;

typedef struct {
    CreditPcpu common;
    uint32_t tick;
} SampledPcpu;

typedef struct {
    CreditAccounting accounting;
    uint32_t credits_per_tick;
    int64_t accounting_due_ns; /* 3.4 */
    PcpuMask idlers;
    PcpuMask queued; /* has every pCPU where a vCPU is queued besides the idle one */
} SampledHost;

void credit_3_init(Scheduler *self, const CreditRules *rules);
void credit_3_pcpu_init(Scheduler *self, Pcpu *pcpu);
void credit_3_vcpu_init(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
void credit_3_start(Scheduler *self, int64_t now_ns);

/* Whether a wake has nothing to do: the vCPU is the current one, or queued. */
bool credit_3_is_awake(const Vcpu *vcpu);
/* Queues the vCPU on its pCPU, and tickles who may run it. */
void credit_3_enqueue(Scheduler *self, Vcpu *vcpu);
void credit_3_wake(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
void credit_3_sleep(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
Pcpu *credit_3_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns);

/* The parts of a tick, in their order. Charging tells whether it has caught a vCPU
 * that was active already: that one may be moved. */
bool credit_3_charge_tick(Scheduler *self, Pcpu *pcpu);
void credit_3_move_running(Scheduler *self, Pcpu *pcpu, int64_t now_ns);
void credit_3_end_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns);
/* The same with accounting before, at every third tick of pCPU 0. */
void credit_3_account_and_end_tick(Scheduler *self, Pcpu *pcpu, int64_t now_ns);

SchedDecision credit_3_schedule(Scheduler *self, Pcpu *pcpu, int64_t now_ns);

/* What the tables of all three have; the rest is where they may differ. */
#define CREDIT_3_OPERATIONS                                                            \
    CREDIT_OPERATIONS,                                                                 \
        .core = XEN_CORE_3_1, .options_size = sizeof(SampledOptions),                  \
        .state_size = sizeof(SampledHost), .vcpu_state_size = sizeof(SampledVcpu),     \
        .pcpu_state_size = sizeof(SampledPcpu), .pcpu_init = credit_3_pcpu_init,       \
        .vcpu_init = credit_3_vcpu_init, .vcpu_remove = credit_vcpu_remove,            \
        .sleep = credit_3_sleep

#endif
