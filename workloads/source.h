/*
 * source.h - the socket for kinds of workload: what a scenario names in [workload
 * NAME].
 *
 * A source is opened once for a batch: what it loads then (a trace) is shared,
 * read-only, by all runs and threads. Each vCPU of each run starts a workload of its
 * own from it, with a random stream of its own.
 */
#ifndef WORKLOADS_SOURCE_H
#define WORKLOADS_SOURCE_H

#include "models/option.h"
#include "workloads/burst_workload.h"

#include <glib.h>

typedef struct {
    const char *name;      /* as scenarios write it: "disk-pio" */
    const char *summary;   /* one line for `hvmsim list workloads` */
    const Option *options; /* keys it accepts; ends with { 0 } */
    size_t options_size;

    /* Optional: loads what is shared, NULL and an error if it cannot. Without it the
     * options themselves are what is shared. */
    void *(*open)(const void *options, GError **error);
    void (*close)(void *shared);

    /* Either a burst after the other, from the options (burst_workload.h), */
    BurstMaker make;
    /* and optionally the same transfers, from the same draws, through the guest's PV
     * drivers; without it the source uses emulated devices, or none, in every guest; */
    BurstMaker make_pv;
    /* or a workload of its own kind. */
    Workload *(*start)(const void *shared, uint64_t run_seed, const char *stream_name);
} WorkloadSourceOps;

/* An opened source. */
typedef struct WorkloadSource WorkloadSource;

/* The options are borrowed until the source is closed. */
WorkloadSource *workload_source_open(const WorkloadSourceOps *ops, const void *options,
                                     GError **error);
void workload_source_close(WorkloadSource *source);

bool workload_source_has_pv(const WorkloadSource *source);

/*
 * The workload of one guest vCPU, with PV drivers if it has that side and the guest
 * has_pv_drivers. Freed by its own operation, before the source is closed. stream_name
 * is the vCPU's, as in "guest3/vcpu0/disk": it alone, with the run's seed, decides what
 * the workload draws. May be called by several threads at once.
 */
Workload *workload_source_start(const WorkloadSource *source, bool has_pv_drivers,
                                uint64_t run_seed, const char *stream_name);

/* NULL and an error that lists the known names if there is no such source. */
const WorkloadSourceOps *workload_source_by_name(const char *name, GError **error);

/* All of them in the order of `hvmsim list`; ends with NULL. */
const WorkloadSourceOps *const *workload_sources_all(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkloadSource, workload_source_close)

#endif
