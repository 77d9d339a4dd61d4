/*
 * experiment_runs.h - the runs of an experiment, one by one, in the order in which they
 * are tried.
 */
#ifndef EXPERIMENTS_EXPERIMENT_RUNS_H
#define EXPERIMENTS_EXPERIMENT_RUNS_H

#include "experiments/batch/experiment.h"
#include "results/run_record.h"

typedef struct {
    const Experiment *experiment; /* borrowed */
    const Scenario *scenario;     /* of its cell */
    unsigned cell;                /* index in the experiment's cells */
    unsigned replication;         /* of the cell, from 0 */
    uint64_t seed;                /* run_seed of the replication */
    char *key;         /* of all that decides the run: what it is kept under */
    char *description; /* what a user would call it */

    /* How it went. */
    int64_t started_ns, took_ns; /* wall clock */
    RunRecord *record;           /* NULL: it was given up */
    GError *error;
} ExperimentRun;

/* What a campaign is kept under: its runs, and what they are called. Free with g_free.
 */
char *experiment_hash(const Experiment *experiment);

/* Of ExperimentRun, owned: all first replications, then all second ones; within, great
 * and small combinations in turn, so that what has finished stands for what is to come.
 */
GPtrArray *experiment_runs_new(const Experiment *experiment);

/* How much is simulated in a run of the cell: what its cost grows with. */
double cell_weight(const ExperimentCell *cell);

/* Adds the run's identity and all that the database keeps to run->record, which is a
 * new one if it failed. By the thread that ran it. */
void experiment_run_complete(ExperimentRun *run, const char *campaign_hash);
/* The identity alone. */
RunRecord *experiment_run_identity(const ExperimentRun *run, const char *campaign_hash);

#endif
