#include "results/precision.h"

#include <math.h>

#define GROWTH 3u

static unsigned needed(double half, unsigned n, double goal)
{
    const double ratio = half / goal;
    const double replications = ceil(n * ratio * ratio);

    return (unsigned)MIN(replications, (double)UINT32_MAX);
}

/* NAN where there is nothing to know. */
static double relative_half(const Interval *interval)
{
    return interval->mean == 0 ? NAN : interval->half / fabs(interval->mean);
}

Precision precision_of(const Summary *summary, const PrecisionGoal *goal)
{
    Precision worst = { 0 };

    for (unsigned i = 0; i < summary->rows->len; i++)
        for (unsigned j = 0; j < goal->n_columns; j++) {
            const SummaryRow *row = summary_row(summary, i);
            const Interval *interval = &row->columns[goal->columns[j]];
            const double half = relative_half(interval);

            if (isnan(half) || (worst.row && half <= worst.half))
                continue;
            worst = (Precision){
                .half = half,
                .replications = needed(half, interval->n, goal->half),
                .row = row,
                .column = goal->columns[j],
            };
        }
    return worst;
}

unsigned precision_next(const Precision *precision, unsigned n, unsigned most)
{
    const unsigned wanted = CLAMP(precision->replications, n + 1, GROWTH * n);

    return MAX(n, MIN(wanted, most));
}

char *precision_place(const Precision *precision, const Summary *summary)
{
    GString *place = g_string_new(summary_column_name(precision->column));
    const char *before = " with ";

    for (unsigned i = 0; i < precision->row->factors->len; i++) {
        const Factor *factor = summary_factor(precision->row, i);

        if (!summary_is_varied(summary, i))
            continue;
        g_string_append_printf(place, "%s%s = %s", before, factor->key, factor->text);
        before = ", ";
    }
    return g_string_free(place, FALSE);
}
