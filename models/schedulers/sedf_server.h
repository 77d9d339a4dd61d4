/*
 * sedf_server.h - a promise of time in SEDF, and the queues it waits in.
 *
 * A server promises slice_ns of every period_ns of its owner's pCPU. It is what Xen
 * 3.1 queues as a vCPU; who spends the promise, its members, is sedf.c's affair. The
 * functions are given the present time, and touch nothing but servers and queues.
 */
#ifndef MODELS_SCHEDULERS_SEDF_SERVER_H
#define MODELS_SCHEDULERS_SEDF_SERVER_H

#include "models/host/host.h"
#include "models/host/run_queue.h"

#define EXTRA_QUANTUM_NS (500 * NS_PER_US)
#define WEIGHT_PERIOD_NS (100 * NS_PER_MS)

/* The queues of extra time: compensation for a short block goes before the rest. */
enum {
    PENALTY,
    UTILISATION,
    EXTRA_QUEUES,
};

typedef enum {
    RUN_BY_DEADLINE,
    RUN_BY_PENALTY,
    RUN_BY_UTILISATION,
} ServerRun;

/* What every run needs comes first: see Vcpu. */
typedef struct {
    RingNode timed;    /* in one of its pCPU's two queues by time: started, waiting */
    RingNode ready;    /* members that can run; empty: asleep */
    const Vcpu *owner; /* whose pCPU is the server's */
    int64_t period_ns, slice_ns;
    int64_t deadline_ns; /* end of the present period; 0: none yet */
    int64_t used_ns;     /* of the slice, in this period */
    int64_t run_since_ns;
    RingNode extra[EXTRA_QUEUES];        /* in the pCPU's queues of the same name */
    int32_t score[EXTRA_QUEUES];         /* lower is better */
    ServerRun run;                       /* how it runs, or last ran */
    bool is_extra_aware;                 /* accepts extra time */
    bool wants_penalty;                  /* is owed for a short block */
    int64_t blocked_at_ns;               /* 0: never */
    int64_t extra_weight;                /* in extra time; 0: by utilisation */
    int64_t weight;                      /* 0: by period and slice */
    int64_t period_set_ns, slice_set_ns; /* as last promised: not by extra time only */
} Server;

/* Of one pCPU; its sched_state. */
typedef struct {
    RingNode started; /* the period has begun: by deadline (Xen: runnableq) */
    RingNode waiting; /* it has not: by its beginning (Xen: waitq) */
    RingNode extra[EXTRA_QUEUES];
    Server *running; /* NULL: idle, or its run has been ended already */
    int64_t run_ends_ns;
    bool is_preempted; /* somebody has woken who must not wait so long */

    /* Of the servers in use here when parameters last changed. */
    int64_t weight;
    int64_t promised_ns; /* of WEIGHT_PERIOD_NS, to those without a weight */
} ServerQueues;

static inline bool server_is_awake(const Server *server)
{
    return !ring_is_empty(&server->ready);
}

static inline ServerQueues *server_queues(const Server *server)
{
    return server->owner->pcpu->sched_state;
}

void server_queues_init(ServerQueues *queues);
/* Asleep, with the parameters that Xen gives a new vCPU. */
void server_init(Server *server, const Vcpu *owner);
/* 15 ms of 20 for dom0, extra time for all. */
void server_set_defaults(Server *server, unsigned domain_id);

/* Ends the run of the pCPU's server, if one runs: what it used is charged. */
void server_end_run(ServerQueues *queues, int64_t now_ns);
/* Chooses the next, or idleness, and until when. */
void server_begin_run(ServerQueues *queues, int64_t now_ns);

/* A first member is ready: into the queues, in the present period or a new one. */
void server_wake(Server *server, int64_t now_ns);
/* None is ready any more: out of all queues. */
void server_sleep(Server *server);
/* Having woken, it must not wait for the end of the present run. */
bool server_preempts(const Server *woken);

/* With every member of params meant. */
bool server_params_are_valid(const SchedParams *params);
void server_set_params(Server *server, const SchedParams *params);
/* After a change of parameters: into the queues where it now belongs. */
void server_requeue(Server *server, int64_t now_ns);

#endif
