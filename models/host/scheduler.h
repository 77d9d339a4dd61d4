/*
 * scheduler.h - the socket every scheduler plugs into.
 *
 * A scheduler is policy: a const table of operations over state that the host
 * allocates (zeroed) and frees. It is given now_ns, owns no event and reads no
 * clock, so a test can call its operations with made-up times. What it wants of
 * the host it says by the host_* calls at the end of this file: which pCPUs
 * must decide again, which of its timers to arm, whom to pause.
 */
#ifndef MODELS_SCHEDULER_H
#define MODELS_SCHEDULER_H

#include "models/host/pcpu_mask.h"
#include "models/option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Host Host;
typedef struct Pcpu Pcpu;
typedef struct Domain Domain;
typedef struct Vcpu Vcpu;
typedef struct Scheduler Scheduler;

typedef struct {
    Vcpu *next;       /* never NULL: the pCPU's idle vCPU leaves it idle */
    int64_t slice_ns; /* ask again after this long; negative: no slice timer */
} SchedDecision;

/* Which members of a SchedParams are meant. */
enum {
    PARAM_WEIGHT = 1 << 0,
    PARAM_CAP = 1 << 1,
    PARAM_PERIOD = 1 << 2,
    PARAM_SLICE = 1 << 3,
    PARAM_LATENCY = 1 << 4,
    PARAM_EXTRATIME = 1 << 5,
    PARAM_SHARE = 1 << 6,
};

/* A domain's scheduling parameters, as the toolstack passes them. */
typedef struct {
    unsigned set;        /* PARAM_* bits; the rest is to be left as it is */
    int64_t weight;      /* credit, credit2: 1 to 65535 */
    int64_t cap_percent; /* of one pCPU; 0: none */
    int64_t period_ns;   /* SEDF, RTDS, Atropos */
    int64_t slice_ns;    /* SEDF, Atropos: time per period; RTDS: the budget */
    int64_t latency_ns;  /* SEDF, Atropos */
    int64_t share;       /* SEDF's weight, from which it derives period and slice */
    bool extratime;      /* SEDF, RTDS, Atropos: may use time that nobody claims */
} SchedParams;

/* Which generation of Xen's generic layer surrounds the scheduler: it decides how
 * parameters and affinity are changed and how a vCPU migrates
 * (tests/golden/README.md, sections 6 and 7). */
typedef enum {
    XEN_CORE_3_1,
    XEN_CORE_4_17,
} XenCore;

/* What credits.csv of the golden cases shows, and what diagnosis prints. */
typedef struct {
    int64_t credit; /* in the scheduler's own unit */
    int priority;   /* as Xen numbers it: credit 0 BOOST, -1 UNDER, -2 OVER, -64 IDLE */
    bool is_active, is_parked, is_queued;
} SchedInspection;

typedef struct SchedulerOps {
    const char *name;      /* as scenarios write it: "credit-3.1" */
    const char *summary;   /* one line for `hvmsim list schedulers` */
    const Option *options; /* keys it accepts in [scheduler]; ends with { 0 } */
    XenCore core;
    unsigned params; /* PARAM_* bits it understands */

    /* The host allocates these zeroed, and frees them. */
    size_t options_size, state_size, domain_state_size, vcpu_state_size,
        pcpu_state_size;

    /* Optional: refuses option values that do not go together. Whoever has read them
     * asks before host_new, which takes valid ones for granted. */
    bool (*check_options)(const void *options, GError **error);
    /* The same for the parameters with which a domain of that id is to be made: asked
     * before host_add_domain. Once it exists, adjust refuses for itself. */
    bool (*check_params)(const SchedParams *params, unsigned domain_id, GError **error);

    /* Order of calls: init; pcpu_init for each pCPU in ascending order, each with
     * its idle vCPU already vcpu_init-ed; domain_init; vcpu_init per vCPU. */
    void (*init)(Scheduler *self);
    void (*clear)(Scheduler *self); /* frees what init allocated beyond the state */
    void (*pcpu_init)(Scheduler *self, Pcpu *pcpu);
    void (*domain_init)(Scheduler *self, Domain *domain, int64_t now_ns);
    void (*vcpu_init)(Scheduler *self, Vcpu *vcpu, int64_t now_ns); /* idle ones too */

    /* The vCPU enters the scheduler, still down; may choose vcpu->pcpu anew. */
    void (*vcpu_insert)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    void (*vcpu_remove)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    void (*domain_clear)(Scheduler *self, Domain *domain);

    /* Required. schedule may name any vCPU that is runnable and not running
     * elsewhere; it has set next->pcpu to this pCPU. pick_cpu says where a vCPU that
     * migrates is to go. */
    SchedDecision (*schedule)(Scheduler *self, Pcpu *pcpu, int64_t now_ns);
    void (*wake)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    void (*sleep)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    Pcpu *(*pick_cpu)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);

    /* Optional: NULL means there is nothing to do. */
    void (*yield)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    /* Moves the vCPU; may choose another pCPU than `to`, which pick_cpu has said. NULL:
     * vcpu->pcpu becomes `to`. */
    void (*migrate)(Scheduler *self, Vcpu *vcpu, Pcpu *to, int64_t now_ns);
    void (*context_saved)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    /* vcpu, blocked in Xen, begins to wait for what vcpu->server does, which has not
     * been woken for it yet; and the end of that, before vcpu is woken. */
    void (*wait_begins)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    void (*wait_ends)(Scheduler *self, Vcpu *vcpu, int64_t now_ns);
    /* Called before the host changes the mask. */
    void (*set_affinity)(Scheduler *self, Vcpu *vcpu, const PcpuMask *hard,
                         const PcpuMask *soft);
    /* 0 or a negative errno. */
    int (*adjust)(Scheduler *self, Domain *domain, const SchedParams *params,
                  int64_t now_ns);
    /* Makes sdom (NULL: none) the parent of adom by domain_set_parent, moving what is
     * accounted from the old account to the new one. The host has done all checks. */
    void (*regroup)(Scheduler *self, Domain *adom, Domain *sdom, int64_t now_ns);

    /* The timers it may ask for; each is disarmed when its operation is called. */
    void (*tick)(Scheduler *self, Pcpu *pcpu, int64_t now_ns);
    void (*account)(Scheduler *self, int64_t now_ns);
    void (*budget)(Scheduler *self, Domain *domain, int64_t now_ns);
    /* Where periodic timers first fall due; called once when the host starts. */
    void (*start)(Scheduler *self, int64_t now_ns);

    /* A vCPU's figures for dumps and diagnosis; false when it has none to show. */
    bool (*inspect)(const Scheduler *self, const Vcpu *vcpu, SchedInspection *out);
} SchedulerOps;

struct Scheduler {
    const SchedulerOps *ops; /* shared and read-only */
    Host *host;              /* borrowed: owns this */
    const void *options;
    void *state;
};

/* NULL and an error that lists the known names if there is no such scheduler. */
const SchedulerOps *scheduler_ops_by_name(const char *name, GError **error);

/* All registered schedulers in the order of the build's list; ends with NULL. */
const SchedulerOps *const *scheduler_ops_all(void);

/* What the host shall do. All are allowed inside any operation. */

/* The pCPU decides again as soon as the present event has been handled
 * (Xen: raise the SCHEDULE softirq). */
void host_raise_schedule(Host *host, Pcpu *pcpu);

/* The pCPU decides again at at_ns unless its slice ends before (BVT's wake). */
void host_shorten_slice(Host *host, Pcpu *pcpu, int64_t at_ns);

/* Pauses or unpauses one vCPU by its own pause count, without waiting
 * (Xen: vcpu_pause_nosync, vcpu_unpause). Comes back as sleep or wake. */
void host_pause_vcpu(Host *host, Vcpu *vcpu);
void host_unpause_vcpu(Host *host, Vcpu *vcpu);

/* Sets the migrating flag: the vCPU is not runnable, and goes where pick_cpu says once
 * its context has been saved. The caller raises SCHEDULE where it runs. */
void host_request_migration(Host *host, Vcpu *vcpu);

/* The scheduler's own timers. Arming replaces. */
void host_arm_tick(Host *host, Pcpu *pcpu, int64_t at_ns);
void host_stop_tick(Host *host, Pcpu *pcpu);
/* Instead of arming the next tick: declares that the tick at first_ns and every one
 * that follows it by gap_ns would change nothing. None fires until host_resume_ticks,
 * which arms the first whose turn is not over. So idle pCPUs cost nothing, and nothing
 * may be seen of it: the caller says why its ticks are idle, and resumes before that
 * ends. host_resume_ticks is harmless if none are skipped. */
void host_skip_ticks(Host *host, Pcpu *pcpu, int64_t first_ns, int64_t gap_ns);
void host_resume_ticks(Host *host, Pcpu *pcpu);
void host_arm_accounting(Host *host, int64_t at_ns);
void host_stop_accounting(Host *host);
void host_arm_budget(Host *host, Domain *domain, int64_t at_ns);
void host_stop_budget(Host *host, Domain *domain);

/* To be called where the timer function that ran an accounting pass returns. */
void host_announce_accounting(Host *host);

/* The pCPU on which the present event executes ("this CPU"). */
Pcpu *host_this_pcpu(const Host *host);

#endif
