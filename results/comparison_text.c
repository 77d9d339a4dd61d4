#include "results/comparison.h"
#include "results/csv.h"
#include "results/text_table.h"

#include <math.h>
#include <string.h>

#define LINE_COLUMNS 100
/* Of intervals of 95 %, so many hold no 1 though nothing has changed. */
#define CHANCE 0.05

static const ComparisonRow *row_at(const Comparison *comparison, unsigned i)
{
    return &g_array_index(comparison->rows, ComparisonRow, i);
}

static double percent(double ratio)
{
    return 100 * (ratio - 1);
}

static char *print_percent(double ratio)
{
    const double change = percent(ratio);

    if (isnan(change))
        return g_strdup("");
    return g_strdup_printf("%+.*f", fabs(change) >= 100 ? 0 : 1, change);
}

static char *print_change(const ComparisonRow *row, SummaryColumn column)
{
    const Change *change = &row->changes[column];
    g_autofree char *number = print_percent(change->ratio.mean);

    switch (change->kind) {
    case CHANGE_ABSENT:
        return g_strdup("- ");
    case CHANGE_NONE:
        return g_strdup("= ");
    case CHANGE_ALIKE:
        return g_strdup("≈ ");
    case CHANGE_UNCERTAIN:
        return g_strdup_printf("(%s)", number);
    case CHANGE_CLEAR:
        return g_strdup_printf("%s ", number);
    case CHANGE_KINDS:
        break;
    }
    g_assert_not_reached();
}

/* A cell of a table; free with g_free. */
typedef char *(*PrintCell)(const ComparisonRow *row, SummaryColumn column);

static void add_cells(TextTable *table, const Comparison *comparison,
                      SummaryColumn column, PrintCell print)
{
    for (unsigned i = 0; i < comparison->rows->len; i++) {
        g_autofree char *cell = print(row_at(comparison, i), column);

        text_table_add_cell(table, cell);
    }
}

/* Headings. */

static void append_side(GString *text, const Comparison *comparison, SideName side)
{
    const Summary *summary = comparison->summaries[side];
    const SummaryRow *first = g_ptr_array_index(summary->rows, 0);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *wrapped = NULL;

    g_string_append_printf(line, "%s %s: %s",
                           side == SIDE_BASELINE ? "baseline" : "other   ",
                           comparison->labels[side], summary->scenario_name);
    if (summary->profile_name)
        g_string_append_printf(line, ", hardware profile %s", summary->profile_name);
    for (unsigned i = 0; i < first->factors->len; i++)
        if (!summary_is_varied(summary, i))
            g_string_append_printf(line, ", %s = %s",
                                   g_array_index(first->factors, Factor, i).key,
                                   g_array_index(first->factors, Factor, i).text);
    wrapped = text_wrap(line->str, LINE_COLUMNS, 4);
    g_string_append_printf(text, "%s\n", wrapped);
}

static void append_sides(GString *text, const Comparison *comparison)
{
    append_side(text, comparison, SIDE_BASELINE);
    append_side(text, comparison, SIDE_OTHER);
    if (comparison->difference) {
        g_autofree char *line =
            g_strconcat("They differ in ", comparison->difference, NULL);
        g_autofree char *wrapped = text_wrap(line, LINE_COLUMNS, 4);

        g_string_append_printf(text, "%s\n", wrapped);
    }
    g_string_append_printf(text, "Changes in percent, with 95 %% confidence; %s.\n\n",
                           comparison->is_paired
                               ? "paired, as replications have the same seeds"
                               : "not paired, as replications have other seeds");
}

static void append_alone(GString *text, const Comparison *comparison)
{
    for (unsigned i = 0; i < SIDES; i++)
        if (comparison->n_alone[i] > 0)
            g_string_append_printf(
                text, "%u %s%s of %s ha%s no partner in %s.\n", comparison->n_alone[i],
                comparison->matched->has_groups ? "row" : "combination",
                comparison->n_alone[i] == 1 ? "" : "s", comparison->labels[i],
                comparison->n_alone[i] == 1 ? "s" : "ve",
                comparison->labels[SIDES - 1 - i]);
}

/* Where a ratio is not of all pairs of replications, or there is none for that. */

static void list_left_out(GString *list, const Comparison *comparison,
                          SummaryColumn column)
{
    for (unsigned i = 0; i < comparison->rows->len; i++) {
        const ComparisonRow *row = row_at(comparison, i);
        const RatioInterval *ratio = &row->changes[column].ratio;
        g_autofree char *left_out = ratio_left_out(ratio);
        g_autofree char *place =
            summary_place(comparison->matched, row->rows[SIDE_BASELINE]);

        if (ratio->n_zero == 0 && (ratio->n == 0 || ratio->n_left_out == 0))
            continue;
        g_string_append_printf(list, "%s%s%s%s%s%s", list->len > 0 ? "; " : "",
                               summary_column_name(column), place ? " (" : "",
                               place ? place : "", place ? ")" : "", left_out);
    }
}

static void append_list(GString *text, const GString *list)
{
    g_autofree char *line = NULL, *wrapped = NULL;

    if (list->len == 0)
        return;
    line = g_strdup_printf("Ratios that are not of all replications: %s.", list->str);
    wrapped = text_wrap(line, LINE_COLUMNS, 2);
    g_string_append_printf(text, "%s\n", g_strchomp(wrapped));
}

/* All columns. */

static bool is_shown(const Comparison *comparison, SummaryColumn column)
{
    for (unsigned i = 0; i < comparison->rows->len; i++) {
        const ComparisonRow *row = row_at(comparison, i);

        if ((row->changes[column].kind != CHANGE_ABSENT ||
             row->changes[column].ratio.n_zero > 0) &&
            (summary_column_says(comparison->matched, column,
                                 row->rows[SIDE_BASELINE]) ||
             summary_column_says(comparison->matched, column, row->rows[SIDE_OTHER])))
            return true;
    }
    return false;
}

static void add_column(TextTable *table, const Comparison *comparison,
                       SummaryColumn column)
{
    const char *upper = "", *lower = "";
    g_autofree char *head = NULL;

    summary_column_heads(comparison->matched, column, &upper, &lower);
    /* Changes have no unit but percent. */
    head = g_strndup(lower, strcspn(lower, ","));
    text_table_add_column(table, upper, head, true);
    add_cells(table, comparison, column, print_change);
}

static unsigned count_kind(const Comparison *comparison, ChangeKind kind)
{
    unsigned n = 0;

    for (unsigned i = 0; i < COLUMNS; i++)
        for (unsigned j = 0;
             is_shown(comparison, (SummaryColumn)i) && j < comparison->rows->len; j++)
            n += row_at(comparison, j)->changes[i].kind == kind;
    return n;
}

/* What the signs mean, and how far to believe them. */
static void append_verdict(GString *text, const Comparison *comparison)
{
    const unsigned n_none = count_kind(comparison, CHANGE_NONE);
    const unsigned n_alike = count_kind(comparison, CHANGE_ALIKE);
    const unsigned n_uncertain = count_kind(comparison, CHANGE_UNCERTAIN);
    const unsigned n_clear = count_kind(comparison, CHANGE_CLEAR);

    g_string_append_printf(text, "\n%u of %u figures changed clearly", n_clear,
                           n_none + n_alike + n_uncertain + n_clear);
    if (n_clear > 0)
        g_string_append_printf(text, "; were it all chance, some %.0f would seem to",
                               ceil(CHANCE * (n_clear + n_uncertain)));
    g_string_append(text, ".\n");
    if (n_uncertain > 0)
        g_string_append(text, "( ): not to be told from chance.\n");
    if (n_alike > 0)
        g_string_append_printf(text,
                               "≈: within %.2g %%, or %.2g %% for quantiles, which are "
                               "known no better.\n",
                               100 * change_margin(COLUMN_REQUESTS_PER_S),
                               100 * change_margin(COLUMN_LATENCY_P99_US));
    if (n_none > 0)
        g_string_append(text, "=: the same in every replication.\n");
}

char *comparison_table(const Comparison *comparison)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autoptr(GString) list = g_string_new(NULL);
    GString *text = g_string_new(NULL);
    g_autofree char *rows = NULL;

    summary_add_factors(table, comparison->matched);
    for (unsigned i = 0; i < COLUMNS; i++)
        if (is_shown(comparison, (SummaryColumn)i))
            add_column(table, comparison, (SummaryColumn)i);
    append_sides(text, comparison);
    rows = text_table_print(table);
    g_string_append(text, rows);
    append_verdict(text, comparison);
    for (unsigned i = 0; i < COLUMNS; i++)
        if (is_shown(comparison, (SummaryColumn)i))
            list_left_out(list, comparison, (SummaryColumn)i);
    append_list(text, list);
    append_alone(text, comparison);
    return g_string_free(text, FALSE);
}

/* One column. */

static char *print_mean(const SummaryRow *row, SummaryColumn column)
{
    const double mean = row->columns[column].mean;

    if (isnan(mean))
        return g_strdup("-");
    return g_strdup_printf("%.*f",
                           fabs(mean) >= 100  ? 0
                           : fabs(mean) >= 10 ? 1
                                              : 3,
                           mean);
}

static char *print_baseline(const ComparisonRow *row, SummaryColumn column)
{
    return print_mean(row->rows[SIDE_BASELINE], column);
}

static char *print_other(const ComparisonRow *row, SummaryColumn column)
{
    return print_mean(row->rows[SIDE_OTHER], column);
}

static char *print_low(const ComparisonRow *row, SummaryColumn column)
{
    return print_percent(row->changes[column].ratio.low);
}

static char *print_high(const ComparisonRow *row, SummaryColumn column)
{
    return print_percent(row->changes[column].ratio.high);
}

char *comparison_details(const Comparison *comparison, SummaryColumn column)
{
    static const struct {
        const char *upper_head, *lower_head;
        PrintCell print;
    } columns[] = {
        { "", "baseline", print_baseline }, { "", "other", print_other },
        { "", "change", print_change },     { "95 %", "from", print_low },
        { "", "to", print_high },
    };
    g_autoptr(TextTable) table = text_table_new();
    g_autoptr(GString) list = g_string_new(NULL);
    GString *text = g_string_new(NULL);
    g_autofree char *rows = NULL;

    summary_add_factors(table, comparison->matched);
    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
        text_table_add_column(table, columns[i].upper_head, columns[i].lower_head,
                              true);
        add_cells(table, comparison, column, columns[i].print);
    }
    append_sides(text, comparison);
    rows = text_table_print(table);
    g_string_append_printf(text, "%s\n\n%s", summary_column_name(column), rows);
    list_left_out(list, comparison, column);
    append_list(text, list);
    append_alone(text, comparison);
    return g_string_free(text, FALSE);
}

/* CSV. */

static void append_change(GString *csv, const ComparisonRow *row, SummaryColumn column)
{
    const Change *change = &row->changes[column];

    csv_append(csv, summary_column_name(column), false);
    for (unsigned i = 0; i < SIDES; i++)
        csv_append_number(csv, row->rows[i]->columns[column].mean);
    csv_append_number(csv, change->ratio.mean);
    csv_append_number(csv, change->ratio.low);
    csv_append_number(csv, change->ratio.high);
    g_string_append_printf(csv, ",%u", change->ratio.n);
    csv_append(csv, change_name(change->kind), false);
    g_string_append_printf(csv, ",%u", change->ratio.n_left_out);
    g_string_append(csv, CSV_LINE_END);
}

static void append_combination(GString *csv, const Comparison *comparison,
                               const ComparisonRow *row)
{
    const SummaryRow *baseline = row->rows[SIDE_BASELINE];

    g_string_append_printf(csv, "%u", baseline->cell);
    for (unsigned i = 0; i < baseline->factors->len; i++)
        csv_append(csv, summary_factor(baseline, i)->text, false);
    if (comparison->factor)
        csv_append(csv, comparison->labels[SIDE_OTHER], false);
}

char *comparison_csv_head(const Comparison *comparison)
{
    const SummaryRow *first = row_at(comparison, 0)->rows[SIDE_BASELINE];
    GString *csv = g_string_new("cell");

    for (unsigned i = 0; i < first->factors->len; i++)
        csv_append(csv, summary_factor(first, i)->key, false);
    if (comparison->factor)
        g_string_append_printf(csv, ",other_%s", comparison->factor);
    g_string_append(csv, ",metric,baseline,other,ratio,ratio_low,ratio_high,"
                         "replications,change,left_out" CSV_LINE_END);
    return g_string_free(csv, FALSE);
}

char *comparison_csv(const Comparison *comparison)
{
    GString *csv = g_string_new(NULL);

    for (unsigned i = 0; i < comparison->rows->len; i++)
        for (unsigned j = 0; j < COLUMNS; j++) {
            append_combination(csv, comparison, row_at(comparison, i));
            append_change(csv, row_at(comparison, i), (SummaryColumn)j);
        }
    return g_string_free(csv, FALSE);
}
