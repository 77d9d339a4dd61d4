#include "cli/validate_targets.h"

#include "cli/arguments.h"
#include "experiments/data_path.h"
#include "experiments/validation/evaluation.h"
#include "results/text_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 100

typedef struct {
    unsigned n[VERDICT_NOT_MODELLED + 1];
} Tally;

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

static Target *load(const char *name, GError **error)
{
    g_autofree char *path = data_path_find(DATA_TARGETS, name, ".", error);

    if (path)
        return target_load(path, error);
    g_prefix_error(error, "%s: expected ", name);
    return NULL;
}

static bool list_target(const char *name, GError **error)
{
    g_autoptr(Target) target = load(name, error);

    if (!target)
        return false;
    printf("%-22s %s\n", name, target->title);
    for (unsigned i = 0; i < target->rows->len; i++) {
        const TargetRow *row = g_ptr_array_index(target->rows, i);

        printf("  %s  %s%s\n", target_kind_letter(row->kind), row->what,
               target_row_is_modelled(row) ? "" : " (not modelled)");
    }
    return true;
}

/* Printing. */

/* Four figures, and no exponent: nothing here has more than six digits. */
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

static void print_table(const GArray *results)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autofree char *text = NULL;
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
    text = text_table_print(table);
    fputs(text, stdout);
}

static void print_wrapped(const char *head, const char *text)
{
    g_autofree char *whole = g_strdup_printf("%s: %s", head, text);
    g_autofree char *wrapped = text_wrap(whole, COLUMNS, 2);

    printf("%s\n", g_strchomp(wrapped));
}

/* A reason is owed where a row misses or is left out, and welcome elsewhere. */
static void print_reasons(const GArray *results)
{
    for (unsigned i = 0; i < results->len; i++) {
        const RowResult *result = &g_array_index(results, RowResult, i);

        if (*result->row->why)
            print_wrapped(result->row->what, result->row->why);
        else if (result->verdict == VERDICT_OUTSIDE)
            print_wrapped(result->row->what, "the reason is not known.");
    }
}

static bool validate_target(const char *name, unsigned n_jobs, Tally *tally,
                            GError **error)
{
    g_autoptr(Target) target = load(name, error);
    g_autoptr(GArray) results = NULL;

    if (!target)
        return false;
    results = target_evaluate(target, n_jobs, error);
    if (!results)
        return false;
    print_wrapped(name, target->title);
    print_wrapped("Source", target->source);
    putchar('\n');
    print_table(results);
    putchar('\n');
    print_reasons(results);
    putchar('\n');
    for (unsigned i = 0; i < results->len; i++)
        tally->n[g_array_index(results, RowResult, i).verdict]++;
    return true;
}

static void print_tally(const Tally *tally)
{
    printf("%u figures inside their tolerance, %u outside; %u predicted, %u not "
           "modelled.\n",
           tally->n[VERDICT_INSIDE], tally->n[VERDICT_OUTSIDE], tally->n[VERDICT_NONE],
           tally->n[VERDICT_NOT_MODELLED]);
    puts("Kinds: C calibration, V validation (emerges), S bound of sanity, P "
         "prediction.");
}

ExitCode validate_targets(char **names, unsigned n_jobs, bool is_list)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) shipped =
        *names ? NULL : data_path_names(DATA_TARGETS, &error);
    Tally tally = { 0 };

    if (error)
        return fail_with("validate", error);
    if (shipped) {
        g_ptr_array_add(shipped, NULL);
        names = (char **)(void *)shipped->pdata;
    }
    for (; *names; names++)
        if (!(is_list ? list_target(*names, &error)
                      : validate_target(*names, n_jobs, &tally, &error)))
            return fail_with("validate", error);
    if (is_list)
        return EXIT_OK;
    print_tally(&tally);
    return tally.n[VERDICT_OUTSIDE] > 0 ? EXIT_CHECK_FAILED : EXIT_OK;
}
