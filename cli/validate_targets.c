#include "cli/validate_targets.h"

#include "cli/arguments.h"
#include "cli/validation_table.h"
#include "experiments/input/data_path.h"
#include "experiments/validation/plot.h"
#include "results/output_file.h"

#include <stdio.h>

/* What comes of all targets. */
typedef struct {
    unsigned n[VERDICT_NOT_MODELLED + 1];
    GString *csv, *markdown;
} Outcome;

static void outcome_init(Outcome *outcome)
{
    *outcome = (Outcome){ .csv = g_string_new(NULL), .markdown = g_string_new(NULL) };
    validation_csv_append_head(outcome->csv);
}

static void outcome_clear(Outcome *outcome)
{
    g_string_free(outcome->csv, TRUE);
    g_string_free(outcome->markdown, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Outcome, outcome_clear)

static Target *load(const char *name, GError **error)
{
    g_autofree char *path = data_path_find_named(DATA_TARGETS, name, error);

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

/* What is written when all is done, and the plot. */
static bool output_target(const Target *target, const GArray *results,
                          const char *folder, Outcome *outcome, GError **error)
{
    const bool has_plot = target_has_plot(target, results);

    validation_csv_append(outcome->csv, target, results);
    validation_markdown_append(outcome->markdown, target, results, has_plot);
    return !has_plot || target_draw(target, results, folder, error);
}

static bool validate_target(const char *name, const ValidationArguments *arguments,
                            Outcome *outcome, GError **error)
{
    g_autoptr(Target) target = load(name, error);
    g_autoptr(GArray) results =
        target ? target_evaluate(target, arguments->n_jobs, error) : NULL;
    g_autoptr(GString) table = g_string_new(NULL);

    if (!results)
        return false;
    validation_table_append(table, target, results);
    fputs(table->str, stdout);
    for (unsigned i = 0; i < results->len; i++)
        outcome->n[g_array_index(results, RowResult, i).verdict]++;
    return !arguments->output ||
           output_target(target, results, arguments->output, outcome, error);
}

static void tell_tally(Outcome *outcome)
{
    g_autofree char *text = g_strdup_printf(
        "%u figures inside their tolerance, %u outside; %u predicted, %u not "
        "modelled.\n"
        "Kinds: C calibration, V validation (emerges), S bound of sanity, P "
        "prediction.\n",
        outcome->n[VERDICT_INSIDE], outcome->n[VERDICT_OUTSIDE],
        outcome->n[VERDICT_NONE], outcome->n[VERDICT_NOT_MODELLED]);

    fputs(text, stdout);
    g_string_append(outcome->markdown, text);
}

static bool write_file(const char *folder, const char *name, const GString *text,
                       GError **error)
{
    g_autoptr(OutputFile) file = output_file_new(folder, name, error);

    if (!file)
        return false;
    fwrite(text->str, 1, text->len, file->stream);
    return output_file_commit(file, error);
}

static bool validate_all(char **names, const ValidationArguments *arguments,
                         Outcome *outcome, GError **error)
{
    for (; *names; names++)
        if (!validate_target(*names, arguments, outcome, error))
            return false;
    tell_tally(outcome);
    return !arguments->output ||
           (write_file(arguments->output, "table.md", outcome->markdown, error) &&
            write_file(arguments->output, "figures.csv", outcome->csv, error));
}

static bool list_all(char **names, GError **error)
{
    for (; *names; names++)
        if (!list_target(*names, error))
            return false;
    return true;
}

ExitStatus validate_targets(char **names, const ValidationArguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) shipped =
        *names ? NULL : data_path_names(DATA_TARGETS, &error);
    g_auto(Outcome) outcome;

    outcome_init(&outcome);
    if (error)
        return fail_with("validate", error);
    if (shipped) {
        g_ptr_array_add(shipped, NULL);
        names = (char **)(void *)shipped->pdata;
    }
    if (!(arguments->is_list ? list_all(names, &error)
                             : validate_all(names, arguments, &outcome, &error)))
        return fail_with("validate", error);
    return outcome.n[VERDICT_OUTSIDE] > 0 ? EXIT_CHECK_FAILED : EXIT_OK;
}
