/*
 * run.h - one run: a scenario, a seed, a machine, and what is remembered of it.
 */
#ifndef EXPERIMENTS_RUN_H
#define EXPERIMENTS_RUN_H

#include "experiments/scenario/scenario.h"
#include "results/run_record.h"

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

#endif
