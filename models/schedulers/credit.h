/*
 * credit.h - what all generations of the credit scheduler share.
 *
 * Run queues by class, and the accounting pass that turns weights into credits and
 * credits into classes. A generation embeds these structs as the first members of its
 * own, CreditAccounting of the host's, and says by CreditRules where its accounting
 * differs. "csched_*" names the operation of Xen's sched_credit.c that is meant.
 *
 * With scheduling domains the account of an adom is its parent's (domain_account).
 */
#ifndef MODELS_SCHEDULERS_CREDIT_H
#define MODELS_SCHEDULERS_CREDIT_H

#include "models/host/host.h"
#include "models/host/run_queue.h"

enum {
    PRIORITY_BOOST = 0,
    PRIORITY_UNDER = -1,
    PRIORITY_OVER = -2,
    PRIORITY_IDLE = -64,
    PRIORITY_PARKED = -65, /* 3.0.3 only */
};

typedef struct CreditVcpu CreditVcpu;

struct CreditVcpu {
    RingNode queued; /* in its pCPU's run queue */
    RingNode active; /* in its account's active vCPUs, newest first */
    Vcpu *vcpu;
    int32_t credit; /* what it may still use; below 0: a debt. See credits_per_period */
    int priority;   /* PRIORITY_BOOST..., the class it is queued in */
    bool is_parked; /* kept from running: its account has used up its cap */

    /* Only variants of scheduling domains change these; credit_sdom.h. */
    /* wake-priority: the guest's vCPU that waits for this one and whose priority it
     * gets when it wakes, or NULL. */
    const CreditVcpu *patron;
    uint32_t used;       /* credits charged since the pass of used_epoch */
    uint32_t used_epoch; /* as CreditAccounting.epoch */
    /* donate: credit that this vCPU has given to the server it waits for; 0 while it
     * waits for none. */
    int32_t lent;
    /* donate: credit that this server has got and not used yet, part of its own. Never
     * above the sum of what those have lent who wait for it: each may take back the
     * lesser of `lent` and `donated`, and no credit is made by that. */
    int32_t donated;
};

typedef struct {
    RingNode active;       /* in the list of active accounts */
    RingNode active_vcpus; /* of its own and of its adoms */
    uint32_t active_count; /* of these */
    uint32_t weight;       /* 1 to 65535 */
    uint32_t cap_percent;  /* of one pCPU; 0: none */
} CreditAccount;

typedef struct {
    RingNode queue;
    uint32_t sorted_at_epoch; /* as CreditAccounting.epoch */
} CreditPcpu;

/* What becomes of a vCPU that has saved more than one period's credit: it goes
 * inactive, and keeps nothing or half. */
typedef enum {
    SAVINGS_ZEROED,
    SAVINGS_ZEROED_LATE, /* but the old credit is still added to the balance (3.0.3) */
    SAVINGS_HALVED,
} SavingsRule;

/* How a vCPU that has used up its cap is kept from running. */
typedef enum {
    PARKED_BY_PAUSE,
    PARKED_BELOW_IDLE, /* at any debt; it goes on until the next decision */
} ParkingRule;

/* What the vCPUs of a scheduling domain share beside its weight: credit_sdom.h. */
typedef enum {
    SDOM_REDIRECT,
    SDOM_POOLED,
    SDOM_PROPORTIONAL,
    SDOM_DONATE,
    SDOM_WAKE_PRIORITY,
} SdomVariant;

typedef struct {
    uint32_t credits_per_period; /* of one pCPU; also the most a vCPU may save or owe */
    bool is_weight_per_vcpu;     /* a weight counts once per active vCPU */
    SavingsRule savings;
    ParkingRule parking;
    SdomVariant sdom_variant;
} CreditRules;

typedef struct {
    CreditRules rules;
    RingNode active_accounts;
    uint32_t weight; /* sum over the active accounts, as the rules count it */
    uint32_t credit; /* handed out per period: credits_per_period x pCPUs */
    int32_t balance; /* what active vCPUs had left after the last pass, in sum */
    uint32_t epoch;  /* of accounting passes, for lazy sorting */
} CreditAccounting;

static inline CreditVcpu *credit_of_queued(RingNode *node)
{
    return RING_OWNER(node, CreditVcpu, queued);
}

/* The place of a newcomer of that priority: first come first served inside a class.
 * Xen stops at the first lower one, also in a queue that awaits sorting. */
static inline RingNode *credit_queue_place(const CreditPcpu *pcpu, int priority)
{
    RingNode *node = pcpu->queue.next;

    while (node != &pcpu->queue && credit_of_queued(node)->priority >= priority)
        node = node->next;
    return node;
}

void credit_accounting_init(CreditAccounting *all, const CreditRules *rules,
                            unsigned n_pcpus);
void credit_vcpu_init(CreditVcpu *state, Vcpu *vcpu);

/* The first tick of pCPU 0, and how much later that of each next pCPU is. */
void credit_arm_ticks(Scheduler *self, int64_t first_ns, int64_t stagger_ns);

/* Sorts the queue if accounting has passed since it last was. */
void credit_queue_sort(const CreditAccounting *all, CreditPcpu *pcpu);

/* A vCPU earns from now on; it must not have been active. */
void credit_start_accounting(CreditAccounting *all, CreditVcpu *state);

/* csched_acct: one pass over the active accounts. */
void credit_account_all(Scheduler *self, CreditAccounting *all);

/* Operations for the tables of all generations ... */
void credit_domain_init(Scheduler *self, Domain *domain, int64_t now_ns);
void credit_vcpu_remove(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
int credit_adjust(Scheduler *self, Domain *domain, const SchedParams *params,
                  int64_t now_ns);
void credit_regroup(Scheduler *self, Domain *adom, Domain *sdom, int64_t now_ns);
bool credit_inspect(const Scheduler *self, const Vcpu *vcpu, SchedInspection *out);
/* ... which all have these. */
#define CREDIT_OPERATIONS                                                              \
    .params = PARAM_WEIGHT | PARAM_CAP, .domain_state_size = sizeof(CreditAccount),    \
    .domain_init = credit_domain_init, .adjust = credit_adjust,                        \
    .regroup = credit_regroup, .inspect = credit_inspect

/* Keys that generations share, of a Struct of options with these fields; until: how
 * long they hold, or "". */
#define CREDIT_TICK_OPTIONS(Struct, until)                                             \
    OPTION_NS_FIELD(Struct, tick_first_ns, "tick-first", "10ms", 0, NS_PER_S,          \
                    "when the tick of pCPU 0 first falls due" until),                  \
        OPTION_NS_FIELD(Struct, tick_stagger_ns, "tick-stagger", "0", 0, NS_PER_S,     \
                        "how much later the next pCPU's tick does" until)
/* Of those whose accounting has a timer of its own. */
#define CREDIT_ACCOUNTING_OPTION(Struct)                                               \
    OPTION_NS_FIELD(Struct, accounting_first_ns, "accounting-first", "30ms", 0,        \
                    NS_PER_S, "when the accounting first falls due")
/* Of those that know caches and threads. */
#define CREDIT_TOPOLOGY_OPTIONS(Struct)                                                \
    OPTION_NS_FIELD(Struct, migration_delay_ns, "migration-delay", "0", 0,             \
                    100 * NS_PER_MS, "how long a vCPU stays cache-hot, not stolen"),   \
        OPTION_BOOL_FIELD(Struct, has_smt_power_savings, "smt-power-savings", "no",    \
                          "fill cores and sockets before using others")

#endif
