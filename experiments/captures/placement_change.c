#include "experiments/captures/placement_change.h"

#include <math.h>
#include <string.h>

static const char *const metrics[] = { "round_trips", "round_trip_p50",
                                       "round_trip_p95", "round_trip_mean" };

typedef struct {
    double measured, predicted;
    unsigned n;
} Total;

char *placement_counterpart(const char *name)
{
    return g_str_has_prefix(name, "hvm")
               ? g_strconcat("stub", name + strlen("hvm"), NULL)
               : NULL;
}

/* Added up for rates; averaged for durations. */
static Total total_of(const GPtrArray *rows, const char *metric)
{
    const bool is_rate = strcmp(metric, metrics[0]) == 0;
    Total total = { 0 };

    for (unsigned i = 0; i < rows->len; i++) {
        const ComparedFigure *row = g_ptr_array_index(rows, i);

        if (strcmp(row->metric, metric) != 0)
            continue;
        total.measured += row->measured;
        total.predicted += row->predicted;
        total.n++;
    }
    if (!is_rate && total.n > 0) {
        total.measured /= total.n;
        total.predicted /= total.n;
    }
    return total;
}

unsigned placement_changes(const GPtrArray *dom0, const GPtrArray *stub,
                           PlacementChange *changes, unsigned n_max)
{
    unsigned n = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(metrics) && n < n_max; i++) {
        const Total before = total_of(dom0, metrics[i]);
        const Total after = total_of(stub, metrics[i]);

        if (before.n == 0 || after.n == 0)
            continue;
        changes[n++] = (PlacementChange){
            .metric = metrics[i],
            .measured_percent = 100 * (after.measured / before.measured - 1),
            .predicted_percent = 100 * (after.predicted / before.predicted - 1),
        };
    }
    return n;
}

bool placement_change_is_right(const PlacementChange *change)
{
    const bool has_same_sign =
        (change->measured_percent < 0) == (change->predicted_percent < 0);

    return has_same_sign &&
           fabs(change->measured_percent - change->predicted_percent) <=
               PLACEMENT_CHANGE_POINTS_MAX;
}
