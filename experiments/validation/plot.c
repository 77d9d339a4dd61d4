#include "experiments/validation/plot.h"

#include "results/gnuplot.h"
#include "results/output_file.h"
#include "results/text_table.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LABEL_COLUMNS 34

/* The plot's data and settings, written side by side. */
typedef struct {
    const Target *target;
    const GArray *results; /* of RowResult */
    FILE *data, *settings;
} Drawing;

static const char *script_of(Shape shape)
{
    switch (shape) {
    case SHAPE_RATIOS:
        return "validation-ratios";
    case SHAPE_BARS:
        return "validation-bars";
    case SHAPE_CURVE:
        return "validation-curve";
    }
    g_assert_not_reached();
}

static const RowResult *result_at(const Drawing *drawing, unsigned i)
{
    return &g_array_index(drawing->results, RowResult, i);
}

static bool is_drawn(const Drawing *drawing, const RowResult *result)
{
    const RowResult *first = result_at(drawing, 0);

    if (isnan(result->simulated))
        return false;
    switch (drawing->target->shape) {
    case SHAPE_RATIOS:
        return !isnan(result->row->published);
    case SHAPE_BARS:
        return strcmp(target_row_unit(result->row), target_row_unit(first->row)) == 0;
    case SHAPE_CURVE:
        return !isnan(result->row->x);
    }
    g_assert_not_reached();
}

/* series: NULL for all rows. */
static bool is_published(const Drawing *drawing, const char *series)
{
    for (unsigned i = 0; i < drawing->results->len; i++) {
        const RowResult *result = result_at(drawing, i);

        if (is_drawn(drawing, result) && !isnan(result->row->published) &&
            (!series || strcmp(result->row->series, series) == 0))
            return true;
    }
    return false;
}

/* Six digits: as many as are the same with every compiler. "?" is gnuplot's missing
 * value; an interval that is not known has no width. */
static void write_number(const Drawing *drawing, double value)
{
    fputc(' ', drawing->data);
    if (isnan(value))
        fputc('?', drawing->data);
    else
        fprintf(drawing->data, "%.6g", value);
}

/* published simulated low high, all over `unit`. */
static void write_figures(const Drawing *drawing, const RowResult *result, double unit)
{
    const bool has_interval = !isnan(result->low);

    write_number(drawing, result->row->published / unit);
    write_number(drawing, result->simulated / unit);
    write_number(drawing, (has_interval ? result->low : result->simulated) / unit);
    write_number(drawing, (has_interval ? result->high : result->simulated) / unit);
}

/* Rows under each other, with their names. */

static double band_low(const TargetRow *row)
{
    return row->relation == RELATION_AT_MOST ? 0 : 1 - row->tolerance;
}

static double band_high(const TargetRow *row)
{
    return row->relation == RELATION_AT_LEAST ? 10 : 1 + row->tolerance;
}

/* The most room that any label needs. */
typedef struct {
    unsigned lines, columns;
} Room;

/* Broken into lines, in gnuplot's quotes. */
static char *quoted_label(const char *label, Room *room)
{
    g_autofree char *wrapped = text_wrap(label, LABEL_COLUMNS, 0);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(wrapped), "\n", -1);
    g_autofree char *broken = NULL;

    room->lines = MAX(room->lines, g_strv_length(lines));
    for (unsigned i = 0; lines[i]; i++)
        room->columns = MAX(room->columns, (unsigned)g_utf8_strlen(lines[i], -1));
    broken = g_strjoinv("\n", lines);
    return gnuplot_quote_data(broken);
}

static void write_row(const Drawing *drawing, const RowResult *result, unsigned place,
                      Room *room)
{
    g_autofree char *label = quoted_label(result->row->label, room);
    const double unit =
        drawing->target->shape == SHAPE_RATIOS ? result->row->published : 1;

    fprintf(drawing->data, "%u %s", place, label);
    write_figures(drawing, result, unit);
    write_number(drawing, band_low(result->row));
    write_number(drawing, band_high(result->row));
    fputc('\n', drawing->data);
}

static void write_rows(const Drawing *drawing)
{
    unsigned place = 0;
    Room room = { 0 };

    fputs("# place label published simulated low high tolerance_low tolerance_high\n",
          drawing->data);
    for (unsigned i = 0; i < drawing->results->len; i++)
        if (is_drawn(drawing, result_at(drawing, i)))
            write_row(drawing, result_at(drawing, i), ++place, &room);
    fprintf(drawing->settings, "n_rows = %u\nlabel_lines = %u\nlabel_columns = %u\n",
            place, room.lines, room.columns);
    fprintf(drawing->settings, "has_published = %d\nx_high = %g\n",
            is_published(drawing, NULL),
            isnan(drawing->target->x_high) ? 0 : drawing->target->x_high);
}

/* A block for each series, two empty lines apart. */

static bool is_seen(const GPtrArray *names, const char *name)
{
    for (unsigned i = 0; i < names->len; i++)
        if (strcmp(g_ptr_array_index(names, i), name) == 0)
            return true;
    return false;
}

static GPtrArray *series_of(const Drawing *drawing)
{
    GPtrArray *names = g_ptr_array_new();

    for (unsigned i = 0; i < drawing->results->len; i++) {
        const RowResult *result = result_at(drawing, i);

        if (is_drawn(drawing, result) && !is_seen(names, result->row->series))
            g_ptr_array_add(names, result->row->series);
    }
    return names;
}

static void write_series(const Drawing *drawing, const char *series)
{
    for (unsigned i = 0; i < drawing->results->len; i++) {
        const RowResult *result = result_at(drawing, i);

        if (!is_drawn(drawing, result) || strcmp(result->row->series, series) != 0)
            continue;
        fprintf(drawing->data, "%.6g", result->row->x);
        write_figures(drawing, result, 1);
        fputc('\n', drawing->data);
    }
}

static void write_curve(const Drawing *drawing)
{
    g_autoptr(GPtrArray) series = series_of(drawing);
    g_autofree char *published = gnuplot_quote(drawing->target->published_title);
    unsigned n_entries = series->len; /* lines of the key */

    fputs("# x published simulated low high\n", drawing->data);
    for (unsigned i = 0; i < series->len; i++) {
        const char *name = g_ptr_array_index(series, i);
        g_autofree char *quoted = gnuplot_quote(name);
        g_autofree char *heading = gnuplot_quote_data(name);

        fprintf(drawing->data, "%s%s\n", i > 0 ? "\n\n" : "", heading);
        write_series(drawing, name);
        fprintf(drawing->settings, "series_%u = %s\nis_published_%u = %d\n", i, quoted,
                i, is_published(drawing, name));
        n_entries += is_published(drawing, name) ? 1 : 0;
    }
    fprintf(drawing->settings, "n_series = %u\nn_entries = %u\npublished_title = %s\n",
            series->len, n_entries, published);
}

static void write_drawing(const Drawing *drawing)
{
    const Target *target = drawing->target;
    g_autofree char *name = gnuplot_quote(target->name);
    g_autofree char *x_title = gnuplot_quote(target->x_title);
    g_autofree char *y_title = gnuplot_quote(target->y_title);

    fprintf(drawing->settings, "figure = %s\nx_title = %s\ny_title = %s\n", name,
            x_title, y_title);
    fprintf(drawing->settings, "x_is_log = %d\ny_is_log = %d\n", target->x_is_log,
            target->y_is_log);
    if (target->shape == SHAPE_CURVE)
        write_curve(drawing);
    else
        write_rows(drawing);
}

static bool write_files(const Target *target, const GArray *results,
                        const char *data_folder, const char *settings_name,
                        GError **error)
{
    g_autofree char *data_name = g_strconcat(target->name, ".dat", NULL);
    g_autoptr(OutputFile) data = output_file_new(data_folder, data_name, error);
    g_autoptr(OutputFile) settings =
        data ? output_file_new(data_folder, settings_name, error) : NULL;

    if (!settings)
        return false;
    write_drawing(&(Drawing){ target, results, data->stream, settings->stream });
    return output_file_commit(data, error) && output_file_commit(settings, error);
}

bool target_has_plot(const Target *target, const GArray *results)
{
    const Drawing drawing = { .target = target, .results = results };

    for (unsigned i = 0; i < results->len; i++)
        if (is_drawn(&drawing, result_at(&drawing, i)))
            return true;
    return false;
}

bool target_draw(const Target *target, const GArray *results, const char *folder,
                 GError **error)
{
    const char *script = script_of(target->shape);
    g_autofree char *data_folder = g_build_filename(folder, "data", NULL);
    g_autofree char *settings = g_strconcat(target->name, ".settings.gp", NULL);

    return gnuplot_write_script(data_folder, "common", error) &&
           gnuplot_write_script(data_folder, "validation-rows", error) &&
           gnuplot_write_script(data_folder, script, error) &&
           write_files(target, results, data_folder, settings, error) &&
           gnuplot_draw_svg(data_folder, script, settings, error);
}
