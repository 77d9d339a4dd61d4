/*
 * batch_job.h - an experiment that is run into an output folder, with progress on
 * standard error and a clean end at Ctrl-C: what `hvmsim run` and `hvmsim sensitivity`
 * share.
 */
#ifndef CLI_BATCH_JOB_H
#define CLI_BATCH_JOB_H

#include "cli/batch_options.h"
#include "cli/command.h"
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

/* settings: "GROUP.KEY=TEXT" of char *, which gets a NULL at its end. */
bool batch_job_load(BatchJob *job, const char *path, GPtrArray *settings,
                    GError **error);

/* For commands that load their scenario more than once: a pipe would be an empty one
 * the second time. */
bool batch_job_can_reload(const char *path, GError **error);

/* Where the options say, or in a folder of `out` with the scenario's name and a suffix:
 * opens, or makes, the database there, and runs what it does not know yet. EXIT_OK even
 * if runs have failed; otherwise the message is written. */
ExitStatus batch_job_run(BatchJob *job, const BatchOptions *options, const char *suffix,
                         ProgressMode mode);

/* EXIT_RUNS_FAILED and a message if some have. */
ExitStatus batch_job_failures(const BatchJob *job);

const Scenario *batch_job_first_scenario(const BatchJob *job);
/* Of a file in the folder. Free with g_free. */
char *batch_job_path(const BatchJob *job, const char *name);

void batch_job_clear(BatchJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BatchJob, batch_job_clear)

#endif
