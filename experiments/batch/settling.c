#include "experiments/batch/settling.h"

#include "experiments/batch/estimate.h"
#include "experiments/batch/experiment_runs.h"
#include "experiments/batch/run.h"
#include "experiments/input/error.h"
#include "experiments/threads/crew.h"
#include "results/steady_state.h"

#include <math.h>

/* Between two looks at the progress. */
#define LOOK_US (200 * G_TIME_SPAN_MILLISECOND)
/* Every combination is asked about each quantity: at 95 % some would drift by chance.
 */
#define DRIFT_CONFIDENCE 0.99

typedef struct {
    ExperimentRun *run; /* borrowed */
    int64_t interval_ns, began_us;
    Series *series;
    GError *error;
} Job;

typedef struct {
    const SettlingParams *params;
    GPtrArray *all; /* of Job, owned */
    Estimate estimate;
    BatchTotals totals;
    int64_t began_us;
} Jobs;

static void job_free(void *data)
{
    Job *job = data;

    series_free(job->series);
    g_clear_error(&job->error);
    g_free(job);
}

/* In a thread of the crew. */
static void run_job(void *data, void *user_data)
{
    Job *job = data;
    const SettlingParams *params = ((const Jobs *)user_data)->params;

    job->began_us = g_get_monotonic_time();
    if (!g_atomic_int_get(params->stop))
        job->series = run_series(job->run->scenario, job->run->seed, job->interval_ns,
                                 params->n_intervals, params->stop, &job->error);
}

static void report(const Jobs *jobs)
{
    const BatchListener *listener = &jobs->params->listener;
    const int64_t left_ns = estimate_left_ns(&jobs->estimate, jobs->params->n_jobs, 0);
    const BatchProgress progress = {
        &jobs->totals, (g_get_monotonic_time() - jobs->began_us) * NS_PER_US, left_ns
    };

    if (listener->progress)
        listener->progress(listener->data, &progress);
}

static void wait_for_all(Jobs *jobs, Crew *crew)
{
    while (jobs->totals.n_done < jobs->all->len) {
        const Job *job = crew_take_within(crew, LOOK_US);

        if (job) {
            jobs->totals.n_done++;
            estimate_start(&jobs->estimate, job->run->cell);
            estimate_finish(&jobs->estimate, job->run->cell,
                            (g_get_monotonic_time() - job->began_us) * NS_PER_US);
        }
        report(jobs);
    }
}

static int64_t own_length_ns(const RunKeys *run)
{
    return run->warmup_ns + run->duration_ns;
}

/* A run as the scenario has it, but so long that its warm-up ends in the first half,
 * where a beginning is looked for. */
static int64_t length_ns(const ExperimentCell *cell)
{
    const RunKeys *run = &cell->scenario->run;

    return MAX(own_length_ns(run), run->warmup_ns / 2 * 5);
}

static void add_job(Jobs *jobs, const Experiment *experiment, ExperimentRun *run)
{
    const ExperimentCell *cell = g_ptr_array_index(experiment->cells, run->cell);
    Job *job = g_new0(Job, 1);

    job->run = run;
    job->interval_ns = length_ns(cell) / jobs->params->n_intervals;
    estimate_expect(&jobs->estimate, run->cell, cell_weight(cell));
    g_ptr_array_add(jobs->all, job);
}

static void run_jobs(Jobs *jobs, const Experiment *experiment, const GPtrArray *runs)
{
    g_autoptr(Crew) crew = crew_new(jobs->params->n_jobs, run_job, jobs);

    for (unsigned i = 0; i < runs->len; i++)
        add_job(jobs, experiment, g_ptr_array_index(runs, i));
    jobs->totals.n_runs = jobs->all->len;
    for (unsigned i = 0; i < jobs->all->len; i++)
        crew_give(crew, g_ptr_array_index(jobs->all, i));
    wait_for_all(jobs, crew);
}

/* What came of them. */

static void settling_free(void *data)
{
    Settling *settling = data;

    for (unsigned i = 0; i < SERIES_QUANTITIES; i++)
        g_free(settling->values[i]);
    g_free(settling);
}

/* The jobs of a cell: its replications. */
static GPtrArray *replications_of(const Jobs *jobs, unsigned cell)
{
    GPtrArray *replications = g_ptr_array_new();

    for (unsigned i = 0; i < jobs->all->len; i++) {
        Job *job = g_ptr_array_index(jobs->all, i);

        if (job->run->cell == cell)
            g_ptr_array_add(replications, job);
    }
    return replications;
}

static Interval value_at(const GPtrArray *replications, SeriesQuantity quantity,
                         unsigned interval)
{
    g_autofree double *values = g_new(double, replications->len);

    for (unsigned i = 0; i < replications->len; i++)
        values[i] = series_value(((const Job *)replications->pdata[i])->series,
                                 quantity, interval);
    return interval_of_mean(values, replications->len, INTERVAL_CONFIDENCE);
}

static void find_begin(Settling *settling, SeriesQuantity quantity)
{
    g_autofree double *means = g_new(double, settling->n_intervals);
    unsigned begin;

    for (unsigned i = 0; i < settling->n_intervals; i++)
        means[i] = settling->values[quantity][i].mean;
    settling->has_settled[quantity] =
        steady_state_begin(means, settling->n_intervals, &begin);
    settling->begins_ns[quantity] = begin * settling->interval_ns;
}

static double mean_between(const Series *series, SeriesQuantity quantity,
                           unsigned first, unsigned end)
{
    double sum = 0;

    for (unsigned i = first; i < end; i++)
        sum += series_value(series, quantity, i);
    return sum / (end - first);
}

/* The whole intervals of what the scenario measures, in two halves. */
typedef struct {
    unsigned first, middle, end;
} Halves;

static Halves halves_of(const Settling *settling, const RunKeys *run)
{
    const int64_t ns = settling->interval_ns;
    const int64_t end_ns = run->warmup_ns + run->duration_ns;
    Halves halves = {
        .first = (unsigned)((run->warmup_ns + ns - 1) / ns),
        .end = (unsigned)MIN(end_ns / ns, settling->n_intervals),
    };

    halves.middle = (halves.first + halves.end) / 2;
    return halves;
}

static void find_drift(Settling *settling, SeriesQuantity quantity,
                       const GPtrArray *replications, const Halves *halves)
{
    double sum_early = 0, sum_late = 0;
    g_autofree double *early = g_new(double, replications->len);
    g_autofree double *late = g_new(double, replications->len);

    settling->drifts[quantity] =
        (RatioInterval){ .mean = NAN, .low = NAN, .high = NAN };
    if (halves->middle <= halves->first ||
        replications->len < SETTLING_DRIFT_REPLICATIONS)
        return;
    for (unsigned i = 0; i < replications->len; i++) {
        const Series *series = ((const Job *)replications->pdata[i])->series;

        early[i] = mean_between(series, quantity, halves->first, halves->middle);
        late[i] = mean_between(series, quantity, halves->middle, halves->end);
        sum_early += early[i];
        sum_late += late[i];
    }
    settling->drifts[quantity] =
        sum_early <= 0 && sum_late > 0
            ? (RatioInterval){ INFINITY, INFINITY, INFINITY, replications->len, 0, 0 }
        : sum_late <= 0 && sum_early > 0
            ? (RatioInterval){ 0, 0, 0, replications->len, 0, 0 }
            : interval_of_ratio(late, early, replications->len, DRIFT_CONFIDENCE);
}

static bool has_transfers(const Settling *settling)
{
    return settling_mean(settling, SERIES_TRANSFERS, 0, SETTLING_TO_THE_END) > 0;
}

static void find_grain(Settling *settling, const Halves *halves)
{
    const SeriesQuantity counted =
        has_transfers(settling) ? SERIES_TRANSFERS : SERIES_REQUESTS;
    double n_of_both = 0;

    for (unsigned i = halves->first; i < halves->end; i++)
        n_of_both += settling->values[counted][i].mean *
                     ((double)settling->interval_ns / NS_PER_S);
    settling->drift_grain = n_of_both > 0 ? 2 / (n_of_both / 2) : 0;
}

static Settling *settle(const Jobs *jobs, const Experiment *experiment, unsigned cell)
{
    Settling *settling = g_new0(Settling, 1);
    g_autoptr(GPtrArray) replications = replications_of(jobs, cell);
    const ExperimentCell *of = g_ptr_array_index(experiment->cells, cell);
    const RunKeys *run = &of->scenario->run;
    Halves halves;

    settling->n_intervals = jobs->params->n_intervals;
    settling->interval_ns = length_ns(of) / jobs->params->n_intervals;
    settling->is_longer = length_ns(of) > own_length_ns(run);
    halves = halves_of(settling, run);
    for (unsigned i = 0; i < SERIES_QUANTITIES; i++) {
        settling->values[i] = g_new(Interval, settling->n_intervals);
        for (unsigned j = 0; j < settling->n_intervals; j++)
            settling->values[i][j] = value_at(replications, (SeriesQuantity)i, j);
        find_begin(settling, (SeriesQuantity)i);
        find_drift(settling, (SeriesQuantity)i, replications, &halves);
    }
    find_grain(settling, &halves);
    return settling;
}

double settling_mean(const Settling *settling, SeriesQuantity quantity, int64_t from_ns,
                     int64_t until_ns)
{
    const int64_t n = settling->n_intervals, ns = settling->interval_ns;
    const int64_t end = CLAMP((until_ns + ns - 1) / ns, 1, n);
    const int64_t first = MIN(from_ns / ns, end - 1);
    double sum = 0;

    for (int64_t i = first; i < end; i++)
        sum += settling->values[quantity][i].mean;
    return sum / (double)(end - first);
}

static bool check_lengths(const Experiment *experiment, unsigned n_intervals,
                          GError **error)
{
    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const int64_t length = length_ns(g_ptr_array_index(experiment->cells, i));
        g_autofree char *text = units_format(length, UNIT_NS);

        if (length >= n_intervals)
            continue;
        g_set_error(
            error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
            "[run] duration: %s with the warm-up: expected %u ns or more, one for "
            "each interval",
            text, n_intervals);
        return false;
    }
    return true;
}

/* NULL with an error, or without one when a run was given up. */
static GPtrArray *collect(const Jobs *jobs, const Experiment *experiment,
                          GError **error)
{
    GPtrArray *settlings;

    for (unsigned i = 0; i < jobs->all->len; i++) {
        Job *job = g_ptr_array_index(jobs->all, i);

        if (job->series)
            continue;
        if (job->error)
            g_propagate_prefixed_error(error, g_steal_pointer(&job->error),
                                       "%s: ", job->run->description);
        return NULL;
    }
    settlings = g_ptr_array_new_with_free_func(settling_free);
    for (unsigned i = 0; i < experiment->cells->len; i++)
        g_ptr_array_add(settlings, settle(jobs, experiment, i));
    return settlings;
}

GPtrArray *settling_of(const Experiment *experiment, const SettlingParams *params,
                       GError **error)
{
    Jobs jobs = { .params = params, .began_us = g_get_monotonic_time() };
    g_autoptr(GPtrArray) runs = NULL;
    GPtrArray *settlings;

    if (!check_lengths(experiment, params->n_intervals, error))
        return NULL;
    runs = experiment_runs_new(experiment);
    jobs.all = g_ptr_array_new_with_free_func(job_free);
    estimate_init(&jobs.estimate, experiment->cells->len);
    run_jobs(&jobs, experiment, runs);
    settlings = collect(&jobs, experiment, error);
    estimate_clear(&jobs.estimate);
    g_ptr_array_unref(jobs.all);
    return settlings;
}
