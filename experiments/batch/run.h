/*
 * run.h - one run: a scenario, a seed, a machine, and what is remembered or written
 * down of it.
 */
#ifndef EXPERIMENTS_RUN_H
#define EXPERIMENTS_RUN_H

#include "experiments/scenario/scenario.h"
#include "results/run_record.h"
#include "results/series.h"
#include "results/tracer.h"

/* The seed of a replication, from the root seed by hashing: neighbouring roots and
 * replications have nothing in common. Below 2^63. */
uint64_t run_seed(int64_t root, unsigned replication);

/*
 * Simulates the warm-up and the measured time, and checks the laws of the machine at
 * the end. NULL with an error when something is wrong, NULL without one when *stop was
 * set meanwhile (by another thread, by g_atomic_int_set). The record has no identity.
 */
RunRecord *run_simulate(const Scenario *scenario, uint64_t seed, const int *stop,
                        GError **error);

/*
 * The same run from its beginning, the warm-up included, as a series of so many
 * intervals of interval_ns each. NULL as above.
 */
Series *run_series(const Scenario *scenario, uint64_t seed, int64_t interval_ns,
                   unsigned n_intervals, const int *stop, GError **error);

typedef struct {
    const TracerOps *format;
    int64_t from_ns, until_ns; /* simulated, of which the warm-up is a part */
} RunTraceParams;

/*
 * Simulates the same run as run_simulate, but for the collector, up to until_ns, and
 * writes what happens from from_ns on, or until the stream fails, which is for the
 * caller to see (ferror). False when *stop was set meanwhile.
 */
bool run_trace(const Scenario *scenario, uint64_t seed, const RunTraceParams *params,
               FILE *stream, const int *stop, uint64_t *n_records);

#endif
