/*
 * run_record.h - all that is remembered of one run: plain data, owned by the record.
 *
 * collector_finish (collector.h) makes one with everything that was measured; the
 * caller adds the run's identity (every member up to `state`) and hands it to
 * database_add_run. A run that ended in an error has state RUN_FAILED, a message,
 * and measurements of no meaning. Times are integer ns of simulated time since the end
 * of the warm-up.
 */
#ifndef RESULTS_RUN_RECORD_H
#define RESULTS_RUN_RECORD_H

#include "models/domain_counts.h"
#include "models/guest/request.h"
#include "models/runstate.h"
#include "results/histogram.h"

typedef enum {
    RUN_DONE,
    RUN_FAILED,
} RunState;

typedef enum {
    ROLE_DOM0,
    ROLE_GUEST,     /* an HVM guest */
    ROLE_STUB,      /* the stub domain of a guest */
    ROLE_DRIVER,    /* a driver domain */
    ROLE_NEIGHBOUR, /* a PV guest that only computes */
    ROLES,
} DomainRole;

/* As results name them: "dom0", "guest", "stub", "driver", "neighbour". */
const char *role_name(DomainRole role);

/* One varied key of the scenario and what it was in this run. */
typedef struct {
    char *key;     /* "device-model.placement", "guests.count" */
    char *text;    /* as the scenario writes it: "stub+sdom", "32", "30ms" */
    double number; /* in the base unit; NAN if the text is no number */
} Factor;

/* An empty list of Factor that owns their texts. Free with g_array_unref. */
GArray *factors_new(void);

#define NO_DOMAIN (-1)

typedef struct {
    unsigned id; /* Xen's; 0: dom0 */
    char *name;
    char
        *group; /* the domains that a scenario asks for at once: "guest" for "guest1" */
    DomainRole role;
    int owner;   /* of a stub domain: the index of its guest; else NO_DOMAIN */
    int account; /* the index of the domain whose account it drew on at the end */
    unsigned n_vcpus;
    int64_t weight, cap_percent; /* of one pCPU; 0: none */

    uint64_t requests; /* answered by its device model; latency from exit to entry */
    int64_t latency_sum_ns;
    uint64_t transfers;
    int64_t transfer_bytes, transfer_sum_ns;
    int64_t stage_ns[STAGES];
    uint64_t deadlines, missed_deadlines; /* that passed while measuring */
    int64_t lived_ns; /* from coming up to destruction, as far as it was measured */
    uint64_t creations, destructions, dropped_requests;

    uint64_t wakes;      /* its vCPUs became runnable by an event, and then ran */
    int64_t wake_sum_ns; /* between the two, up to Xen's stamp of running */
    uint64_t dispatches; /* its vCPUs got a pCPU that another one had */
    uint64_t migrations; /* of these, on another pCPU than the time before */
    int64_t runstate_ns[RUNSTATES]; /* over all its vCPUs */

    /* The books, as in models/host/host.h. */
    int64_t ran_ns, overhead_ns, booked_ns, paid_overhead_ns, attributed_ns;
    uint64_t counts[DOMAIN_COUNTS]; /* as in models/domain_counts.h */
} DomainRecord;

/* What a device of one guest was asked. */
typedef struct {
    unsigned domain; /* index */
    char *device;    /* "ide" */
    uint64_t requests;
    int64_t latency_sum_ns, latency_greatest_ns, service_sum_ns;
} DeviceRecord;

typedef enum {
    QUANTITY_REQUEST,  /* latency of a guest's requests; subject: the domain's name */
    QUANTITY_TRANSFER, /* what a guest's transfers took; subject: the domain's name */
    QUANTITY_WAKE,     /* from wake to Xen's stamp of running; subject: the role */
    QUANTITY_STAGE,    /* time of a request in a stage; subject: the stage's name */
    QUANTITY_DEVICE,   /* latency of a device's requests; subject: the device's name */
    QUANTITY_BOOT,     /* from the order of a creation, or the start, to the end of the
                          boot; subject: the domain's name */
    QUANTITY_LATENESS, /* of what had a deadline, 0 if met; subject: the domain's name
                        */
    QUANTITY_RING_REQUEST, /* from ring to response, for guests; subject: "block",
                              "network" */
    QUANTITIES,
} Quantity;

/* "request", "transfer", "wake", "stage", "device", "boot", "lateness",
 * "ring_request". */
const char *quantity_name(Quantity quantity);

typedef struct {
    Quantity quantity;
    char *subject;
    HistogramPart values;
    char *bucket_text; /* its buckets (bucket_text.h), by run_prepare; else NULL */
} HistogramRecord;

/* An order of the toolstack that was refused (models/machine/orders.h). */
typedef struct {
    int64_t at_ns; /* counted from the beginning of the run */
    char *order, *domain;
    const char *reason;
} RefusalRecord;

typedef struct {
    unsigned n_pcpus;
    int64_t overhead_ns, idle_ns, attributed_host_ns; /* see models/host/host.h */
    uint64_t events, decisions, switches, migrations;
    uint64_t refusals; /* orders of the toolstack, the warm-up's included */
} HostRecord;

typedef struct {
    /* Who it is: set by the caller, with strings of GLib's. */
    char *run_key;        /* content hash: the same run has the same key */
    char *campaign_hash;  /* of a campaign that the database knows */
    unsigned cell;        /* index of its combination of factors in the campaign */
    unsigned replication; /* of the combination, from 0 */
    uint64_t seed;
    char *scenario_name;
    char *scenario_text; /* resolved; kept once however many runs share it */
    char *profile_name;
    char *program_version;
    GArray *factors; /* of Factor; run_record_add_factor */

    RunState state;
    char *message; /* of a failed run; else NULL */

    /* What was measured: set by collector_finish. */
    int64_t warmup_ns;   /* simulated before measuring */
    int64_t measured_ns; /* simulated while measuring */
    HostRecord host;
    GArray *domains;    /* of DomainRecord, in the host's order */
    GArray *devices;    /* of DeviceRecord, by domain, then by name */
    GArray *refusals;   /* of RefusalRecord, the first of them */
    GArray *histograms; /* of HistogramRecord, by quantity; empty ones left out */

    struct Outcome *outcome; /* owned; by run_prepare (run_prepare.h), else NULL */
} RunRecord;

RunRecord *run_record_new(void);
void run_record_free(RunRecord *record);

/* number: NAN if the text is none. */
void run_record_add_factor(RunRecord *record, const char *key, const char *text,
                           double number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunRecord, run_record_free)

#endif
