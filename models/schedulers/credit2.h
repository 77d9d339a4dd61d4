/*
 * credit2.h - what the parts of the credit2 scheduler share.
 *
 * Private to models/schedulers/credit2*.c and to their tests:
 *
 *   credit2_4_17.c      the decision, wake and sleep, parameters, the table
 *   credit2_topology.c  which pCPUs share a run queue
 *   credit2_runq.c      credit, the order of waiting, whom a wake preempts
 *   credit2_load.c      load averages, membership of run queues
 *   credit2_balance.c   choosing a pCPU, moving between run queues
 *   credit2_budget.c    caps
 *
 * Exact after Xen 4.17, sched/credit2.c; a name in quotes in a comment is Xen's
 * name of what is meant. Credit counts ns of CPU time at the highest weight of the
 * run queue: a vCPU of half that weight pays double. All vCPUs of a run queue are
 * given credit at once when the best of them has none left.
 */
#ifndef MODELS_SCHEDULERS_CREDIT2_H
#define MODELS_SCHEDULERS_CREDIT2_H

#include "models/host/host.h"
#include "models/host/run_queue.h"

#define CREDIT2_DEFAULT_WEIGHT  256
#define CREDIT2_CREDIT_INIT     (10 * NS_PER_MS)
#define CREDIT2_CREDIT_MIN      (-CREDIT2_CREDIT_INIT)
#define CREDIT2_CREDIT_IDLE     (CREDIT2_CREDIT_MIN - 1)
#define CREDIT2_SLICE_MIN_NS    (500 * NS_PER_US)
#define CREDIT2_BUDGET_INFINITE INT64_MAX

typedef enum {
    CREDIT2_RUNQUEUE_CPU,
    CREDIT2_RUNQUEUE_CORE,
    CREDIT2_RUNQUEUE_SOCKET,
    CREDIT2_RUNQUEUE_NODE,
    CREDIT2_RUNQUEUE_ALL,
} Credit2Arrangement;

/* Xen's boot parameters. */
typedef struct {
    int64_t ratelimit_ns;                /* "sched_ratelimit_us" */
    int64_t migrate_resist_ns;           /* "sched_credit2_migrate_resist" */
    int64_t cap_period_ns;               /* "credit2_cap_period_ms" */
    int64_t load_window_shift;           /* the average is over 1 << it ns */
    int64_t load_precision_shift;        /* a load of 1 is 1 << it */
    int64_t balance_under, balance_over; /* loads may differ by 1 << it, of 1 */
    int64_t max_pcpus_per_runqueue;
    int runqueue; /* a Credit2Arrangement */
    bool has_smt_power_savings;
} Credit2Options;

typedef struct Credit2Runqueue Credit2Runqueue;

typedef struct {
    Host *host;
    const Credit2Options *options;
    Credit2Runqueue *runqueues; /* in order of creation, which is that of their id */
    unsigned n_runqueues;
} Credit2Host;

struct Credit2Runqueue {
    Credit2Host *all;
    RingNode waiting;     /* runnable and not running, by credit, then by age */
    RingNode members;     /* all vCPUs assigned, sleeping ones too; oldest first */
    uint32_t max_weight;  /* of the members; at least 1 */
    int load;             /* runnable members, running or waiting */
    int64_t load_since;   /* ticks of the last update */
    int64_t balance_load; /* "b_avgload": average of load, in fractions of precision */
    unsigned n_pcpus;
    unsigned pick_bias; /* the pCPU picked last */
    PcpuMask active;    /* its pCPUs */
    PcpuMask idle;      /* those that run nobody */
    PcpuMask tickled;   /* asked to decide, and not yet done so */
    PcpuMask smt_idle;  /* of cores whose threads all are idle and not tickled */
};

typedef struct {
    Credit2Runqueue *runqueue;
    PcpuMask siblings; /* threads of its core in its run queue, itself included */
} Credit2Pcpu;

typedef struct {
    RingNode parked;          /* vCPUs without budget, the latest first */
    int64_t period_budget_ns; /* "tot_budget": what a period brings */
    int64_t budget_ns;        /* what no vCPU holds; negative after an overrun */
    int64_t next_replenish_ns;
    uint32_t weight, cap_percent;
} Credit2Domain;

typedef struct {
    RingNode waiting; /* in its run queue */
    Vcpu *vcpu;
    Credit2Runqueue *runqueue;
    int64_t credit;    /* ns at the weight that is the greatest of the run queue */
    int64_t start_ns;  /* charged up to here, while it runs */
    int64_t budget_ns; /* INFINITE: no cap; may be overrun below 0 */
    uint32_t weight;
    uint32_t residual;     /* of the division by the weight in the last charge */
    unsigned tickled_pcpu; /* who was asked to take it, or PCPU_NONE */
    bool is_scheduled;     /* chosen, and its context not yet saved */
    /* It waits again once its context has been saved (Xen: CSFLAG_delayed_runq_add). */
    bool is_requeued_when_saved;
    bool is_move_requested; /* by balancing, to move_to */
    bool has_yielded;
    bool has_soft_affinity; /* the soft affinity makes a difference */
    int64_t load_since;     /* ticks of the last update */
    int64_t average_load;   /* in fractions of precision */
    int64_t quota_ns;       /* budget taken at a time */
    Credit2Runqueue *move_to;
    RingNode member; /* of its run queue */
    RingNode parked; /* in its domain */
} Credit2Vcpu;

static inline Credit2Vcpu *credit2_of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static inline Credit2Pcpu *credit2_of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static inline Credit2Domain *credit2_of_domain(const Domain *domain)
{
    return domain->sched_state;
}

static inline bool credit2_is_waiting(const Credit2Vcpu *state)
{
    return ring_is_linked(&state->waiting);
}

static inline bool credit2_is_capped(const Credit2Vcpu *state)
{
    return state->budget_ns != CREDIT2_BUDGET_INFINITE;
}

/* Running on the pCPU it is assigned to. */
static inline bool credit2_is_current(const Credit2Vcpu *state)
{
    return state->vcpu->pcpu->current == state->vcpu;
}

/* credit2_topology.c */

/* Puts the pCPU into a run queue, a new one if none fits. In ascending order. */
void credit2_topology_add(Credit2Host *all, Pcpu *pcpu);

/* credit2_runq.c */

/* "t2c_update": takes the credit for ran_ns of CPU time. */
void credit2_charge(Credit2Vcpu *state, int64_t ran_ns);
/* "burn_credits": charges a running vCPU up to now, credit and budget; idle ones not.
 */
void credit2_burn(Credit2Vcpu *state, int64_t now_ns);
/* "c2t": how long a positive credit lasts. */
int64_t credit2_lasts_ns(const Credit2Vcpu *state, int64_t credit);

/* After all that have at least its credit. */
void credit2_runq_insert(Credit2Vcpu *state);
/* The vCPU with the highest credit of those waiting, or NULL. */
Credit2Vcpu *credit2_runq_first(const Credit2Runqueue *runqueue);

/* Asks a pCPU to decide. */
void credit2_tickle(Pcpu *pcpu);
/* The pCPU begins its decision. */
void credit2_answer_tickle(Pcpu *pcpu);
/* "runq_tickle": asks the pCPU that should take a vCPU that has begun to wait. */
void credit2_tickle_for(Credit2Vcpu *state, int64_t now_ns);
void credit2_pcpu_becomes_idle(Pcpu *pcpu);
void credit2_pcpu_becomes_busy(Pcpu *pcpu);

/* credit2_load.c */

/* The average after `elapsed` ticks at a constant level, a number of vCPUs. */
int64_t credit2_decay(const Credit2Options *opt, int64_t average, int64_t level,
                      int64_t elapsed);
/* Brings averages up to now, then changes the number of runnable vCPUs by -1, 0 or 1:
 * of the run queue alone, of the vCPU alone, of both. */
void credit2_runqueue_load(Credit2Runqueue *runqueue, int change, int64_t now_ns);
void credit2_vcpu_load(Credit2Vcpu *state, int change, int64_t now_ns);
void credit2_load(Credit2Vcpu *state, int change, int64_t now_ns);
/* Load averages count in these. */
int64_t credit2_load_ticks(int64_t now_ns);

/* A vCPU enters a run queue as a member, or leaves its own. */
void credit2_assign(Credit2Vcpu *state, Credit2Runqueue *runqueue);
void credit2_deassign(Credit2Vcpu *state);
void credit2_set_weight(Domain *domain, uint32_t weight);

/* credit2_balance.c */

Pcpu *credit2_pick(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
/* Xen's migrate: to that pCPU or, in another run queue, to one it chooses itself. */
void credit2_migrate(Scheduler *self, Vcpu *vcpu, Pcpu *to, int64_t now_ns);
/* Moves at most one vCPU away from here, and one to here. */
void credit2_balance(Credit2Runqueue *here, int64_t now_ns);

/* credit2_budget.c */

/* "unit_grab_budget": false, and the vCPU is parked, if its domain has none left. */
bool credit2_budget_grab(Credit2Vcpu *state, int64_t now_ns);
/* A vCPU that stops running returns what it holds. True if the domain has budget again:
 * its parked vCPUs are to be unparked. */
bool credit2_budget_return(Credit2Vcpu *state);
void credit2_unpark_all(Domain *domain, int64_t now_ns);
void credit2_replenish(Scheduler *self, Domain *domain, int64_t now_ns);
/* 0: no cap. -EINVAL, and nothing changes, above 100 for each vCPU. */
int credit2_set_cap(Domain *domain, uint32_t cap_percent, int64_t now_ns);

#endif
