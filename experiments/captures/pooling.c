#include "experiments/captures/pooling.h"

#include "experiments/captures/guest_groups.h"

#include <math.h>
#include <string.h>

static Figure *find_figure(const GPtrArray *figures, int64_t domain, const char *metric)
{
    for (unsigned i = 0; i < figures->len; i++) {
        Figure *figure = g_ptr_array_index(figures, i);

        if (figure->domain == domain && strcmp(figure->metric, metric) == 0)
            return figure;
    }
    return NULL;
}

/* Into the first replication's figures. All replications have the same figures, with
 * NAN for what there was none of. */
static void gather(GPtrArray *const *runs)
{
    const GPtrArray *figures = runs[0];

    for (unsigned i = 0; i < figures->len; i++) {
        Figure *figure = g_ptr_array_index(figures, i);

        for (unsigned j = 0; j < CAPTURE_REPLICATIONS; j++) {
            const Figure *same = g_ptr_array_index(runs[j], i);

            g_assert(same->domain == figure->domain &&
                     strcmp(same->metric, figure->metric) == 0);
            figure->replications[j] = same->value;
        }
    }
}

static int by_number(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Sorts the values. */
static double median(GArray *values)
{
    const double *sorted = (const double *)(void *)values->data;

    g_array_sort(values, by_number);
    return (sorted[(values->len - 1) / 2] + sorted[values->len / 2]) / 2;
}

static double weighted_mean(const GArray *values, const GArray *weights)
{
    double sum = 0, weight = 0;

    for (unsigned i = 0; i < values->len; i++) {
        sum += g_array_index(values, double, i) * g_array_index(weights, double, i);
        weight += g_array_index(weights, double, i);
    }
    return sum / weight;
}

/* Mean durations count as often as there were durations, everything else once a run. */
static double weight_of(const GPtrArray *figures, const Figure *figure, unsigned run)
{
    const char *rate = NULL;

    if (strcmp(figure->metric, "round_trip_mean") == 0)
        rate = "round_trips";
    if (strcmp(figure->metric, "wake_to_run_mean") == 0)
        rate = "wakes";
    return rate ? find_figure(figures, figure->domain, rate)->replications[run] : 1;
}

/* The figures of that metric that the domains have: figures are few. */
static GPtrArray *figures_of(const GPtrArray *figures, const GArray *domains,
                             const char *metric)
{
    GPtrArray *found = g_ptr_array_new();

    for (unsigned i = 0; i < domains->len; i++) {
        Figure *figure =
            find_figure(figures, g_array_index(domains, int64_t, i), metric);

        if (figure)
            g_ptr_array_add(found, figure);
    }
    return found;
}

static void set_all(const GPtrArray *members, double value, GArray *runs)
{
    g_array_sort(runs, by_number);
    for (unsigned i = 0; i < members->len; i++) {
        Figure *figure = g_ptr_array_index(members, i);

        figure->value = value;
        figure->low = g_array_index(runs, double, 0);
        figure->high = g_array_index(runs, double, runs->len - 1);
    }
}

static void pool(const GPtrArray *figures, const GArray *domains, const char *metric)
{
    g_autoptr(GPtrArray) members = figures_of(figures, domains, metric);
    g_autoptr(GArray) values = g_array_new(false, false, sizeof(double));
    g_autoptr(GArray) weights = g_array_new(false, false, sizeof(double));

    for (unsigned i = 0; i < members->len; i++) {
        const Figure *figure = g_ptr_array_index(members, i);

        for (unsigned j = 0; j < CAPTURE_REPLICATIONS; j++) {
            const double weight = weight_of(figures, figure, j);

            if (isnan(figure->replications[j]))
                continue;
            g_array_append_val(values, figure->replications[j]);
            g_array_append_val(weights, weight);
        }
    }
    if (values->len > 0)
        set_all(members,
                strstr(metric, "_p") ? median(values) : weighted_mean(values, weights),
                values);
}

static void pool_all(const GPtrArray *figures, const GArray *domains)
{
    static const char *const metrics[] = {
        "cpu",
        "wakes",
        "wake_to_run_p50",
        "wake_to_run_p95",
        "wake_to_run_mean",
        "round_trips",
        "round_trip_p50",
        "round_trip_p95",
        "round_trip_p99",
        "round_trip_mean",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(metrics); i++)
        pool(figures, domains, metrics[i]);
}

static void pool_one_by_one(const GPtrArray *figures)
{
    g_autoptr(GArray) domains = g_array_new(false, false, sizeof(int64_t));

    g_array_set_size(domains, 1);
    for (unsigned i = 0; i < figures->len; i++) {
        const Figure *figure = g_ptr_array_index(figures, i);

        g_array_index(domains, int64_t, 0) = figure->domain;
        pool(figures, domains, figure->metric);
    }
}

void figures_pool(const CaptureScenario *scenario, GPtrArray *const *runs)
{
    const GPtrArray *figures = runs[0];
    g_autoptr(GPtrArray) groups = guest_groups_find(scenario);

    gather(runs);
    pool_one_by_one(figures);
    for (unsigned i = 0; i < groups->len; i++) {
        const GuestGroup *group = g_ptr_array_index(groups, i);

        pool_all(figures, group->numbers);
        pool_all(figures, group->stubs);
    }
}
