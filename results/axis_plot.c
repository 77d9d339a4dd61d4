#include "results/axis_plot.h"

#include "results/gnuplot.h"
#include "results/output_file.h"
#include "results/plot_block.h"

#include <math.h>

static void write_point(FILE *stream, double place, const Interval *interval)
{
    fprintf(stream, "%g %.6f %.6f\n", place, interval->mean,
            isnan(interval->half) ? 0 : interval->half);
}

static void write_line(const AxisPlot *plot, const Study *study, unsigned line,
                       FILE *stream)
{
    plot_block_begin(stream, study, line, "axis mean half_of_95_percent_interval");
    for (unsigned i = 0; i < study->axis->len; i++) {
        const SummaryRow *row = study_row(study, line, i);

        if (row && !isnan(row->columns[plot->column].mean))
            write_point(stream, study_axis(study, i), &row->columns[plot->column]);
    }
}

static bool write_data(const AxisPlot *plot, const Study *study, const char *folder,
                       GError **error)
{
    g_autofree char *name = g_strconcat(plot->name, ".dat", NULL);
    g_autoptr(OutputFile) file = output_file_new(folder, name, error);

    if (!file)
        return false;
    for (unsigned i = 0; i < study->lines->len; i++)
        write_line(plot, study, i, file->stream);
    return output_file_commit(file, error);
}

static bool write_script(const AxisPlot *plot, const char *folder, GError **error)
{
    g_autofree char *name = g_strconcat(plot->name, ".gp", NULL);
    g_autofree char *title = gnuplot_quote(summary_column_title(plot->column));
    g_autoptr(OutputFile) file = output_file_new(folder, name, error);

    if (!file)
        return false;
    fprintf(file->stream,
            "# %s over what varies.\nfigure = '%s'\ndata_file = '%s.dat'\n"
            "y_title = %s\nload 'over_axis.gp'\n",
            summary_column_name(plot->column), plot->name, plot->name, title);
    return output_file_commit(file, error);
}

bool axis_plot_write(const AxisPlot *plot, const Study *study, const char *folder,
                     GError **error)
{
    return write_data(plot, study, folder, error) && write_script(plot, folder, error);
}

/* Calls for each place that has a finished run. */
typedef void (*Look)(const SummaryRow *row, SummaryColumn column, void *data);

static void look_at_all(const Study *study, SummaryColumn column, Look look, void *data)
{
    for (unsigned i = 0; i < study->lines->len; i++)
        for (unsigned j = 0; j < study->axis->len; j++)
            if (study_row(study, i, j))
                look(study_row(study, i, j), column, data);
}

static void look_for_value(const SummaryRow *row, SummaryColumn column, void *data)
{
    bool *has_values = data;

    *has_values = *has_values || summary_row_has(row, column);
}

bool axis_plot_has_values(const AxisPlot *plot, const Study *study)
{
    bool has_values = false;

    look_at_all(study, plot->column, look_for_value, &has_values);
    return has_values;
}

typedef struct {
    double least, greatest;
} Range;

static void look_for_range(const SummaryRow *row, SummaryColumn column, void *data)
{
    Range *range = data;
    const double mean = row->columns[column].mean;

    if (!(mean > 0))
        return;
    range->least = MIN(range->least, mean);
    range->greatest = MAX(range->greatest, mean);
}

double axis_plot_spread(const AxisPlot *plot, const Study *study)
{
    Range range = { INFINITY, 0 };

    look_at_all(study, plot->column, look_for_range, &range);
    return range.greatest > 0 ? range.greatest / range.least : 1;
}

SummaryColumn axis_plot_throughput(const Study *study)
{
    const AxisPlot transfers = { NULL, COLUMN_TRANSFERS_PER_S };

    return axis_plot_has_values(&transfers, study) ? COLUMN_TRANSFERS_PER_S
                                                   : COLUMN_REQUESTS_PER_S;
}
