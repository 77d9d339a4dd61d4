#include "results/csv.h"
#include "results/factor_title.h"
#include "results/run_record.h"
#include "results/summary.h"
#include "results/summary_notes.h"
#include "results/text_table.h"

#include <math.h>
#include <string.h>

#define LINE_COLUMNS 100

/* How a column of the summary is shown on a terminal. */
typedef struct {
    const char *upper_head, *lower_head;
    SummaryColumn column;
    int decimals;           /* -1: as many as three digits need */
    unsigned interval_rank; /* intervals are given up in this order, from 1 on */
    bool is_optional;       /* left out if no row has it */
    bool is_of_groups;      /* left out of the table of whole machines */
    bool is_of_lives;       /* left out if guests neither come nor go */
} Presentation;

static const Presentation presentations[] = {
    { "requests", "per s", COLUMN_REQUESTS_PER_S, -1, 9, false, false, false },
    { "transfers", "per s", COLUMN_TRANSFERS_PER_S, -1, 8, false, false, false },
    { "latency", "p50, µs", COLUMN_LATENCY_P50_US, -1, 7, false, false, false },
    { "latency", "p99, µs", COLUMN_LATENCY_P99_US, -1, 10, false, false, false },
    { "CPU", "%", COLUMN_CPU_PERCENT, -1, 4, false, true, false },
    { "dom0", "CPU, %", COLUMN_DOM0_CPU_PERCENT, -1, 5, true, false, false },
    { "fair-", "ness", COLUMN_FAIRNESS, 3, 1, true, false, false },
    { "deadlines", "missed, %", COLUMN_MISSED_DEADLINES_PERCENT, -1, 6, true, false,
      false },
    { "guests", "alive", COLUMN_LIVED_GUESTS, -1, 2, true, false, true },
    { "frames", "lost/s", COLUMN_LOST_FRAMES_PER_S, -1, 3, true, false, false },
};

#define INTERVAL_RANKS 10

bool summary_is_varied(const Summary *summary, unsigned factor)
{
    const char *first = summary_factor(summary_row(summary, 0), factor)->text;

    for (unsigned i = 1; i < summary->rows->len; i++)
        if (!g_str_equal(summary_factor(summary_row(summary, i), factor)->text, first))
            return true;
    return false;
}

bool summary_is_number(const Summary *summary, unsigned factor)
{
    for (unsigned i = 0; i < summary->rows->len; i++)
        if (isnan(summary_factor(summary_row(summary, i), factor)->number))
            return false;
    return true;
}

/* Numbers. */

static int decimals_of(const Presentation *presentation, double value)
{
    if (presentation->decimals >= 0)
        return presentation->decimals;
    return fabs(value) >= 100 ? 0 : fabs(value) >= 10 ? 1 : 2;
}

static char *print_mean(const Presentation *presentation, const SummaryRow *row)
{
    const Interval *interval = &row->columns[presentation->column];

    return summary_row_has(row, presentation->column)
               ? g_strdup_printf("%.*f", decimals_of(presentation, interval->mean),
                                 interval->mean)
               : g_strdup("-");
}

static char *print_half(const Presentation *presentation, const SummaryRow *row)
{
    const Interval *interval = &row->columns[presentation->column];

    if (isnan(interval->half) || !summary_row_has(row, presentation->column))
        return g_strdup("");
    return g_strdup_printf(" ±%.*f", decimals_of(presentation, interval->mean),
                           interval->half);
}

/* Halves are padded to one width, so that the means before them stand in a column. */
static void add_metric(TextTable *table, const Summary *summary,
                       const Presentation *presentation, bool has_interval)
{
    long half_width = 0;

    text_table_add_column(table, presentation->upper_head, presentation->lower_head,
                          true);
    for (unsigned i = 0; has_interval && i < summary->rows->len; i++) {
        g_autofree char *half = print_half(presentation, summary_row(summary, i));

        half_width = MAX(half_width, g_utf8_strlen(half, -1));
    }
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        g_autofree char *half =
            has_interval ? print_half(presentation, row) : g_strdup("");
        g_autofree char *mean = print_mean(presentation, row);
        g_autofree char *cell = g_strdup_printf(
            "%s%s%*s", mean, half, (int)(half_width - g_utf8_strlen(half, -1)), "");

        text_table_add_cell(table, cell);
    }
}

static void add_factor(TextTable *table, const Summary *summary, unsigned factor)
{
    g_autofree char *title =
        factor_title(summary_factor(summary_row(summary, 0), factor)->key);

    text_table_add_titled_column(table, title, summary_is_number(summary, factor));
    for (unsigned i = 0; i < summary->rows->len; i++)
        text_table_add_cell(table,
                            summary_factor(summary_row(summary, i), factor)->text);
}

/* A table whose first column repeats itself reads better in blocks. */
static void add_gaps(TextTable *table, const Summary *summary, unsigned factor)
{
    unsigned n_changes = 0;

    for (unsigned i = 1; i < summary->rows->len; i++)
        n_changes +=
            !g_str_equal(summary_factor(summary_row(summary, i), factor)->text,
                         summary_factor(summary_row(summary, i - 1), factor)->text);
    if (n_changes + 1 == summary->rows->len)
        return;
    for (unsigned i = 0; i < summary->rows->len; i++)
        if (i == 0 ||
            !g_str_equal(summary_factor(summary_row(summary, i), factor)->text,
                         summary_factor(summary_row(summary, i - 1), factor)->text))
            text_table_add_gap(table, i);
}

/* Whether a row by itself gives reason to show an optional column. */
static bool says(const Presentation *presentation, const SummaryRow *row)
{
    return summary_row_has(row, presentation->column) &&
           (!presentation->is_of_lives || row->comes_or_goes);
}

static bool is_shown(const Summary *summary, const Presentation *presentation)
{
    if (presentation->is_of_groups && !summary->has_groups)
        return false;
    for (unsigned i = 0; i < summary->rows->len; i++)
        if (says(presentation, summary_row(summary, i)))
            return true;
    return !presentation->is_optional;
}

void summary_add_factors(TextTable *table, const Summary *summary)
{
    bool is_first = true;

    for (unsigned i = 0; i < summary_row(summary, 0)->factors->len; i++) {
        if (!summary_is_varied(summary, i))
            continue;
        add_factor(table, summary, i);
        if (is_first)
            add_gaps(table, summary, i);
        is_first = false;
    }
}

static TextTable *layout(const Summary *summary, unsigned ranks_without_interval)
{
    TextTable *table = text_table_new();

    summary_add_factors(table, summary);
    for (unsigned i = 0; i < G_N_ELEMENTS(presentations); i++)
        if (is_shown(summary, &presentations[i]))
            add_metric(table, summary, &presentations[i],
                       presentations[i].interval_rank > ranks_without_interval);
    return table;
}

static const Presentation *find_presentation(const Summary *summary,
                                             SummaryColumn column)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(presentations); i++)
        if (presentations[i].column == column &&
            (summary->has_groups || !presentations[i].is_of_groups))
            return &presentations[i];
    return NULL;
}

bool summary_column_heads(const Summary *summary, SummaryColumn column,
                          const char **upper, const char **lower)
{
    const Presentation *presentation = find_presentation(summary, column);

    if (!presentation)
        return false;
    *upper = presentation->upper_head;
    *lower = presentation->lower_head;
    return true;
}

bool summary_column_says(const Summary *summary, SummaryColumn column,
                         const SummaryRow *row)
{
    const Presentation *presentation = find_presentation(summary, column);

    return presentation && (!presentation->is_optional || says(presentation, row));
}

/* What all rows have in common. */
static void append_heading(GString *text, const Summary *summary)
{
    unsigned least = summary_row(summary, 0)->n, most = least;

    for (unsigned i = 1; i < summary->rows->len; i++) {
        least = MIN(least, summary_row(summary, i)->n);
        most = MAX(most, summary_row(summary, i)->n);
    }
    g_string_append(text, summary->scenario_name);
    if (summary->profile_name)
        g_string_append_printf(text, ", hardware profile %s", summary->profile_name);
    if (least == most)
        g_string_append_printf(text, ", %u replication%s", most, most == 1 ? "" : "s");
    else
        g_string_append_printf(text, ", %u to %u replications", least, most);
    g_string_append(text, most > 1 ? ", ± 95 % confidence" : "");
    for (unsigned i = 0; i < summary_row(summary, 0)->factors->len; i++)
        if (!summary_is_varied(summary, i))
            g_string_append_printf(text, ", %s = %s",
                                   summary_factor(summary_row(summary, 0), i)->key,
                                   summary_factor(summary_row(summary, 0), i)->text);
    if (summary->n_failed > 0)
        g_string_append_printf(text, "; %u run%s failed", summary->n_failed,
                               summary->n_failed == 1 ? "" : "s");
}

/* The widest interval of a column, of its mean; 0: it says nothing. */
static double widest_half(const Summary *summary, SummaryColumn column)
{
    double widest = 0;

    for (unsigned i = 0; i < summary->rows->len; i++) {
        const Interval *interval = &summary_row(summary, i)->columns[column];

        if (interval->mean != 0 && interval->half > 0)
            widest = MAX(widest, interval->half / fabs(interval->mean));
    }
    return widest;
}

/* A number without its interval looks exact. */
static void append_bare(GString *notes, const Summary *summary,
                        unsigned ranks_without_interval)
{
    const char *before = "Shown without ±, which is at most: ";

    for (unsigned i = 0; i < G_N_ELEMENTS(presentations); i++) {
        const SummaryColumn column = presentations[i].column;
        const double percent = 100 * widest_half(summary, column);

        if (presentations[i].interval_rank > ranks_without_interval || percent == 0 ||
            !is_shown(summary, &presentations[i]))
            continue;
        g_string_append_printf(notes, "%s%s %.*f %%", before,
                               summary_column_name(column), percent < 10, percent);
        before = ", ";
    }
    if (notes->len > 0)
        g_string_append(notes, "; report --csv has each.\n");
}

char *summary_place(const Summary *summary, const SummaryRow *row)
{
    g_autoptr(GString) place = g_string_new(NULL);

    for (unsigned i = 0; i < row->factors->len; i++) {
        g_autofree char *title = factor_title(summary_factor(row, i)->key);

        if (summary_is_varied(summary, i))
            g_string_append_printf(place, "%s%s = %s", place->len > 0 ? ", " : "",
                                   title, summary_factor(row, i)->text);
    }
    return place->len > 0 ? g_string_free(g_steal_pointer(&place), FALSE) : NULL;
}

static void append_fewer(GString *list, const Summary *summary,
                         const Presentation *presentation)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        const unsigned n = row->columns[presentation->column].n;
        g_autofree char *place = summary_place(summary, row);

        if (n > 0 && n < row->n)
            g_string_append_printf(
                list, "%s%s: %u of %u%s%s%s", list->len > 0 ? "; " : "",
                summary_column_name(presentation->column), n, row->n, place ? " (" : "",
                place ? place : "", place ? ")" : "");
    }
}

/* Where a mean is of fewer replications than the heading says, as others have no such
 * figure. */
static void append_counts(GString *notes, const Summary *summary)
{
    g_autoptr(GString) list = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(presentations); i++)
        if (is_shown(summary, &presentations[i]))
            append_fewer(list, summary, &presentations[i]);
    if (list->len > 0)
        g_string_append_printf(
            notes, "Means of the replications that have such a figure: %s.\n",
            list->str);
}

char *summary_table(const Summary *summary)
{
    g_autoptr(GString) heading = g_string_new(NULL), notes = g_string_new(NULL);
    g_autoptr(TextTable) table = layout(summary, 0);
    g_autofree char *wrapped = NULL, *rows = NULL, *below = NULL;
    unsigned n_given_up = 0;

    while (n_given_up < INTERVAL_RANKS && text_table_width(table) > LINE_COLUMNS) {
        text_table_free(table);
        table = layout(summary, ++n_given_up);
    }
    append_heading(heading, summary);
    append_bare(notes, summary, n_given_up);
    append_counts(notes, summary);
    summary_append_notes(notes, summary);
    wrapped = text_wrap(heading->str, LINE_COLUMNS, 0);
    rows = text_table_print(table);
    below = text_wrap(notes->str, LINE_COLUMNS, 0);
    return g_strdup_printf("%s\n\n%s%s%s", wrapped, rows, *below ? "\n" : "", below);
}

/* CSV. */

/* Intervals do not show two modes, nor one replication that is far off. */
static void append_extremes(GString *csv, const SummaryRow *row, SummaryColumn column)
{
    double least = NAN, greatest = NAN;

    for (unsigned i = 0; i < row->n; i++) {
        const double value = g_array_index(row->values[column], double, i);

        least = fmin(least, value);
        greatest = fmax(greatest, value);
    }
    csv_append_number(csv, least);
    csv_append_number(csv, greatest);
}

static void append_row(GString *csv, const SummaryRow *row)
{
    g_string_append_printf(csv, "%u", row->cell);
    for (unsigned i = 0; i < row->factors->len; i++)
        csv_append(csv, summary_factor(row, i)->text, false);
    g_string_append_printf(csv, ",%u", row->n);
    for (unsigned i = 0; i < COLUMNS; i++) {
        csv_append_number(csv, row->columns[i].mean);
        csv_append_number(csv, row->columns[i].half);
        append_extremes(csv, row, (SummaryColumn)i);
    }
    for (unsigned i = 0; i < COLUMNS; i++)
        g_string_append_printf(csv, ",%u", row->columns[i].n);
    g_string_append(csv, CSV_LINE_END);
}

char *summary_csv(const Summary *summary)
{
    g_autoptr(GString) csv = g_string_new("cell");

    for (unsigned i = 0; i < summary_row(summary, 0)->factors->len; i++)
        csv_append(csv, summary_factor(summary_row(summary, 0), i)->key, false);
    g_string_append(csv, ",replications");
    for (unsigned i = 0; i < COLUMNS; i++) {
        const char *name = summary_column_name((SummaryColumn)i);

        g_string_append_printf(csv, ",%s,%s_ci95,%s_least,%s_greatest", name, name,
                               name, name);
    }
    for (unsigned i = 0; i < COLUMNS; i++)
        g_string_append_printf(csv, ",%s_n", summary_column_name((SummaryColumn)i));
    g_string_append(csv, CSV_LINE_END);
    for (unsigned i = 0; i < summary->rows->len; i++)
        append_row(csv, summary_row(summary, i));
    return g_string_free(g_steal_pointer(&csv), FALSE);
}
