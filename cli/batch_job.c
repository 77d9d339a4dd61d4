#include "cli/batch_job.h"

#include "cli/arguments.h"
#include "cli/results_folder.h"
#include "cli/stop_signal.h"
#include "experiments/batch/experiment_runs.h"
#include "experiments/input/error.h"
#include "results/error.h"

#include <errno.h>
#include <glib/gstdio.h>

void batch_job_clear(BatchJob *job)
{
    database_close(job->database);
    experiment_free(job->experiment);
    g_free(job->folder);
    g_free(job->hash);
}

const Scenario *batch_job_first_scenario(const BatchJob *job)
{
    return ((const ExperimentCell *)g_ptr_array_index(job->experiment->cells, 0))
        ->scenario;
}

bool batch_job_load(BatchJob *job, const char *path, GPtrArray *settings,
                    GError **error)
{
    g_ptr_array_add(settings, NULL);
    job->experiment =
        experiment_load(path, (const char *const *)settings->pdata, error);
    return job->experiment != NULL;
}

bool batch_job_can_reload(const char *path, GError **error)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS) ||
        g_file_test(path, G_FILE_TEST_IS_REGULAR | G_FILE_TEST_IS_DIR))
        return true; /* or loading tells why it cannot be read */
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO,
                "%s: expected a file, which can be read more than once", path);
    return false;
}

char *batch_job_path(const BatchJob *job, const char *name)
{
    return g_build_filename(job->folder, name, NULL);
}

/* Not what another process writes to, nor what is no database of ours. */
static bool forget_results(const BatchJob *job, GError **error)
{
    static const char *const names[] = { RESULTS_DATABASE, RESULTS_DATABASE "-wal",
                                         RESULTS_DATABASE "-shm", RESULTS_CRASHED };
    g_autofree char *path = batch_job_path(job, RESULTS_DATABASE);
    g_autoptr(GError) cause = NULL;
    g_autoptr(Database) before = database_open(path, DATABASE_WRITE, &cause);

    if (cause && !g_error_matches(cause, RESULTS_ERROR, RESULTS_ERROR_VERSION)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    g_clear_pointer(&before, database_close);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = batch_job_path(job, names[i]);

        g_unlink(name);
    }
    return true;
}

static char *output_folder(const BatchJob *job, const BatchOptions *options,
                           const char *suffix)
{
    g_autofree char *name = NULL;

    if (options->output)
        return g_strdup(options->output);
    name = g_strconcat(batch_job_first_scenario(job)->names.name, suffix, NULL);
    return g_build_filename("out", name, NULL);
}

static bool open_results(BatchJob *job, const BatchOptions *options, const char *suffix,
                         GError **error)
{
    g_autofree char *path = NULL;

    job->folder = output_folder(job, options, suffix);
    job->hash = experiment_hash(job->experiment);
    path = batch_job_path(job, RESULTS_DATABASE);
    if (g_mkdir_with_parents(job->folder, 0777) != 0) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                    "%s: expected a folder that can be made: %s", job->folder,
                    g_strerror(errno));
        return false;
    }
    if (options->is_fresh && !forget_results(job, error))
        return false;
    job->database = database_open(path, DATABASE_WRITE, error);
    return job->database != NULL;
}

static void show_progress(void *data, const BatchProgress *state)
{
    BatchJob *job = data;

    progress_show(&job->progress, state);
}

static void show_note(void *data, const char *message)
{
    BatchJob *job = data;

    progress_clear(&job->progress);
    g_printerr("hvmsim %s: %s\n", job->command, message);
}

static ExitStatus interrupted(const BatchJob *job)
{
    const BatchTotals *totals = &job->totals;

    g_printerr("hvmsim %s: interrupted: %u of %u runs are kept in %s; the same command "
               "goes on with the others\n",
               job->command, totals->n_known + totals->n_done, totals->n_runs,
               job->folder);
    return stop_signal_exit_status();
}

static ExitStatus run_batch(BatchJob *job, const BatchOptions *options)
{
    g_autofree char *crash_path = batch_job_path(job, RESULTS_CRASHED);
    g_autoptr(GError) error = NULL;
    const BatchParams params = {
        .n_jobs = (unsigned)options->jobs,
        .shard = job->shard,
        .n_shards = job->n_shards,
        .is_retry = options->is_retry,
        .stop = stop_signal_catch(),
        .crash_path = crash_path,
        .listener = { job, show_progress, show_note },
    };
    bool is_kept;

    is_kept = batch_run(job->experiment, job->database, &params, &job->totals, &error);
    stop_signal_release();
    progress_clear(&job->progress);
    if (!is_kept)
        return fail_with(job->command, error);
    return job->totals.is_interrupted ? interrupted(job) : EXIT_OK;
}

ExitStatus batch_job_run(BatchJob *job, const BatchOptions *options, const char *suffix,
                         ProgressMode mode)
{
    g_autoptr(GError) error = NULL;

    if (!open_results(job, options, suffix, &error))
        return fail_with(job->command, error);
    progress_init(&job->progress, mode);
    return run_batch(job, options);
}

ExitStatus batch_job_failures(const BatchJob *job)
{
    const BatchTotals *totals = &job->totals;

    if (totals->n_failed + totals->n_left_out == 0)
        return EXIT_OK;
    g_printerr("hvmsim %s: %u of %u runs failed, %u left out; the others are kept\n",
               job->command, totals->n_failed, totals->n_runs, totals->n_left_out);
    return EXIT_RUNS_FAILED;
}
