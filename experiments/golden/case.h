/*
 * case.h - a golden scenario, as read from its scenario.ini.
 *
 * Data only: names are resolved to indices, every value has been checked, and nothing
 * of it changes while the case runs.
 */
#ifndef EXPERIMENTS_GOLDEN_CASE_H
#define EXPERIMENTS_GOLDEN_CASE_H

#include "models/host/host.h"

#define NO_INDEX UINT32_MAX

#define DEFAULT_WEIGHT 256

/* Run, then block or send a request. */
typedef struct {
    int64_t run_ns;        /* -1: never ends */
    int64_t block_ns;      /* without a server */
    unsigned server;       /* vCPU index; NO_INDEX: block instead */
    int64_t service_ns;    /* at the server */
    unsigned back_end;     /* vCPU index; NO_INDEX: the server answers alone */
    int64_t back_end_ns;   /* at the back end */
    int64_t completion_ns; /* at the server once more */
} ScriptItem;

typedef struct {
    char *name;
    unsigned id; /* Xen's; 0: dom0 */
    SchedParams params;
    unsigned parent; /* domain index of its sdom from time 0 on, or NO_INDEX */
} CaseDomain;

typedef struct {
    char *name;      /* "domain.0" */
    unsigned domain; /* index in the case's domains */
    unsigned pcpu;   /* that it is created on */
    int64_t start_ns;
    PcpuMask affinity;
    bool has_affinity;
    bool is_server;
    GArray *script; /* of ScriptItem; empty for a server */
} CaseVcpu;

typedef enum {
    OP_PAUSE,
    OP_UNPAUSE,
    OP_SET_PARAMS,
    OP_SET_SEDF,
    OP_SET_AFFINITY,
    OP_ATTACH,
    OP_DETACH,
    OPS,
} CaseOp;

typedef struct {
    unsigned number; /* orders the events of one instant; ascends */
    int64_t time_ns;
    CaseOp op;
    unsigned domain;    /* what all but set-affinity change */
    unsigned sdom;      /* attach */
    unsigned vcpu;      /* set-affinity */
    PcpuMask affinity;  /* set-affinity */
    SchedParams params; /* set-params, set-sedf */
} CaseEvent;

/* How a version of the golden world differs from the others before time 0. */
typedef struct {
    const char *name;      /* as [host] scheduler says it */
    const char *scheduler; /* as the registry says it */
    bool has_sdoms;
    bool sets_params_late; /* after all vCPUs exist, as a change at time 0 */
    bool has_credits;      /* there are accounting passes to record */
} Dialect;

typedef struct {
    const Dialect *dialect;
    const SchedulerOps *scheduler;
    void *scheduler_options; /* owned */
    Topology topology;
    int64_t duration_ns;
    GArray *domains; /* of CaseDomain, in the order of the file */
    GArray *vcpus;   /* of CaseVcpu, likewise */
    GArray *events;  /* of CaseEvent, likewise */
    bool has_servers;
} GoldenCase;

/* Reads path, a scenario.ini. */
GoldenCase *golden_case_load(const char *path, GError **error);
void golden_case_free(GoldenCase *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoldenCase, golden_case_free)

const CaseDomain *case_domain(const GoldenCase *self, unsigned index);
const CaseVcpu *case_vcpu(const GoldenCase *self, unsigned index);

/* "set-params" */
const char *case_op_name(CaseOp op);
/* The name of the domain or vCPU that it changes. */
const char *case_event_target(const GoldenCase *self, const CaseEvent *event);

#endif
