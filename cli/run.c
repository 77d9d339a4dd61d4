#include "cli/arguments.h"
#include "cli/batch_job.h"
#include "cli/results_folder.h"
#include "results/export.h"
#include "results/figures.h"

#include <stdio.h>

typedef struct {
    char **settings;
    char *output, *seed, *replications, *shard, *progress;
    int jobs;
    gboolean is_fresh, is_retry, is_quiet;
} Arguments;

static bool load_experiment(BatchJob *job, const char *path, const Arguments *arguments,
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
    return job->experiment != NULL;
}

static char *output_folder(const BatchJob *job, const Arguments *arguments)
{
    if (arguments->output)
        return g_strdup(arguments->output);
    return g_build_filename("out", batch_job_first_scenario(job)->names.name, NULL);
}

static bool write_outputs(const BatchJob *job, GError **error)
{
    const OutputKeys *output = &batch_job_first_scenario(job)->output;
    g_autofree char *csv = batch_job_path(job, RESULTS_CSV);
    g_autofree char *figures = batch_job_path(job, RESULTS_FIGURES);

    return (!output->csv || export_folder(job->database, EXPORT_CSV, csv, error)) &&
           (!output->figures || figures_draw(job->database, job->hash, figures, error));
}

static void print_places(const BatchJob *job)
{
    const OutputKeys *output = &batch_job_first_scenario(job)->output;
    g_autofree char *figures = batch_job_path(job, RESULTS_FIGURES);

    putchar('\n');
    printf("In %s: %s (the database)%s%s.\n", job->folder, RESULTS_DATABASE,
           output->csv ? ", " RESULTS_CSV "/ (its tables)" : "",
           output->figures && g_file_test(figures, G_FILE_TEST_IS_DIR)
               ? ", " RESULTS_FIGURES "/ (SVG and PDF)"
               : "");
}

/* The table is shown even if a file could not be written. */
static bool show_results(const BatchJob *job, GError **error)
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

/* A part of the runs makes no table. */
static ExitCode finish_shard(const BatchJob *job)
{
    printf("Shard %u/%u: %u runs in %s; `hvmsim merge` puts shards together.\n",
           job->shard + 1, job->n_shards, job->totals.n_known + job->totals.n_done,
           job->folder);
    return batch_job_failures(job);
}

static ExitCode finish(const BatchJob *job)
{
    const BatchTotals *totals = &job->totals;
    g_autoptr(GError) error = NULL;

    if (job->n_shards > 0)
        return finish_shard(job);
    if (totals->n_known + totals->n_done > 0 && !show_results(job, &error))
        return fail_with("run", error);
    return batch_job_failures(job);
}

static bool parse_shard(const char *text, BatchJob *job)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    guint64 shard, n_shards;

    if (g_strv_length(parts) == 2 &&
        g_ascii_string_to_unsigned(parts[1], 10, 1, 100000, &n_shards, NULL) &&
        g_ascii_string_to_unsigned(parts[0], 10, 1, n_shards, &shard, NULL)) {
        job->shard = (unsigned)shard - 1;
        job->n_shards = (unsigned)n_shards;
        return true;
    }
    g_printerr("hvmsim run: --shard = %s: expected I/N, I from 1 to N, such as 2/8\n",
               text);
    return false;
}

static ExitCode run_scenario(const char *path, const Arguments *arguments,
                             ProgressMode mode)
{
    g_auto(BatchJob) job = { .command = "run" };
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    ExitCode code;

    if (arguments->shard && !parse_shard(arguments->shard, &job))
        return EXIT_USAGE;
    if (!load_experiment(&job, path, arguments, &error))
        return fail_with("run", error);
    folder = output_folder(&job, arguments);
    if (!batch_job_open(&job, folder, arguments->is_fresh, &error))
        return fail_with("run", error);
    progress_init(&job.progress, mode);
    code = batch_job_run(&job, (unsigned)arguments->jobs, arguments->is_retry);
    return code == EXIT_OK ? finish(&job) : code;
}

static void arguments_clear(Arguments *arguments)
{
    g_strfreev(arguments->settings);
    g_free(arguments->output);
    g_free(arguments->seed);
    g_free(arguments->replications);
    g_free(arguments->shard);
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
        { "shard", 0, 0, G_OPTION_ARG_STRING, &arguments.shard,
          "of every N runs the I-th one alone, for a batch on several machines",
          "I/N" },
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

    if (!arguments_parse(&spec, &argc, &argv) ||
        !progress_parse("run", arguments.progress, arguments.is_quiet, &mode))
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
