/*
 * batch_job.h - an experiment that is run into an output folder, with progress on
 * standard error and a clean end at Ctrl-C: what `hvmsim run` and `hvmsim sensitivity`
 * share.
 */
#ifndef CLI_BATCH_JOB_H
#define CLI_BATCH_JOB_H

#include "cli/command.h"
#include "cli/progress.h"
#include "experiments/batch/batch.h"

typedef struct {
    const char *command;      /* as messages name it */
    Experiment *experiment;   /* owned */
    Database *database;       /* owned, as are the others */
    unsigned shard, n_shards; /* as in BatchParams */
    char *folder, *hash;
    Progress progress;
    BatchTotals totals;
} BatchJob;

/* Opens, or makes, the database in the folder; is_fresh: forgets it first. */
bool batch_job_open(BatchJob *job, const char *folder, bool is_fresh, GError **error);

/* Runs what is not known yet. EXIT_OK even if runs have failed; otherwise the message
 * is written. */
ExitCode batch_job_run(BatchJob *job, unsigned n_jobs, bool is_retry);

/* EXIT_RUNS_FAILED and a message if some have. */
ExitCode batch_job_failures(const BatchJob *job);

const Scenario *batch_job_first_scenario(const BatchJob *job);
/* Of a file in the folder. Free with g_free. */
char *batch_job_path(const BatchJob *job, const char *name);

void batch_job_clear(BatchJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BatchJob, batch_job_clear)

#endif
