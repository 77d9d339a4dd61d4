#include "results/summary_notes.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

/* Fewer have such a value by chance too often. */
#define STRAY_LEAST_REPLICATIONS 8u
#define STRAY_DISTANCES          10.0
#define STRAY_SHARE              0.1

/* Nothing drawn. */

static bool is_constant(const SummaryRow *row)
{
    if (row->n < 2)
        return false;
    for (unsigned i = 0; i < COLUMNS; i++)
        for (unsigned j = 1; j < row->n; j++) {
            const double first = g_array_index(row->values[i], double, 0);
            const double other = g_array_index(row->values[i], double, j);

            if (first != other && !(isnan(first) && isnan(other)))
                return false;
        }
    return true;
}

static void append_constant(GString *text, const Summary *summary)
{
    unsigned n = 0;

    for (unsigned i = 0; i < summary->rows->len; i++)
        n += is_constant(summary_row(summary, i));
    if (n == 0)
        return;
    if (n == summary->rows->len)
        g_string_append(text, "The replications of each row are the same");
    else
        g_string_append_printf(text, "The replications of %u of %u rows are the same",
                               n, summary->rows->len);
    g_string_append(text,
                    ": nothing that is drawn shows in them, and ± 0 tells "
                    "nothing of chance ([host] timer-phases = drawn draws more).\n");
}

/* Strays. */

typedef struct {
    const SummaryRow *row;
    SummaryColumn column;
    double value, median, distance; /* in medians */
} Stray;

static double median_of(double *values, size_t n)
{
    gsl_sort(values, 1, n);
    return gsl_stats_median_from_sorted_data(values, 1, n);
}

/* The value that is farthest off the median, if it is a stray; distance 0: none is. */
static Stray find_stray(const SummaryRow *row, SummaryColumn column)
{
    const double *values = (const double *)(const void *)row->values[column]->data;
    g_autofree double *sorted = g_new(double, row->n);
    g_autofree double *distances = g_new(double, row->n);
    Stray stray = { row, column, NAN, NAN, 0 };
    unsigned n = 0;
    double farthest = 0;

    for (unsigned i = 0; i < row->n; i++)
        if (!isnan(values[i]))
            sorted[n++] = values[i];
    if (n < STRAY_LEAST_REPLICATIONS)
        return stray;
    stray.median = median_of(sorted, n);
    for (unsigned i = 0; i < n; i++) {
        distances[i] = fabs(sorted[i] - stray.median);
        if (distances[i] <= farthest)
            continue;
        farthest = distances[i];
        stray.value = sorted[i];
    }
    if (farthest > STRAY_DISTANCES * median_of(distances, n) &&
        farthest > STRAY_SHARE * fabs(stray.median))
        stray.distance = farthest / fabs(stray.median);
    return stray;
}

static void append_strays(GString *text, const Summary *summary)
{
    Stray worst = { NULL, COLUMNS, NAN, NAN, 0 };
    g_autofree char *place = NULL;
    unsigned n = 0;

    for (unsigned i = 0; i < summary->rows->len; i++)
        for (unsigned j = 0; j < COLUMNS; j++) {
            const Stray stray = find_stray(summary_row(summary, i), (SummaryColumn)j);

            n += stray.distance > 0;
            if (stray.distance > worst.distance)
                worst = stray;
        }
    if (n == 0)
        return;
    place = summary_place(summary, worst.row);
    g_string_append_printf(text,
                           "One replication lies far from the others in %u mean%s; "
                           "farthest %s%s%s: %.4g, median %.4g. The interval of such a "
                           "mean cannot be relied on.\n",
                           n, n == 1 ? "" : "s", summary_column_name(worst.column),
                           place ? " with " : "", place ? place : "", worst.value,
                           worst.median);
}

void summary_append_notes(GString *text, const Summary *summary)
{
    append_constant(text, summary);
    append_strays(text, summary);
}
