#include "cli/arguments.h"
#include "cli/progress.h"
#include "cli/results_folder.h"
#include "experiments/batch.h"
#include "results/error.h"
#include "results/export.h"
#include "results/figures.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    char **settings;
    char *output, *seed, *replications, *progress;
    int jobs;
    gboolean is_fresh, is_retry, is_quiet;
} Arguments;

/* Set by the handler, which has no argument of ours: which signal asked to stop. */
static int stop_signal;

static void handle_stop(int signal_number)
{
    g_atomic_int_set(&stop_signal, signal_number);
    signal(signal_number, SIG_DFL); /* a second one ends the process */
}

typedef struct {
    Experiment *experiment;
    Database *database;
    char *folder, *hash;
    Progress progress;
    BatchTotals totals;
} Job;

static void job_clear(Job *job)
{
    database_close(job->database);
    experiment_free(job->experiment);
    g_free(job->folder);
    g_free(job->hash);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

static void show_progress(void *data, const BatchProgress *state)
{
    Job *job = data;

    progress_show(&job->progress, state);
}

static void show_note(void *data, const char *message)
{
    Job *job = data;

    progress_clear(&job->progress);
    g_printerr("hvmsim run: %s\n", message);
}

static bool load_experiment(Job *job, const char *path, const Arguments *arguments,
                            GError **error)
{
    g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; arguments->settings && arguments->settings[i]; i++)
        g_ptr_array_add(settings, g_strdup(arguments->settings[i]));
    if (arguments->seed)
        g_ptr_array_add(settings, g_strconcat("run.seed=", arguments->seed, NULL));
    if (arguments->replications)
        g_ptr_array_add(
            settings, g_strconcat("run.replications=", arguments->replications, NULL));
    g_ptr_array_add(settings, NULL);
    job->experiment =
        experiment_load(path, (const char *const *)settings->pdata, error);
    if (job->experiment)
        job->hash = experiment_hash(job->experiment);
    return job->experiment != NULL;
}

static const Scenario *first_scenario(const Job *job)
{
    return ((const ExperimentCell *)g_ptr_array_index(job->experiment->cells, 0))
        ->scenario;
}

static char *path_in(const Job *job, const char *name)
{
    return g_build_filename(job->folder, name, NULL);
}

/* Not what another process writes to, nor what is no database of ours. */
static bool forget_results(const Job *job, GError **error)
{
    static const char *const names[] = { RESULTS_DATABASE, RESULTS_DATABASE "-wal",
                                         RESULTS_DATABASE "-shm", RESULTS_CRASHED };
    g_autofree char *path = path_in(job, RESULTS_DATABASE);
    g_autoptr(GError) cause = NULL;
    g_autoptr(Database) before = database_open(path, DATABASE_WRITE, &cause);

    if (cause && !g_error_matches(cause, RESULTS_ERROR, RESULTS_ERROR_VERSION)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    g_clear_pointer(&before, database_close);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = path_in(job, names[i]);

        g_unlink(name);
    }
    return true;
}

static bool open_results(Job *job, const Arguments *arguments, GError **error)
{
    g_autofree char *path = NULL;

    job->folder = arguments->output
                      ? g_strdup(arguments->output)
                      : g_build_filename("out", first_scenario(job)->names.name, NULL);
    path = path_in(job, RESULTS_DATABASE);
    if (g_mkdir_with_parents(job->folder, 0777) != 0) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                    "%s: expected a folder that can be made: %s", job->folder,
                    g_strerror(errno));
        return false;
    }
    if (arguments->is_fresh && !forget_results(job, error))
        return false;
    job->database = database_open(path, DATABASE_WRITE, error);
    return job->database != NULL;
}

static bool write_outputs(const Job *job, GError **error)
{
    const OutputKeys *output = &first_scenario(job)->output;
    g_autofree char *csv = path_in(job, RESULTS_CSV);
    g_autofree char *figures = path_in(job, RESULTS_FIGURES);

    return (!output->csv || export_folder(job->database, EXPORT_CSV, csv, error)) &&
           (!output->figures || figures_draw(job->database, job->hash, figures, error));
}

static void print_places(const Job *job)
{
    const OutputKeys *output = &first_scenario(job)->output;
    g_autofree char *figures = path_in(job, RESULTS_FIGURES);

    putchar('\n');
    printf("In %s: %s (the database)%s%s.\n", job->folder, RESULTS_DATABASE,
           output->csv ? ", " RESULTS_CSV "/ (its tables)" : "",
           output->figures && g_file_test(figures, G_FILE_TEST_IS_DIR)
               ? ", " RESULTS_FIGURES "/ (SVG and PDF)"
               : "");
}

/* The table is shown even if a file could not be written. */
static bool show_results(const Job *job, GError **error)
{
    g_autoptr(GError) cause = NULL;
    const bool is_written = write_outputs(job, &cause);

    if (!results_report(job->database, job->hash, error))
        return false;
    if (is_written)
        print_places(job);
    else
        g_propagate_error(error, g_steal_pointer(&cause));
    return is_written;
}

static ExitCode interrupted(const Job *job)
{
    const BatchTotals *totals = &job->totals;

    g_printerr(
        "hvmsim run: interrupted: %u of %u runs are kept in %s; the same command "
        "goes on with the others\n",
        totals->n_known + totals->n_done, totals->n_runs, job->folder);
    return g_atomic_int_get(&stop_signal) == SIGTERM ? EXIT_TERMINATED
                                                     : EXIT_INTERRUPTED;
}

static ExitCode finish(Job *job)
{
    const BatchTotals *totals = &job->totals;
    g_autoptr(GError) error = NULL;

    if (totals->n_known + totals->n_done > 0 && !show_results(job, &error))
        return fail_with("run", error);
    if (totals->n_failed + totals->n_left_out == 0)
        return EXIT_OK;
    g_printerr("hvmsim run: %u of %u runs failed, %u left out; the others are kept\n",
               totals->n_failed, totals->n_runs, totals->n_left_out);
    return EXIT_RUNS_FAILED;
}

static ExitCode run_batch(Job *job, const Arguments *arguments)
{
    g_autofree char *crash_path = path_in(job, RESULTS_CRASHED);
    g_autoptr(GError) error = NULL;
    const BatchParams params = {
        .n_jobs = (unsigned)arguments->jobs,
        .is_retry = arguments->is_retry,
        .stop = &stop_signal,
        .crash_path = crash_path,
        .listener = { job, show_progress, show_note },
    };
    bool is_kept;

    signal(SIGINT, handle_stop);
    signal(SIGTERM, handle_stop);
    is_kept = batch_run(job->experiment, job->database, &params, &job->totals, &error);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    progress_clear(&job->progress);
    if (!is_kept)
        return fail_with("run", error);
    return job->totals.is_interrupted ? interrupted(job) : finish(job);
}

static ExitCode run_scenario(const char *path, const Arguments *arguments,
                             ProgressMode mode)
{
    g_auto(Job) job = { 0 };
    g_autoptr(GError) error = NULL;

    if (!load_experiment(&job, path, arguments, &error) ||
        !open_results(&job, arguments, &error))
        return fail_with("run", error);
    progress_init(&job.progress, mode);
    return run_batch(&job, arguments);
}

static bool parse_progress(const Arguments *arguments, ProgressMode *mode)
{
    static const char *const words[] = {
        [PROGRESS_AUTO] = "auto",
        [PROGRESS_ALWAYS] = "always",
        [PROGRESS_NEVER] = "never",
    };

    *mode = arguments->is_quiet ? PROGRESS_NEVER : PROGRESS_AUTO;
    if (!arguments->progress)
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], arguments->progress) == 0) {
            *mode = (ProgressMode)i;
            return true;
        }
    g_printerr("hvmsim run: --progress = %s: expected auto, always or never\n",
               arguments->progress);
    return false;
}

static void arguments_clear(Arguments *arguments)
{
    g_strfreev(arguments->settings);
    g_free(arguments->output);
    g_free(arguments->seed);
    g_free(arguments->replications);
    g_free(arguments->progress);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static int run_run(int argc, char **argv)
{
    g_auto(Arguments) arguments = { .jobs = (int)g_get_num_processors() };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output,
          "where results go (default: out/NAME)", "FOLDER" },
        { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &arguments.settings,
          "override a key, such as run.duration=1s", "GROUP.KEY=TEXT" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &arguments.jobs,
          "runs at once (default: one for each processor)", "N" },
        { "seed", 0, 0, G_OPTION_ARG_STRING, &arguments.seed,
          "root of all randomness, as --set run.seed", "N" },
        { "replications", 0, 0, G_OPTION_ARG_STRING, &arguments.replications,
          "runs of each combination, as --set run.replications", "N" },
        { "fresh", 0, 0, G_OPTION_ARG_NONE, &arguments.is_fresh,
          "forget the results in the folder first", NULL },
        { "retry", 0, 0, G_OPTION_ARG_NONE, &arguments.is_retry,
          "also try what failed or crashed before", NULL },
        { "progress", 0, 0, G_OPTION_ARG_STRING, &arguments.progress,
          "auto (on a terminal), always or never", "WHEN" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &arguments.is_quiet, "no progress",
          NULL },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "run",
        .usage = "SCENARIO",
        .description =
            "Runs what is not yet in the output folder, so that the same command goes "
            "on after\nan interruption. Exit status: 0 all done, 3 bad scenario, 4 "
            "files, 5 some runs failed,\n130 interrupted.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ProgressMode mode;

    if (!arguments_parse(&spec, &argc, &argv) || !parse_progress(&arguments, &mode))
        return EXIT_USAGE;
    if (arguments.jobs < 1) {
        g_printerr("hvmsim run: --jobs = %d: expected 1 or more\n", arguments.jobs);
        return EXIT_USAGE;
    }
    return run_scenario(argv[1], &arguments, mode);
}

const Command run_command = {
    .name = "run",
    .summary = "run a scenario: database, CSV, figures, table, and what they show",
    .run = run_run,
};
