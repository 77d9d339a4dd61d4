#include "experiments/captures/comparison.h"

#include "experiments/input/text_file.h"
#include "models/error.h"

#include <math.h>
#include <string.h>

typedef struct {
    const char *metric;
    double tolerance;
    bool is_counted, is_rate;
} JudgedMetric;

/* How far a prediction may be off, relative to what was measured, however small that
 * is. Waits for a pCPU are parts of the round trips, and not counted once more; of a
 * 99th percentile a second has few samples. */
static const JudgedMetric judged[] = {
    { "cpu", 0.10, true, false },
    { "switches", 0.10, true, true },
    { "round_trips", 0.10, true, true },
    { "round_trip_p50", 0.10, true, false },
    { "round_trip_p95", 0.25, true, false },
    { "round_trip_p99", 0.25, false, false },
    { "round_trip_mean", 0.10, true, false },
    { "wakes", 0.10, false, false },
    { "wake_to_run_p50", 0.10, false, false },
    { "wake_to_run_p95", 0.25, false, false },
    { "wake_to_run_mean", 0.10, false, false },
};

static const JudgedMetric *judged_find(const char *metric)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(judged); i++)
        if (strcmp(judged[i].metric, metric) == 0)
            return &judged[i];
    g_assert_not_reached();
}

bool compared_metric_is_rate(const char *metric)
{
    return judged_find(metric)->is_rate;
}

void compared_figure_free(void *data)
{
    ComparedFigure *figure = data;

    g_free(figure->domain);
    g_free(figure->metric);
    g_free(figure->unit);
    g_free(figure);
}

static const Figure *find(const GPtrArray *predicted, const char *domain,
                          const char *metric)
{
    const int64_t id =
        strcmp(domain, "host") == 0 ? -1 : g_ascii_strtoll(domain, NULL, 10);

    for (unsigned i = 0; i < predicted->len; i++) {
        const Figure *figure = g_ptr_array_index(predicted, i);

        if (figure->domain == id && strcmp(figure->metric, metric) == 0)
            return isnan(figure->value) ? NULL : figure;
    }
    return NULL;
}

static double error_of(const ComparedFigure *figure)
{
    const double difference = fabs(figure->predicted - figure->measured);

    return figure->measured == 0 ? difference : difference / figure->measured;
}

ComparedFigure *compared_figure_new(const char *domain, const char *unit,
                                    double measured, const Figure *predicted)
{
    ComparedFigure *row = g_new0(ComparedFigure, 1);

    row->domain = g_strdup(domain);
    row->metric = g_strdup(predicted->metric);
    row->unit = g_strdup(unit);
    row->measured = measured;
    row->predicted = predicted->value;
    row->low = predicted->low;
    row->high = predicted->high;
    memcpy(row->replications, predicted->replications, sizeof row->replications);
    row->tolerance = judged_find(predicted->metric)->tolerance;
    row->is_counted = judged_find(predicted->metric)->is_counted;
    row->error = error_of(row);
    return row;
}

/* domain,metric,value,unit */
static bool compare_line(const char *line, GPtrArray *predicted, GPtrArray *compared)
{
    g_auto(GStrv) cells = g_strsplit(line, ",", -1);
    const Figure *figure;
    char *end;
    double measured;

    if (g_strv_length(cells) != 4)
        return false;
    measured = g_ascii_strtod(cells[2], &end);
    if (end == cells[2] || *end != '\0')
        return false;
    figure = strcmp(cells[0], "idle") == 0 ? NULL : find(predicted, cells[0], cells[1]);
    if (figure)
        g_ptr_array_add(compared,
                        compared_figure_new(cells[0], cells[3], measured, figure));
    return true;
}

GPtrArray *captures_compare(const char *figures_path, GPtrArray *predicted,
                            GError **error)
{
    g_autoptr(GString) text = text_file_read(figures_path, error);
    g_auto(GStrv) lines = NULL;
    g_autoptr(GPtrArray) compared =
        g_ptr_array_new_with_free_func(compared_figure_free);

    if (!text)
        return NULL;
    lines = g_strsplit(text->str, "\n", -1);
    for (unsigned i = 1; lines[0] && lines[i]; i++) {
        if (lines[i][0] == '\0' || compare_line(lines[i], predicted, compared))
            continue;
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                    "%s:%u: \"%s\": expected domain,metric,value,unit", figures_path,
                    i + 1, lines[i]);
        return NULL;
    }
    return g_steal_pointer(&compared);
}

bool compared_figure_is_close(const ComparedFigure *figure)
{
    return figure->error <= figure->tolerance;
}

bool compared_figure_is_inside(const ComparedFigure *figure)
{
    if (!figure->has_peers)
        return compared_figure_is_close(figure);
    return figure->predicted >= (1 - figure->tolerance) * figure->spread_low &&
           figure->predicted <= (1 + figure->tolerance) * figure->spread_high;
}
