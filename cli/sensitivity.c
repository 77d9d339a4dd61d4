#include "cli/arguments.h"
#include "cli/batch_job.h"
#include "cli/sensitivity_report.h"
#include "experiments/input/error.h"
#include "experiments/scenario/cost_change.h"
#include "models/suggest.h"

#include <string.h>

/* Two are too few for an interval that says anything; one of five is half as wide as
 * one of three. */
#define REPLICATIONS "5"

typedef struct {
    BatchOptions batch;
    char **metrics;
    char *figures;
    gboolean is_csv;
} Arguments;

static GPtrArray *plain_settings(const Arguments *arguments)
{
    GPtrArray *settings = batch_options_settings(&arguments->batch);

    g_ptr_array_insert(settings, 0, g_strdup("run.replications=" REPLICATIONS));
    return settings;
}

static Experiment *load(const char *path, GPtrArray *settings, GError **error)
{
    Experiment *experiment;

    g_ptr_array_add(settings, NULL);
    experiment = experiment_load(path, (const char *const *)settings->pdata, error);
    g_ptr_array_remove_index(settings, settings->len - 1);
    return experiment;
}

/* The one that all combinations have; NULL and an error. */
static const CostProfile *common_profile(const char *path, const Experiment *experiment,
                                         GError **error)
{
    const CostProfile *first = NULL;

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const ExperimentCell *cell = g_ptr_array_index(experiment->cells, i);
        const CostProfile *profile = cell->scenario->profile;

        if (first && !g_str_equal(first->name, profile->name)) {
            g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                        "%s: [host] costs is swept: expected one hardware profile, as "
                        "with --set host.costs=%s",
                        path, first->name);
            return NULL;
        }
        first = profile;
    }
    return first;
}

/* Which figures. */

static bool has_cache_model(const Experiment *experiment, CacheModel model)
{
    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const ExperimentCell *cell = g_ptr_array_index(experiment->cells, i);

        if (cell->scenario->host.cache_model == (int)model)
            return true;
    }
    return false;
}

/* A model of the caches has figures of its own, and leaves those of the other alone. */
static bool is_in_use(const Experiment *experiment, const char *key)
{
    static const Cost of_footprints[] = { COST_TLB, COST_LINE_NEAR, COST_LINE_FAR };

    if (g_str_equal(key, cost_key(COST_REFILL)))
        return has_cache_model(experiment, CACHES_FIXED);
    for (unsigned i = 0; i < G_N_ELEMENTS(of_footprints); i++)
        if (g_str_equal(key, cost_key(of_footprints[i])))
            return has_cache_model(experiment, CACHES_FOOTPRINT);
    return true;
}

static bool add_once(const char *key, GPtrArray *keys, GError **error)
{
    if (g_ptr_array_find(keys, key, NULL)) {
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_NAME,
                    "--figures: expected each figure once, not %s twice", key);
        return false;
    }
    g_ptr_array_add(keys, (char *)key);
    return true;
}

static bool add_named(const GArray *entries, const char *name, GPtrArray *keys,
                      GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < entries->len; i++) {
        const CostEntry *entry = &g_array_index(entries, CostEntry, i);

        if (!entry->has_interval)
            continue;
        if (g_str_equal(entry->key, name))
            return add_once(entry->key, keys, error);
        g_ptr_array_add(known, (char *)entry->key);
    }
    choice = suggest_among(name, known);
    g_set_error(
        error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_NAME,
        "--figures = %s: expected assumed, all, or figures with an interval: %s", name,
        choice);
    return false;
}

static void add_with_interval(const Experiment *experiment, const GArray *entries,
                              bool is_assumed_only, GPtrArray *keys)
{
    for (unsigned i = 0; i < entries->len; i++) {
        const CostEntry *entry = &g_array_index(entries, CostEntry, i);

        if (entry->has_interval && is_in_use(experiment, entry->key) &&
            (!is_assumed_only || entry->standing == STANDING_ASSUMED))
            g_ptr_array_add(keys, (char *)entry->key);
    }
}

/* Of const char *, static. */
static GPtrArray *choose_figures(const Experiment *experiment,
                                 const CostProfile *profile, const char *which,
                                 GError **error)
{
    g_autoptr(GArray) entries = cost_entries(profile);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_auto(GStrv) names = NULL;

    if (!which || g_str_equal(which, "assumed") || g_str_equal(which, "all")) {
        add_with_interval(experiment, entries, !which || g_str_equal(which, "assumed"),
                          keys);
    } else {
        names = g_strsplit(which, ",", -1);
        for (unsigned i = 0; names[i]; i++)
            if (!add_named(entries, g_strstrip(names[i]), keys, error))
                return NULL;
    }
    if (keys->len > 0)
        return g_steal_pointer(&keys);
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "%s: expected a profile with intervals of assumed figures",
                profile->name);
    return NULL;
}

/* "sweep.host.cost-change=none, exit low, exit high, ...". */
static char *sweep_setting(const GPtrArray *keys)
{
    GString *text = g_string_new("sweep." SENSITIVITY_FACTOR "=none");

    for (unsigned i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);

        g_string_append_printf(text, ", %s low, %s high", key, key);
    }
    return g_string_free(text, FALSE);
}

/* The scenario with one axis more. */
static Experiment *load_design(const char *path, const Arguments *arguments,
                               GError **error)
{
    g_autoptr(GPtrArray) settings = plain_settings(arguments);
    g_autoptr(Experiment) plain = load(path, settings, error);
    const CostProfile *profile = plain ? common_profile(path, plain, error) : NULL;
    g_autoptr(GPtrArray) keys =
        profile ? choose_figures(plain, profile, arguments->figures, error) : NULL;

    if (!keys)
        return NULL;
    g_ptr_array_add(settings, sweep_setting(keys));
    return load(path, settings, error);
}

typedef struct {
    SummaryColumn columns[COLUMNS];
    unsigned n;
} Metrics;

static bool print_results(const BatchJob *job, const Metrics *metrics, bool is_csv,
                          GError **error)
{
    g_autoptr(Summary) summary = summary_new(job->database, job->hash, error);

    if (summary)
        sensitivity_print(summary, metrics->columns, metrics->n, is_csv);
    return summary != NULL;
}

static ExitStatus finish(const BatchJob *job, const Metrics *metrics, bool is_csv)
{
    const BatchTotals *totals = &job->totals;
    g_autoptr(GError) error = NULL;

    if (totals->n_known + totals->n_done > 0 &&
        !print_results(job, metrics, is_csv, &error))
        return fail_with("sensitivity", error);
    return batch_job_failures(job);
}

static ExitStatus analyse(const char *path, const Arguments *arguments,
                          ProgressMode mode)
{
    g_auto(BatchJob) job = { .command = "sensitivity" };
    Metrics metrics;
    g_autoptr(GError) error = NULL;
    ExitStatus status;

    if (!sensitivity_parse_metrics(arguments->metrics, metrics.columns, &metrics.n,
                                   &error))
        return fail_with("sensitivity", error);
    if (batch_job_can_reload(path, &error))
        job.experiment = load_design(path, arguments, &error);
    if (!job.experiment)
        return fail_with("sensitivity", error);
    status = batch_job_run(&job, &arguments->batch, "-sensitivity", mode);
    return status == EXIT_OK ? finish(&job, &metrics, arguments->is_csv) : status;
}

static void arguments_clear(Arguments *arguments)
{
    batch_options_clear(&arguments->batch);
    g_strfreev(arguments->metrics);
    g_free(arguments->figures);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static int sensitivity_run(int argc, char **argv)
{
    static const BatchOptionTexts texts = {
        .output = "where results go (default: out/NAME-sensitivity)",
        .replications = "runs of each combination (default: " REPLICATIONS ")",
    };
    g_auto(Arguments) arguments = { 0 };
    const GOptionEntry own[] = {
        { "figures", 'f', 0, G_OPTION_ARG_STRING, &arguments.figures,
          "assumed (default), all, or names of figures joined by commas", "WHICH" },
        { "metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &arguments.metrics,
          "look at this one (default: transfers_per_s, latency_p99_us, "
          "dom0_cpu_percent)",
          "NAME" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &arguments.is_csv,
          "all figures as CSV, and no sentences", NULL },
        { 0 },
    };
    g_autoptr(GArray) entries = batch_options_entries(&arguments.batch, &texts, own);
    static const OptionRule rules[] = { BATCH_OPTION_RULES, { 0 } };
    const ArgumentSpec spec = {
        .command = "sensitivity",
        .usage = "SCENARIO",
        .description =
            "Runs the scenario with each figure of its hardware profile at both ends "
            "of "
            "its\ninterval, one at a time, and tells which of them change what the "
            "scenario shows.\nThe same command goes on after an interruption.\n",
        .entries = (const GOptionEntry *)(const void *)entries->data,
        .rules = rules,
        .least = 1,
        .most = 1,
    };
    ProgressMode mode;
    ExitStatus status;

    batch_options_init(&arguments.batch);
    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    if (!batch_options_check(&arguments.batch, "sensitivity", &mode))
        return EXIT_USAGE;
    return analyse(argv[1], &arguments, mode);
}

const Command sensitivity_command = {
    .name = "sensitivity",
    .summary = "which figures of the hardware profile a scenario's results depend on",
    .run = sensitivity_run,
};
