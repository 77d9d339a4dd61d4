#include "results/plot_settings.h"

#include "results/gnuplot.h"
#include "results/output_file.h"
#include "results/plot_block.h"

static bool is_doubling(const Study *study)
{
    for (unsigned i = 1; i < study->axis->len; i++)
        if (study_axis(study, i) < 1.5 * study_axis(study, i - 1))
            return false;
    return study->axis->len > 2 && study_axis(study, 0) > 0;
}

/* A label of a tic is a format: %% is %. */
static char *tic_label(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "%", -1);
    g_autofree char *format = g_strjoinv("%%", parts);

    return gnuplot_quote(format);
}

/* Numbers alone, or each with what the scenario calls it: (1, 2, '3ms' 3e+06). Free
 * with g_free. */
static char *axis_tics(const Study *study)
{
    g_autoptr(GString) tics = g_string_new("(");

    for (unsigned i = 0; i < study->axis->len; i++) {
        g_autofree char *number = g_strdup_printf("%g", study_axis(study, i));
        g_autofree char *text = tic_label(study_axis_text(study, i));

        g_string_append(tics, i > 0 ? ", " : "");
        if (!g_str_equal(number, study_axis_text(study, i)))
            g_string_append_printf(tics, "%s ", text);
        g_string_append(tics, number);
    }
    g_string_append_c(tics, ')');
    return gnuplot_quote(tics->str);
}

static void write_axis(const Study *study, FILE *stream)
{
    const double first = study_axis(study, 0);
    const double last = study_axis(study, study->axis->len - 1);
    const double margin = (last - first) / 20;
    const bool doubling = is_doubling(study);
    g_autofree char *tics = axis_tics(study);

    fprintf(stream, "axis_is_doubling = %d\n", doubling);
    fprintf(stream, "axis_low = %g\n", doubling ? first / 1.15 : first - margin);
    fprintf(stream, "axis_high = %g\n", doubling ? last * 1.15 : last + margin);
    fprintf(stream, "axis_tics = %s\n", tics);
}

static char *axis_point(const Study *study, unsigned i)
{
    g_autofree char *text =
        g_strdup_printf("%s: %s", study->axis_title, study_axis_text(study, i));

    return gnuplot_quote(text);
}

/* The first and the last point of the axis, which the panels of stages show. */
static void write_points(const Study *study, FILE *stream)
{
    g_autofree char *first = axis_point(study, 0);
    g_autofree char *last = axis_point(study, study->axis->len - 1);

    fprintf(stream, "n_stage_panels = 2\narray stage_panels[2] = [%s, %s]\n", first,
            last);
}

/* Where plots of one point are: the last of the axis, and what is held. */
static void write_place(const Study *study, FILE *stream)
{
    const char *held = study->held ? study->held : "";
    g_autofree char *text =
        study->axis->len > 1
            ? g_strdup_printf("%s: %s%s%s", study->axis_title,
                              study_axis_text(study, study->axis->len - 1),
                              study->held ? "; " : "", held)
            : g_strdup(held);
    g_autofree char *place = gnuplot_quote(text);
    g_autofree char *held_title = gnuplot_quote(held);

    fprintf(stream, "at_title = %s\nheld_title = %s\n", place, held_title);
}

static void write_line_names(const Study *study, FILE *stream)
{
    fprintf(stream, "n_lines = %u\narray line_names[%u] = [", study->lines->len,
            study->lines->len);
    for (unsigned i = 0; i < study->lines->len; i++) {
        g_autofree char *name = plot_line_name(study, i);
        g_autofree char *quoted = gnuplot_quote(name);

        fprintf(stream, "%s%s", i > 0 ? ", " : "", quoted);
    }
    fputs("]\n", stream);
}

static void write_style(const PlotStyle *style, FILE *stream)
{
    char width[G_ASCII_DTOSTR_BUF_SIZE];

    if (style->width_cm > 0)
        fprintf(stream, "if (!exists('width_cm')) width_cm = %s\n",
                g_ascii_formatd(width, sizeof width, "%g", style->width_cm));
    fprintf(stream, "if (!exists('y_is_log')) y_is_log = %d\n", style->is_log);
}

static void write_study(const Study *study, FILE *stream)
{
    g_autofree char *axis_title =
        gnuplot_quote(study->axis_title ? study->axis_title : "");

    write_line_names(study, stream);
    fprintf(stream, "axis_title = %s\n", axis_title);
    if (study->axis->len > 1) {
        write_axis(study, stream);
        write_points(study, stream);
    } else {
        fputs("n_stage_panels = 1\narray stage_panels[1] = [' ']\n", stream);
    }
    write_place(study, stream);
}

bool plot_settings_write(const Study *study, const PlotStyle *style, const char *folder,
                         GError **error)
{
    g_autoptr(OutputFile) file = output_file_new(folder, PLOT_SETTINGS, error);

    if (!file)
        return false;
    write_style(style, file->stream);
    write_study(study, file->stream);
    return output_file_commit(file, error);
}
