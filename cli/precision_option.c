#include "cli/precision_option.h"

#include "cli/arguments.h"
#include "cli/metric_option.h"
#include "results/summary.h"

#include <limits.h>

#define MAX_REPLICATIONS 100
#define HIGHEST_PERCENT  50

void precision_option_init(PrecisionOption *option)
{
    *option = (PrecisionOption){
        .columns = g_array_new(FALSE, FALSE, sizeof(SummaryColumn)),
    };
}

void precision_option_clear(PrecisionOption *option)
{
    g_free(option->precision);
    g_free(option->most);
    g_strfreev(option->metrics);
    g_array_unref(option->columns);
}

static bool check_metrics(PrecisionOption *option)
{
    static const SummaryColumn usual[] = { COLUMN_REQUESTS_PER_S,
                                           COLUMN_LATENCY_P99_US };
    SummaryColumn columns[COLUMNS];
    unsigned n_columns = 0;
    g_autoptr(GError) error = NULL;

    if (!option->metrics)
        g_array_append_vals(option->columns, usual, G_N_ELEMENTS(usual));
    else if (metric_parse_all(option->metrics, columns, &n_columns, &error))
        g_array_append_vals(option->columns, columns, n_columns);
    else
        fail_with("run", error);
    return !error;
}

static bool check_most(PrecisionOption *option)
{
    guint64 most = MAX_REPLICATIONS;

    if (option->most &&
        !g_ascii_string_to_unsigned(option->most, 10, PRECISION_LEAST_REPLICATIONS,
                                    INT_MAX, &most, NULL)) {
        g_printerr("hvmsim run: --max-replications = %s: expected %u or more\n",
                   option->most, PRECISION_LEAST_REPLICATIONS);
        return false;
    }
    option->max_replications = (unsigned)most;
    return true;
}

/* A scenario may begin with more than are allowed later; a user who writes both here
 * has slipped. */
static bool check_replications(const PrecisionOption *option, const char *replications)
{
    guint64 n;

    if (!option->most || !replications ||
        !g_ascii_string_to_unsigned(replications, 10, 0, G_MAXUINT64, &n, NULL) ||
        n <= option->max_replications)
        return true;
    g_printerr("hvmsim run: --replications = %s: expected no more than "
               "--max-replications, %s\n",
               replications, option->most);
    return false;
}

bool precision_option_check(PrecisionOption *option, const char *replications)
{
    int64_t percent;

    if (!option->precision)
        return true;
    if (!units_parse(option->precision, UNIT_PERCENT, &percent) || percent < 1 ||
        percent > HIGHEST_PERCENT) {
        g_printerr("hvmsim run: --precision = %s: expected a percentage from 1%% to "
                   "%d%%\n",
                   option->precision, HIGHEST_PERCENT);
        return false;
    }
    option->half = (double)percent / 100;
    return check_most(option) && check_replications(option, replications) &&
           check_metrics(option);
}

static bool load(BatchJob *job, const char *path, const BatchOptions *options,
                 unsigned n_replications, GError **error)
{
    g_autoptr(GPtrArray) settings = batch_options_settings(options);

    if (n_replications > 0)
        g_ptr_array_add(settings,
                        g_strdup_printf("run.replications=%u", n_replications));
    return batch_job_load(job, path, settings, error);
}

static unsigned n_replications_of(const BatchJob *job)
{
    return (unsigned)batch_job_first_scenario(job)->run.replications;
}

static void say(const BatchJob *job, const Summary *summary, const Precision *worst,
                unsigned n_next)
{
    g_autofree char *place = precision_place(worst, summary);

    g_printerr("hvmsim run: %u replications: %s is known to ±%.1f %%; ",
               n_replications_of(job), place, worst->half * 100);
    if (n_next > 0)
        g_printerr("%u are next\n", n_next);
    else
        g_printerr("no more are allowed\n");
}

/* How many next; 0: it is precise enough, or there may be no more (*is_met tells). */
static unsigned n_next(const PrecisionOption *option, const BatchJob *job,
                       const Summary *summary, bool *is_met)
{
    const PrecisionGoal goal = {
        .half = option->half,
        .columns = (const SummaryColumn *)(const void *)option->columns->data,
        .n_columns = option->columns->len,
    };
    const Precision worst = precision_of(summary, &goal);
    const unsigned n = n_replications_of(job);
    const unsigned next = precision_next(&worst, n, option->max_replications);

    *is_met = worst.row && worst.half <= option->half;
    if (!worst.row)
        g_printerr("hvmsim run: no combination has a figure of what --metric names, or "
                   "all are 0\n");
    if (*is_met || !worst.row)
        return 0;
    say(job, summary, &worst, next > n ? next : 0);
    return next > n ? next : 0;
}

/* Loads the scenario with so many replications, 0: as it says, and runs them. */
static ExitStatus run_stage(BatchJob *job, const char *path,
                            const BatchOptions *options, unsigned n_replications,
                            ProgressMode mode)
{
    g_autoptr(GError) error = NULL;

    batch_job_clear(job);
    *job = (BatchJob){ .command = "run" };
    if (!load(job, path, options, n_replications, &error))
        return fail_with("run", error);
    if (n_replications_of(job) < PRECISION_LEAST_REPLICATIONS)
        return run_stage(job, path, options, PRECISION_LEAST_REPLICATIONS, mode);
    return batch_job_run(job, options, "", mode);
}

ExitStatus precision_option_run(const PrecisionOption *option, BatchJob *job,
                                const char *path, const BatchOptions *options,
                                ProgressMode mode)
{
    BatchOptions later = *options; /* borrows */
    g_autoptr(GError) unusable = NULL;
    ExitStatus status;

    if (!batch_job_can_reload(path, &unusable))
        return fail_with("run", unusable);
    status = run_stage(job, path, options, 0, mode);
    later.is_fresh = FALSE;
    while (status == EXIT_OK && job->totals.n_failed + job->totals.n_left_out == 0) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Summary) summary = summary_new(job->database, job->hash, &error);
        bool is_met;
        unsigned next;

        if (!summary)
            return fail_with("run", error);
        next = n_next(option, job, summary, &is_met);
        if (next == 0)
            return is_met ? EXIT_OK : EXIT_PRECISION;
        status = run_stage(job, path, &later, next, mode);
    }
    return status;
}
