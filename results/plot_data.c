#include "results/plot_data.h"

#include "models/guest/request.h"
#include "results/bucket_text.h"
#include "results/gnuplot.h"
#include "results/output_file.h"
#include "results/plot_block.h"
#include "results/plot_part.h"

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

        plot_block_begin(stream, source->study, i, "latency_us share_of_requests");
        if (row && !plot_part_write(&part, write_cdf_of, stream, error))
            return false;
    }
    return true;
}

/* Guests are numbered whether they have lived or not, so that each has the same number
 * in all lines; only those that have are told of. */
static bool write_payers_of(const PlotPart *part, FILE *stream, GError **error)
{
    g_autoptr(sqlite3_stmt) guest =
        plot_part_prepare(part,
                          "SELECT 1e2 * sum(paid_ns) / sum(measured_ns),"
                          " 1e2 * sum(attributed_ns) / sum(measured_ns),"
                          " sum(lived_ns), min(domain_group), min(name)"
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
        number++;
        if (sqlite3_column_int64(guest, 2) > 0)
            fprintf(stream, "%u %.6f %.6f %s %s\n", number,
                    sqlite3_column_double(guest, 0), sqlite3_column_double(guest, 1),
                    sqlite3_column_text(guest, 3), sqlite3_column_text(guest, 4));
    }
    return false;
}

/* The words of a line that write_payers_of has written. */
enum {
    PAYER_NUMBER,
    PAYER_PAID,
    PAYER_ATTRIBUTED,
    PAYER_GROUP,
    PAYER_NAME,
};

/* Of each line of the study its payers: GPtrArray of GStrv. NULL on error. */
static GPtrArray *read_payers(const Source *source, unsigned line, GError **error)
{
    const SummaryRow *row = study_row(source->study, line, n_axis(source) - 1);
    const PlotPart part = part_of(source, row, "booked-attributed");
    g_autoptr(GPtrArray) payers =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    g_autofree char *text = row ? plot_part_text(&part, write_payers_of, error) : NULL;
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

    if (row && !text)
        return NULL;
    for (unsigned i = 0; lines && lines[i] && *lines[i]; i++)
        g_ptr_array_add(payers, g_strsplit(lines[i], " ", PAYER_NAME + 1));
    return g_steal_pointer(&payers);
}

/* Which guests there are in any line, and whether of several groups. */
typedef struct {
    GArray *numbers; /* of uint64_t, ascending */
    const char *group;
    bool has_groups;
} Payers;

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static unsigned rank_of(const Payers *all, uint64_t number)
{
    for (unsigned i = 0; i < all->numbers->len; i++)
        if (g_array_index(all->numbers, uint64_t, i) == number)
            return i + 1;
    return 0;
}

static void add_payer(Payers *all, GStrv payer)
{
    const uint64_t number = g_ascii_strtoull(payer[PAYER_NUMBER], NULL, 10);

    if (rank_of(all, number) == 0)
        g_array_append_val(all->numbers, number);
    if (!all->group)
        all->group = payer[PAYER_GROUP];
    all->has_groups = all->has_groups || !g_str_equal(all->group, payer[PAYER_GROUP]);
}

static void write_payer(const Payers *all, GStrv payer, FILE *stream)
{
    const unsigned rank = rank_of(all, g_ascii_strtoull(payer[PAYER_NUMBER], NULL, 10));
    g_autofree char *label =
        all->has_groups ? g_strdup(payer[PAYER_NAME]) : g_strdup_printf("%u", rank);
    g_autofree char *quoted = gnuplot_quote_data(label);

    fprintf(stream, "%u %s %s %s\n", rank, payer[PAYER_PAID], payer[PAYER_ATTRIBUTED],
            quoted);
}

/* Side by side without gaps for guests that have never lived; called by their names if
 * they are not all of one kind. */
static bool write_payers(const Source *source, FILE *stream, GError **error)
{
    g_autoptr(GPtrArray) lines =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    Payers all = { .numbers = numbers };

    for (unsigned i = 0; i < n_lines(source); i++) {
        GPtrArray *payers = read_payers(source, i, error);

        if (!payers)
            return false;
        g_ptr_array_add(lines, payers);
        for (unsigned j = 0; j < payers->len; j++)
            add_payer(&all, g_ptr_array_index(payers, j));
    }
    g_array_sort(numbers, compare_numbers);
    for (unsigned i = 0; i < lines->len; i++) {
        const GPtrArray *payers = g_ptr_array_index(lines, i);

        plot_block_begin(stream, source->study, i,
                         "guest paid_percent attributed_percent label");
        for (unsigned j = 0; j < payers->len; j++)
            write_payer(&all, g_ptr_array_index(payers, j), stream);
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

/* What a reader of a figure calls a stage. */
static const char *stage_title(Stage stage)
{
    static const char *const titles[STAGES] = {
        [STAGE_EXIT] = "exit to Xen",
        [STAGE_NOTIFY] = "notice to qemu-dm",
        [STAGE_WAIT_VCPU] = "qemu-dm waits for a pCPU",
        [STAGE_WAIT_TASK] = "qemu-dm waits for its turn",
        [STAGE_SERVICE] = "qemu-dm emulates",
        [STAGE_BACKEND] = "disk or card works",
        [STAGE_REPLY] = "notice to the guest",
        [STAGE_WAIT_GUEST] = "guest waits for a pCPU",
        [STAGE_ENTRY] = "entry to the guest",
    };

    return titles[stage];
}

static bool write_stage_panel(const Source *source, unsigned axis, FILE *stream,
                              GError **error)
{
    fputs("line", stream);
    for (unsigned i = 0; i < STAGES; i++)
        fprintf(stream, " \"%s\"", stage_title((Stage)i));
    fputc('\n', stream);
    for (unsigned i = 0; i < n_lines(source); i++) {
        const SummaryRow *row = study_row(source->study, i, axis);
        const PlotPart part = part_of(source, row, "stages");
        g_autofree char *name = plot_line_name(source->study, i);
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
    } files[] = {
        { "latency-cdf.dat", write_latency_cdf },
        { "booked-attributed.dat", write_payers },
        { "stages.dat", write_stages },
    };
    const Source source = { database, campaign_id, study };

    for (unsigned i = 0; i < G_N_ELEMENTS(files); i++)
        if (!write_file(&source, files[i].write, folder, files[i].name, error))
            return false;
    return true;
}
