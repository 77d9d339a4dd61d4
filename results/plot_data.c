#include "results/plot_data.h"

#include "models/guest/request.h"
#include "results/bucket_text.h"
#include "results/gnuplot.h"
#include "results/output_file.h"
#include "results/plot_part.h"

#include <math.h>

/* What all writers need. */
typedef struct {
    Database *database;
    int64_t campaign_id;
    const Study *study;
} Source;

typedef bool (*Writer)(const Source *source, FILE *stream, GError **error);

static unsigned n_axis(const Source *source)
{
    return source->study->axis->len;
}

static unsigned n_lines(const Source *source)
{
    return source->study->lines->len;
}

/* What the legend calls it. Free with g_free. */
static char *line_name(const Study *study, unsigned line)
{
    return study->lines_title
               ? g_strdup_printf("%s: %s", study->lines_title, study_line(study, line))
               : g_strdup(study_line(study, line));
}

/* gnuplot's `index`: blocks are two empty lines apart, and each begins with its name.
 */
static void begin_block(FILE *stream, const Source *source, unsigned line,
                        const char *columns)
{
    g_autofree char *name = line_name(source->study, line);
    g_autofree char *quoted = gnuplot_quote_data(name);

    fprintf(stream, "%s# %s\n%s\n", line > 0 ? "\n\n" : "", columns, quoted);
}

/* Over the axis. */

static void write_over_axis(const Source *source, FILE *stream, SummaryColumn column)
{
    for (unsigned i = 0; i < n_lines(source); i++) {
        begin_block(stream, source, i, "axis mean half_of_95_percent_interval");
        for (unsigned j = 0; j < n_axis(source); j++) {
            const SummaryRow *row = study_row(source->study, i, j);
            const Interval *interval = row ? &row->columns[column] : NULL;

            if (interval && !isnan(interval->mean))
                fprintf(stream, "%g %.6f %.6f\n", study_axis(source->study, j),
                        interval->mean, isnan(interval->half) ? 0 : interval->half);
        }
    }
}

static SummaryColumn throughput_column(const Study *study)
{
    for (unsigned i = 0; i < study->lines->len; i++)
        for (unsigned j = 0; j < study->axis->len; j++) {
            const SummaryRow *row = study_row(study, i, j);

            if (row && row->columns[COLUMN_TRANSFERS_PER_S].mean > 0)
                return COLUMN_TRANSFERS_PER_S;
        }
    return COLUMN_REQUESTS_PER_S;
}

static bool write_throughput(const Source *source, FILE *stream,
                             GError **error G_GNUC_UNUSED)
{
    write_over_axis(source, stream, throughput_column(source->study));
    return true;
}

static bool write_latency_p99(const Source *source, FILE *stream,
                              GError **error G_GNUC_UNUSED)
{
    write_over_axis(source, stream, COLUMN_LATENCY_P99_US);
    return true;
}

static bool write_dom0_cpu(const Source *source, FILE *stream,
                           GError **error G_GNUC_UNUSED)
{
    write_over_axis(source, stream, COLUMN_DOM0_CPU_PERCENT);
    return true;
}

/* From the tables of runs. */

static PlotPart part_of(const Source *source, const SummaryRow *row, const char *plot)
{
    return (PlotPart){ source->database, source->campaign_id, row, plot };
}

static void write_share(FILE *stream, int64_t value_ns, int64_t share, int64_t total)
{
    fprintf(stream, "%.3f %.6f\n", (double)value_ns / 1e3,
            (double)share / (double)total);
}

/* The latencies of all requests of a combination; NULL on error. */
static Histogram *add_up_requests(const PlotPart *part, GError **error)
{
    g_autofree Histogram *sum = histogram_new();
    g_autoptr(sqlite3_stmt) guest = plot_part_prepare(
        part,
        "SELECT buckets, least_ns, greatest_ns FROM run JOIN histogram USING (run_id)"
        " WHERE campaign_id = ? AND cell = ? AND quantity = 'request'",
        error);

    if (!guest || !bucket_text_add_rows(sum, part->database, guest, error))
        return NULL;
    return g_steal_pointer(&sum);
}

static bool write_cdf_of(const PlotPart *part, FILE *stream, GError **error)
{
    g_autofree Histogram *sum = add_up_requests(part, error);
    uint64_t seen = 0;

    for (unsigned i = 0; sum && i < HISTOGRAM_BUCKETS; i++) {
        const int64_t lower_ns = histogram_lower_ns(i);

        if (sum->buckets[i] == 0)
            continue;
        if (seen == 0)
            write_share(stream, lower_ns, 0, 1);
        seen += sum->buckets[i];
        write_share(stream, lower_ns + histogram_width_ns(i), (int64_t)seen,
                    (int64_t)sum->count);
    }
    return sum != NULL;
}

static bool write_latency_cdf(const Source *source, FILE *stream, GError **error)
{
    for (unsigned i = 0; i < n_lines(source); i++) {
        const SummaryRow *row = study_row(source->study, i, n_axis(source) - 1);
        const PlotPart part = part_of(source, row, "latency-cdf");

        begin_block(stream, source, i, "latency_us share_of_requests");
        if (row && !plot_part_write(&part, write_cdf_of, stream, error))
            return false;
    }
    return true;
}

static bool write_payers_of(const PlotPart *part, FILE *stream, GError **error)
{
    g_autoptr(sqlite3_stmt) guest =
        plot_part_prepare(part,
                          "SELECT 1e2 * sum(paid_ns) / sum(measured_ns),"
                          " 1e2 * sum(attributed_ns) / sum(measured_ns)"
                          " FROM run JOIN domain USING (run_id)"
                          " WHERE campaign_id = ? AND cell = ? AND role = 'guest'"
                          " GROUP BY domain ORDER BY domain",
                          error);
    bool has_row = guest != NULL;
    unsigned number = 0;

    while (has_row) {
        if (!database_step(part->database, guest, &has_row, error))
            return false;
        if (!has_row)
            return true;
        fprintf(stream, "%u %.6f %.6f\n", ++number, sqlite3_column_double(guest, 0),
                sqlite3_column_double(guest, 1));
    }
    return false;
}

static bool write_payers(const Source *source, FILE *stream, GError **error)
{
    for (unsigned i = 0; i < n_lines(source); i++) {
        const SummaryRow *row = study_row(source->study, i, n_axis(source) - 1);
        const PlotPart part = part_of(source, row, "booked-attributed");

        begin_block(stream, source, i, "guest paid_percent attributed_percent");
        if (row && !plot_part_write(&part, write_payers_of, stream, error))
            return false;
    }
    return true;
}

static char *stages_sql(void)
{
    GString *sql = g_string_new("SELECT");

    for (unsigned i = 0; i < STAGES; i++)
        g_string_append_printf(sql,
                               "%s sum(stage_%s_ns) / 1e3 /"
                               " max((SELECT sum(requests) FROM outcome"
                               "      WHERE campaign_id = ?1 AND cell = ?2), 1)",
                               i > 0 ? "," : "", stage_name((Stage)i));
    g_string_append(sql, " FROM run JOIN domain USING (run_id)"
                         " WHERE campaign_id = ?1 AND cell = ?2");
    return g_string_free(sql, FALSE);
}

static bool write_stages_of(const PlotPart *part, FILE *stream, GError **error)
{
    g_autofree char *sql = stages_sql();
    g_autoptr(sqlite3_stmt) means = plot_part_prepare(part, sql, error);
    bool has_row;

    if (!means || !database_step(part->database, means, &has_row, error))
        return false;
    for (int i = 0; i < STAGES; i++)
        fprintf(stream, " %.6f", sqlite3_column_double(means, i));
    fputc('\n', stream);
    return true;
}

static bool write_stage_panel(const Source *source, unsigned axis, FILE *stream,
                              GError **error)
{
    fputs("line", stream);
    for (unsigned i = 0; i < STAGES; i++)
        fprintf(stream, " \"%s\"", stage_name((Stage)i));
    fputc('\n', stream);
    for (unsigned i = 0; i < n_lines(source); i++) {
        const SummaryRow *row = study_row(source->study, i, axis);
        const PlotPart part = part_of(source, row, "stages");
        g_autofree char *name = line_name(source->study, i);
        g_autofree char *quoted = gnuplot_quote_data(name);

        if (!row)
            continue;
        fputs(quoted, stream);
        if (!plot_part_write(&part, write_stages_of, stream, error))
            return false;
    }
    return true;
}

/* A panel for each end of the axis. */
static bool write_stages(const Source *source, FILE *stream, GError **error)
{
    fputs("# mean us of a request in each stage\n", stream);
    if (!write_stage_panel(source, 0, stream, error))
        return false;
    if (n_axis(source) == 1)
        return true;
    fputs("\n\n", stream);
    return write_stage_panel(source, n_axis(source) - 1, stream, error);
}

/* What the scripts must know beside the numbers. */

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
        g_autofree char *name = line_name(study, i);
        g_autofree char *quoted = gnuplot_quote(name);

        fprintf(stream, "%s%s", i > 0 ? ", " : "", quoted);
    }
    fputs("]\n", stream);
}

static bool write_study(const Source *source, FILE *stream,
                        GError **error G_GNUC_UNUSED)
{
    const Study *study = source->study;
    g_autofree char *axis_title =
        gnuplot_quote(study->axis_title ? study->axis_title : "");

    write_line_names(study, stream);
    fprintf(stream, "axis_title = %s\n", axis_title);
    fprintf(stream, "throughput_title = '%s'\n",
            throughput_column(study) == COLUMN_TRANSFERS_PER_S
                ? "completed transfers per second"
                : "requests per second");
    if (study->axis->len > 1) {
        write_axis(study, stream);
        write_points(study, stream);
    } else {
        fputs("n_stage_panels = 1\narray stage_panels[1] = [' ']\n", stream);
    }
    write_place(study, stream);
    return true;
}

static bool write_file(const Source *source, Writer write, const char *folder,
                       const char *name, GError **error)
{
    g_autoptr(OutputFile) file = output_file_new(folder, name, error);

    return file && write(source, file->stream, error) &&
           output_file_commit(file, error);
}

bool plot_data_write(Database *database, int64_t campaign_id, const Study *study,
                     const char *folder, GError **error)
{
    static const struct {
        const char *name;
        Writer write;
        bool is_of_machine; /* not of a group of domains */
    } files[] = {
        { "study.gp", write_study, false },
        { "throughput.dat", write_throughput, false },
        { "latency-p99.dat", write_latency_p99, false },
        { "dom0-cpu.dat", write_dom0_cpu, true },
        { "latency-cdf.dat", write_latency_cdf, true },
        { "booked-attributed.dat", write_payers, true },
        { "stages.dat", write_stages, true },
    };
    const Source source = { database, campaign_id, study };

    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++)
        if (!(study->is_of_group && files[i].is_of_machine) &&
            !write_file(&source, files[i].write, folder, files[i].name, error))
            return false;
    return true;
}
