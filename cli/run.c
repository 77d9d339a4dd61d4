#include "cli/arguments.h"
#include "cli/batch_job.h"
#include "cli/precision_option.h"
#include "cli/results_folder.h"
#include "results/export.h"
#include "results/plots.h"

#include <stdio.h>

static bool write_outputs(const BatchJob *job, PlotsDrawn *drawn, GError **error)
{
    const OutputKeys *output = &batch_job_first_scenario(job)->output;
    g_autofree char *csv = batch_job_path(job, RESULTS_CSV);
    g_autofree char *plots = batch_job_path(job, RESULTS_FIGURES);

    return (!output->csv || export_folder(job->database, 0, EXPORT_CSV, csv, error)) &&
           (!output->figures ||
            plots_draw(job->database, job->hash, NULL, plots, drawn, error));
}

static void print_places(const BatchJob *job, unsigned n_plots)
{
    const OutputKeys *output = &batch_job_first_scenario(job)->output;

    putchar('\n');
    printf("In %s: %s (the database)%s%s.\n", job->folder, RESULTS_DATABASE,
           output->csv ? ", " RESULTS_CSV "/ (its tables)" : "",
           n_plots > 0 ? ", " RESULTS_FIGURES "/ (SVG and PDF)" : "");
    if (output->figures && n_plots == 0)
        printf("No figures: they need " PLOTS_NEED ".\n");
}

static bool has_guests(const Scenario *scenario)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->keys.kind == DOMAIN_HVM && domain->keys.count > 0)
            return true;
    }
    return false;
}

static bool is_silent(const Summary *summary)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const Interval *columns = summary_row(summary, i)->columns;

        if (columns[COLUMN_REQUESTS_PER_S].mean > 0 ||
            columns[COLUMN_TRANSFERS_PER_S].mean > 0)
            return false;
    }
    return true;
}

/* Why a table has no requests. Without guests that is told before the runs. */
static void note_silence(const BatchJob *job, const Summary *summary)
{
    const GPtrArray *cells = job->experiment->cells;
    bool has_any = false;

    for (unsigned i = 0; i < cells->len; i++)
        has_any |=
            has_guests(((const ExperimentCell *)g_ptr_array_index(cells, i))->scenario);
    if (has_any && is_silent(summary))
        g_printerr("hvmsim run: no request or transfer of a guest ended in the "
                   "measured [run] duration\n");
}

/* The table is shown even if a file could not be written. */
static bool show_results(const BatchJob *job, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_auto(PlotsDrawn) drawn = { 0 };
    const bool is_written = write_outputs(job, &drawn, &cause);
    g_autoptr(Summary) summary = summary_new(job->database, job->hash, error);

    if (!summary || !results_print(summary, NULL, error))
        return false;
    note_silence(job, summary);
    if (is_written)
        print_places(job, drawn.n_drawn);
    else
        g_propagate_error(error, g_steal_pointer(&cause));
    return is_written;
}

/* A part of the runs makes no table. */
static ExitStatus finish_shard(const BatchJob *job)
{
    printf("Shard %u/%u: %u runs in %s; `hvmsim merge` puts shards together.\n",
           job->shard + 1, job->n_shards, job->totals.n_known + job->totals.n_done,
           job->folder);
    return batch_job_failures(job);
}

static ExitStatus finish(const BatchJob *job)
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

static ExitStatus run_batch(BatchJob *job, const char *path,
                            const BatchOptions *options, ProgressMode mode)
{
    g_autoptr(GPtrArray) settings = batch_options_settings(options);
    g_autoptr(GError) error = NULL;

    if (!batch_job_load(job, path, settings, &error))
        return fail_with("run", error);
    return batch_job_run(job, options, "", mode);
}

static ExitStatus run_scenario(const char *path, const BatchOptions *options,
                               const PrecisionOption *precision, const char *shard,
                               ProgressMode mode)
{
    g_auto(BatchJob) job = { .command = "run" };
    ExitStatus status, end;

    if (shard && !parse_shard(shard, &job))
        return EXIT_USAGE;
    status = precision->precision
                 ? precision_option_run(precision, &job, path, options, mode)
                 : run_batch(&job, path, options, mode);
    if (status != EXIT_OK && status != EXIT_PRECISION)
        return status;
    end = finish(&job);
    return end == EXIT_OK ? status : end;
}

static int run_run(int argc, char **argv)
{
    static const BatchOptionTexts texts = {
        .output = "where results go (default: out/NAME)",
        .replications = "runs of each combination, as --set run.replications",
    };
    g_auto(BatchOptions) options = { 0 };
    g_auto(PrecisionOption) precision = { 0 };
    g_autofree char *shard = NULL;
    const GOptionEntry own[] = {
        { "precision", 0, 0, G_OPTION_ARG_STRING, &precision.precision,
          "replications until every mean is known so well, such as 5%", "PERCENT" },
        { "metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &precision.metrics,
          "of this one (default: requests_per_s and latency_p99_us)", "NAME" },
        { "max-replications", 0, 0, G_OPTION_ARG_STRING, &precision.most,
          "at the most (default: 100)", "N" },
        { "shard", 0, 0, G_OPTION_ARG_STRING, &shard,
          "of every N runs the I-th one alone, for a batch on several machines",
          "I/N" },
        { 0 },
    };
    g_autoptr(GArray) entries = batch_options_entries(&options, &texts, own);
    static const OptionRule rules[] = {
        { "metric", "precision", OPTION_BESIDE, NULL },
        { "max-replications", "precision", OPTION_BESIDE, NULL },
        { "shard", "precision", OPTION_ALONE, "which looks at all runs" },
        BATCH_OPTION_RULES,
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "run",
        .usage = "SCENARIO",
        .description =
            "Runs what is not yet in the output folder, so that the same command goes "
            "on after\nan interruption. Exit status: 0 all done, 3 bad scenario, 4 "
            "files, 5 some runs failed,\n7 not as precise as asked for, 130 "
            "interrupted.\n",
        .entries = (const GOptionEntry *)(const void *)entries->data,
        .rules = rules,
        .least = 1,
        .most = 1,
    };
    ProgressMode mode;
    ExitStatus status;

    batch_options_init(&options);
    precision_option_init(&precision);
    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    if (!batch_options_check(&options, "run", &mode) ||
        !precision_option_check(&precision, options.replications))
        return EXIT_USAGE;
    return run_scenario(argv[1], &options, &precision, shard, mode);
}

const Command run_command = {
    .name = "run",
    .summary = "run a scenario: database, CSV, figures, table, and what they show",
    .run = run_run,
};
