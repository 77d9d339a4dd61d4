#include "cli/validation_table.h"

#include "results/csv.h"
#include "results/text_table.h"

#include <math.h>

#define COLUMNS 100

static const char *verdict_text(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_INSIDE:
        return "inside";
    case VERDICT_OUTSIDE:
        return "OUTSIDE";
    case VERDICT_NONE:
        return "predicted";
    case VERDICT_NOT_MODELLED:
        return "not modelled";
    }
    g_assert_not_reached();
}

/* Four digits, and no exponent: nothing here has more than six digits. */
static char *format_number(double value)
{
    return fabs(value) < 1000 ? g_strdup_printf("%.4g", value)
                              : g_strdup_printf("%.0f", value);
}

static void add_number(TextTable *table, double value, const char *unit)
{
    g_autofree char *number = NULL, *text = NULL;

    if (isnan(value)) {
        text_table_add_cell(table, "-");
        return;
    }
    number = format_number(value);
    text = g_strconcat(number, *unit == '\0' || *unit == '%' ? "" : " ", unit, NULL);
    text_table_add_cell(table, text);
}

static void add_numbers(TextTable *table, const GArray *results, bool is_simulated)
{
    for (unsigned i = 0; i < results->len; i++) {
        const RowResult *result = &g_array_index(results, RowResult, i);

        add_number(table, is_simulated ? result->simulated : result->row->published,
                   target_row_unit(result->row));
    }
}

static void add_interval(TextTable *table, const RowResult *result)
{
    g_autofree char *low = format_number(result->low);
    g_autofree char *high = format_number(result->high);
    g_autofree char *text = g_strconcat(low, " to ", high, NULL);

    if (isnan(result->low)) {
        text_table_add_cell(table, "-");
        return;
    }
    text_table_add_cell(table, text);
}

/* A rounded error never reads "-0.0". */
static void add_error(TextTable *table, double error)
{
    const double percent = round(1000 * error) / 10;
    g_autofree char *text = NULL;

    if (isnan(error)) {
        text_table_add_cell(table, "-");
        return;
    }
    text = g_strdup_printf("%+.1f%%", percent == 0 ? 0.0 : percent);
    text_table_add_cell(table, text);
}

static void add_tolerance(TextTable *table, const TargetRow *row)
{
    static const char *const signs[] = {
        [RELATION_EQUAL] = "±",
        [RELATION_AT_MOST] = "≤ +",
        [RELATION_AT_LEAST] = "≥ -",
    };
    g_autofree char *text = NULL;

    if (isnan(row->published)) {
        text_table_add_cell(table, "-");
        return;
    }
    text = g_strdup_printf("%s%.0f%%", signs[row->relation], 100 * row->tolerance);
    text_table_add_cell(table, text);
}

static void append_table(GString *text, const GArray *results)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autofree char *printed = NULL;
    const RowResult *rows = (const RowResult *)(const void *)results->data;

    text_table_add_column(table, "", "figure", false);
    for (unsigned i = 0; i < results->len; i++)
        text_table_add_cell(table, rows[i].row->what);
    text_table_add_column(table, "", "published", true);
    add_numbers(table, results, false);
    text_table_add_column(table, "", "simulated", true);
    add_numbers(table, results, true);
    text_table_add_column(table, "95 %", "interval", true);
    for (unsigned i = 0; i < results->len; i++)
        add_interval(table, &rows[i]);
    text_table_add_column(table, "", "error", true);
    for (unsigned i = 0; i < results->len; i++)
        add_error(table, rows[i].error);
    text_table_add_column(table, "", "tolerance", true);
    for (unsigned i = 0; i < results->len; i++)
        add_tolerance(table, rows[i].row);
    text_table_add_column(table, "", "kind", false);
    for (unsigned i = 0; i < results->len; i++)
        text_table_add_cell(table, target_kind_letter(rows[i].row->kind));
    text_table_add_column(table, "", "verdict", false);
    for (unsigned i = 0; i < results->len; i++)
        text_table_add_cell(table, verdict_text(rows[i].verdict));
    printed = text_table_print(table);
    g_string_append(text, printed);
}

static void append_wrapped(GString *text, const char *head, const char *tail)
{
    g_autofree char *whole = g_strdup_printf("%s: %s", head, tail);
    g_autofree char *wrapped = text_wrap(whole, COLUMNS, 2);

    g_string_append_printf(text, "%s\n", g_strchomp(wrapped));
}

/* Whose ratio is not of all replications. */
static void append_left_out(GString *text, const GArray *results)
{
    for (unsigned i = 0; i < results->len; i++) {
        const RowResult *result = &g_array_index(results, RowResult, i);
        g_autofree char *left_out = ratio_left_out(&result->ratio);
        g_autofree char *tail =
            g_strconcat("a ratio of replications", left_out, ".", NULL);

        if (*left_out)
            append_wrapped(text, result->row->what, tail);
    }
}

/* A reason is owed where a row misses or is left out, and welcome elsewhere. */
static void append_reasons(GString *text, const GArray *results)
{
    for (unsigned i = 0; i < results->len; i++) {
        const RowResult *result = &g_array_index(results, RowResult, i);

        if (*result->row->why)
            append_wrapped(text, result->row->what, result->row->why);
        else if (result->verdict == VERDICT_OUTSIDE)
            append_wrapped(text, result->row->what, "the reason is not known.");
    }
}

void validation_table_append(GString *text, const Target *target, const GArray *results)
{
    append_wrapped(text, target->name, target->title);
    append_wrapped(text, "Source", target->source);
    g_string_append_c(text, '\n');
    append_table(text, results);
    g_string_append_c(text, '\n');
    append_left_out(text, results);
    append_reasons(text, results);
    g_string_append_c(text, '\n');
}

void validation_markdown_append(GString *text, const Target *target,
                                const GArray *results, bool has_plot)
{
    g_string_append_printf(text, "### %s\n\n", target->name);
    if (has_plot)
        g_string_append_printf(text, "![%s](%s.svg)\n\n", target->title, target->name);
    g_string_append(text, "```text\n");
    validation_table_append(text, target, results);
    g_string_truncate(text, text->len - 1);
    g_string_append(text, "```\n\n");
}

/* CSV. */

static void append_csv_number(GString *text, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    csv_append(
        text, isnan(value) ? "" : g_ascii_formatd(number, sizeof number, "%.6g", value),
        false);
}

void validation_csv_append_head(GString *text)
{
    g_string_append(text,
                    "target,source,figure,unit,published,simulated,low,high,error,"
                    "tolerance,kind,verdict,left_out" CSV_LINE_END);
}

void validation_csv_append(GString *text, const Target *target, const GArray *results)
{
    for (unsigned i = 0; i < results->len; i++) {
        const RowResult *result = &g_array_index(results, RowResult, i);

        csv_append(text, target->name, true);
        csv_append(text, target->source, false);
        csv_append(text, result->row->what, false);
        csv_append(text, target_row_unit(result->row), false);
        append_csv_number(text, result->row->published);
        append_csv_number(text, result->simulated);
        append_csv_number(text, result->low);
        append_csv_number(text, result->high);
        append_csv_number(text, result->error);
        append_csv_number(text, isnan(result->error) ? NAN : result->row->tolerance);
        csv_append(text, target_kind_letter(result->row->kind), false);
        csv_append(text, verdict_text(result->verdict), false);
        g_string_append_printf(text, ",%u", result->ratio.n_left_out);
        g_string_append(text, CSV_LINE_END);
    }
}
