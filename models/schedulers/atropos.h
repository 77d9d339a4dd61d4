/*
 * atropos.h - the scheduling domains (sdoms) of Atropos: contracts, and who is charged.
 */
#ifndef MODELS_SCHEDULERS_ATROPOS_H
#define MODELS_SCHEDULERS_ATROPOS_H

#include "models/host/host.h"
#include "models/host/run_queue.h"

typedef struct {
    int64_t quantum_ns, member_turn_ns;
} AtroposOptions;

/* An sdom. Only the account of a domain (domain_account) has members. */
typedef struct {
    RingNode placed;  /* among those with time left, or those without; or blocked */
    RingNode slack;   /* in turn for extra time; while not blocked */
    RingNode members; /* head: its runnable vCPUs that have no pCPU, in turn */
    int64_t period_ns, slice_ns, latency_ns;
    bool is_extratime;
    int64_t deadline_ns; /* the end of its period; TIME_NEVER_NS: it has no slice */
    int64_t left_ns;     /* of the slice, as of charged_ns */
    int64_t charged_ns;
    int64_t quantum_left_ns; /* of its turn of extra time */
    unsigned n_runnable;     /* members, with a pCPU or without */
    unsigned n_paying;       /* pCPUs on which it runs at the cost of its slice */
    unsigned n_slacking;     /* pCPUs on which it runs on extra time */
} AtroposSdom;

typedef struct {
    RingNode queued; /* among its sdom's members */
    Vcpu *vcpu;
    int64_t turn_left_ns;
    bool is_moving; /* from one sdom to another */
} AtroposMember;

/* What runs on a pCPU: whose time it is, and since when it has not been charged. */
typedef struct {
    AtroposSdom *payer; /* NULL: idle, or settled */
    bool is_slack;
    int64_t since_ns;
    AtroposMember *tickled_for; /* for whom it was told to decide, and has not yet */
} AtroposPcpu;

typedef struct {
    RingNode runnable; /* sdoms with time left, by deadline */
    RingNode waiting;  /* sdoms without, by deadline */
    RingNode slack;    /* sdoms that take extra time, in turn */
    PcpuMask tickled;  /* told to decide, and not yet done */
    PcpuMask idle;     /* decided to run nothing */
} AtroposHost;

static inline AtroposMember *atropos_of_vcpu(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

static inline AtroposPcpu *atropos_of_pcpu(const Pcpu *pcpu)
{
    return pcpu->sched_state;
}

static inline AtroposHost *atropos_of_host(const Scheduler *self)
{
    return self->state;
}

static inline AtroposSdom *sdom_of_vcpu(const Vcpu *vcpu)
{
    return domain_account(vcpu->domain)->sched_state;
}

static inline const AtroposOptions *atropos_options(const Scheduler *self)
{
    return self->options;
}

/* The default contract is that of the port in Xen 2.0, sched_atropos.c. */
void sdom_set_defaults(AtroposSdom *sdom, unsigned domain_id);

/* Whether a contract makes sense by itself; whether it can be kept is another matter.
 */
bool sdom_is_possible(const AtroposSdom *sdom);

/* Those of the contract's terms that params->set names. */
void sdom_set_contract(AtroposSdom *sdom, const SchedParams *params);

/* Puts an sdom that is not blocked where its contract says: by its deadline among those
 * with time left or those without. A deadline that has passed begins a new period. */
void sdom_place(Scheduler *self, AtroposSdom *sdom, int64_t now_ns);

/* A member has become runnable / is no longer. A blocked sdom keeps what is left. */
void sdom_join(Scheduler *self, AtroposSdom *sdom, int64_t now_ns);
void sdom_leave(Scheduler *self, AtroposSdom *sdom);

/* What its pCPUs have consumed of the slice up to now. */
void sdom_charge(AtroposSdom *sdom, int64_t now_ns);

/* Charges; true if the slice is used up: the sdom has then been placed anew, and all
 * its other pCPUs decide again. */
bool sdom_expire(Scheduler *self, AtroposSdom *sdom, const Pcpu *pcpu, int64_t now_ns);

/* All other pCPUs that run the sdom decide again: how long they may has changed. */
void sdom_raise_runners(Scheduler *self, const AtroposSdom *sdom, const Pcpu *except);

/* Charges what ran on the pCPU to the sdom that it ran for, which pays no longer. */
void atropos_settle(Scheduler *self, Pcpu *pcpu, int64_t now_ns);

/* For the first end of a period that an sdom waits for. */
void atropos_arm_period_timer(Scheduler *self);

#endif
