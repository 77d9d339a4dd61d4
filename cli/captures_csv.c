#include "cli/captures_csv.h"

#include "results/csv.h"

#include <math.h>

void captures_csv_append_head(GString *text)
{
    g_string_append(text, "kind,capture,domain,metric,unit,measured,predicted,low,high,"
                          "error_percent,tolerance_percent,spread_low,spread_high,"
                          "verdict" CSV_LINE_END);
}

/* Nothing for what there is not: NAN. */
static void append_number(GString *text, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    csv_append(
        text, isnan(value) ? "" : g_ascii_formatd(number, sizeof number, "%.6g", value),
        false);
}

static void append_names(GString *text, const char *kind, const char *capture,
                         const char *domain, const char *metric, const char *unit)
{
    csv_append(text, kind, true);
    csv_append(text, capture, false);
    csv_append(text, domain, false);
    csv_append(text, metric, false);
    csv_append(text, unit, false);
}

static void append_numbers(GString *text, const double *numbers, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        append_number(text, numbers[i]);
}

static void append_figure(GString *text, const char *kind, const char *capture,
                          const ComparedFigure *row, const char *verdict)
{
    const double numbers[] = {
        row->measured,
        row->predicted,
        row->low,
        row->high,
        100 * row->error,
        100 * row->tolerance,
        row->has_peers ? row->spread_low : NAN,
        row->has_peers ? row->spread_high : NAN,
    };

    append_names(text, kind, capture, row->domain, row->metric, row->unit);
    append_numbers(text, numbers, G_N_ELEMENTS(numbers));
    csv_append(text, verdict, false);
    g_string_append(text, CSV_LINE_END);
}

static const char *verdict_of(bool is_counted, bool is_inside)
{
    if (!is_counted)
        return "not counted";
    return is_inside ? "inside" : "outside";
}

void captures_csv_append_figures(GString *text, const char *capture,
                                 const GPtrArray *rows)
{
    for (unsigned i = 0; i < rows->len; i++) {
        const ComparedFigure *row = g_ptr_array_index(rows, i);

        append_figure(text, "figure", capture, row,
                      verdict_of(row->is_counted, compared_figure_is_inside(row)));
    }
}

void captures_csv_append_sums(GString *text, const char *capture, const GPtrArray *sums)
{
    for (unsigned i = 0; i < sums->len; i++) {
        const ComparedFigure *sum = g_ptr_array_index(sums, i);

        append_figure(text, "sum", capture, sum,
                      verdict_of(compared_metric_is_rate(sum->metric),
                                 compared_figure_is_close(sum)));
    }
}

void captures_csv_append_change(GString *text, const char *dom0, const char *stub,
                                const PlacementChange *change)
{
    const double numbers[] = {
        change->measured_percent,
        change->predicted_percent,
        NAN,
        NAN,
        fabs(change->predicted_percent - change->measured_percent),
        PLACEMENT_CHANGE_POINTS_MAX,
        NAN,
        NAN,
    };
    g_autofree char *captures = g_strdup_printf("%s to %s", dom0, stub);

    append_names(text, "change", captures, "", change->metric, "%");
    append_numbers(text, numbers, G_N_ELEMENTS(numbers));
    csv_append(text, verdict_of(true, placement_change_is_right(change)), false);
    g_string_append(text, CSV_LINE_END);
}
