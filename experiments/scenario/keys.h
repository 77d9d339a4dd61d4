/*
 * keys.h - every group and key of a scenario file, as data.
 *
 * The reader, its messages, `hvmsim list keys` and the resolved scenario all come from
 * these tables. A group may take further keys from what it names: [scheduler] those of
 * the scheduler, [workload NAME] those of its source, domains the parameters that the
 * scheduler understands.
 */
#ifndef EXPERIMENTS_KEYS_H
#define EXPERIMENTS_KEYS_H

#include "models/machine/machine.h"
#include "models/option.h"

typedef struct {
    char *name;
} ScenarioKeys;

typedef struct {
    int64_t duration_ns; /* measured, after warmup_ns */
    int64_t warmup_ns;
    int64_t seed, replications;
} RunKeys;

typedef enum {
    CACHES_FIXED,     /* a switch costs the profile's refill */
    CACHES_FOOTPRINT, /* by working sets; models/host/cache.h */
} CacheModel;

typedef enum {
    PHASES_FIXED, /* as keys say */
    PHASES_DRAWN, /* anew in each replication; experiments/batch/timer_phases.h */
} TimerPhases;

typedef struct {
    int64_t n_pcpus, threads_per_core;
    int64_t cores_per_socket; /* 0: all on one */
    char *costs, *cost_change;
    int64_t memory_bytes;     /* 0: without limit */
    int64_t per_domain_bytes; /* of it, the hypervisor's for each domain */
    char *xen;
    int cache_model;  /* CacheModel */
    int timer_phases; /* TimerPhases */
    int64_t smt_speed_percent;
} HostKeys;

typedef struct {
    char *name;
} SchedulerKeys;

typedef struct {
    SchedParams sched;
    int64_t n_vcpus, hz, daemon_interval_ns, daemon_run_ns;
    int64_t memory_bytes;
    int scheduler; /* index of linux_scheduler_names */
    int64_t working_set_bytes;
    char *pin;
} Dom0Keys;

typedef struct {
    SchedParams sched;
    char *devices, *pin;
    int64_t n_vcpus;
} DriverDomainKeys;

typedef struct {
    SchedParams sched;
    int64_t working_set_bytes;
} StubKeys;

typedef struct {
    char *placement;
    int64_t select_timeout_ns;
    int64_t n_posted_places;
    int64_t stub_bytes, qemu_bytes; /* of memory */
    char *in_xen, *posted;          /* names of registers and devices, or "none" */
    int completion;                 /* Completion */
    int64_t coalesce_ns;
} DeviceModelKeys;

typedef struct {
    int64_t n_block_places, n_segments, n_net_places;
} RingKeys;

typedef enum {
    DOMAIN_HVM,
    DOMAIN_HOG,
    DOMAIN_PERIODIC,
} DomainKind;

typedef enum {
    ARRIVAL_EXPONENTIAL,
    ARRIVAL_CONSTANT,
} ArrivalDistribution;

typedef enum {
    DRIVERS_EMULATED,
    DRIVERS_PV,
} Drivers;

typedef enum {
    CREATION_STATIC, /* there from the beginning */
    CREATION_START,  /* by the toolstack, when it starts */
    CREATION_EVENT,  /* by an [event] */
} Creation;

typedef struct {
    SchedParams sched;
    int kind; /* DomainKind */
    int64_t count, n_vcpus;
    int64_t start_ns, start_spread_ns;
    int64_t memory_bytes;
    int creation;                 /* Creation */
    int64_t stop_ns, lifetime_ns; /* 0: none */
    bool replace;
    char *boot;                         /* hvm: a workload, or "" */
    char *placement;                    /* hvm: a placement, or "" */
    int64_t timer_hz;                   /* hvm */
    int timer_mode;                     /* hvm; TimerMode */
    int64_t run_ns, block_ns, align_ns; /* periodic */
    char *workload;                     /* hvm */
    int drivers;                        /* hvm: Drivers */
    int64_t working_set_bytes;
    int64_t arrival_ns;       /* hvm */
    int arrival_distribution; /* hvm: ArrivalDistribution */
    char *pin;
} DomainKeys;

typedef struct {
    char *source;
    int64_t share;
} WorkloadKeys;

typedef enum {
    EVENT_CREATE,
    EVENT_DESTROY,
    EVENT_PAUSE,
    EVENT_UNPAUSE,
    EVENT_ATTACH,
    EVENT_DETACH,
    EVENT_SET_WEIGHT,
    EVENT_SET_CAP,
    EVENT_SET_PARAMETERS,
    EVENT_PIN,
    EVENT_VERBS,
} EventVerb;

/* As scenarios write them; ends with NULL. */
extern const char *const event_verbs[];

typedef struct {
    SchedParams sched;
    int64_t at_ns, every_ns, count;
    int verb; /* EventVerb */
    char *domain, *parent, *pin;
} EventKeys;

/* What is made of the results; says nothing about the runs. */
typedef struct {
    bool csv, figures;
} OutputKeys;

typedef struct {
    const char *kind; /* the first word of its head */
    const char *help;
    const Option *table;     /* NULL: see the help */
    bool is_named;           /* [kind NAME], any number of them */
    bool takes_sched_params; /* those that the scheduler understands */
    bool is_of_the_model;    /* it decides what a run does */
} GroupKeys;

/* In the order of the resolved scenario; ends with { 0 }. */
extern const GroupKeys groups_of_keys[];

/* NULL if there is no such group. */
const GroupKeys *group_keys_find(const char *kind);

/* The key of that name in its table, or among the parameters that it takes; NULL if it
 * has none. */
const Option *group_keys_option(const GroupKeys *group, const char *key);

/* The keys that this kind of domain takes beside those of every domain. */
const Option *domain_kind_keys(DomainKind kind);
/* "hvm", "hog", "periodic", NULL. */
extern const char *const domain_kinds[];

/* A SchedParams' keys, each with the PARAM_* bit of its member; ends with { 0 }. */
typedef struct {
    Option option; /* of a SchedParams */
    unsigned bit;
    bool is_always_set; /* else only when the scenario has it */
} SchedKey;
extern const SchedKey sched_keys[];

#endif
