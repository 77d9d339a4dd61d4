#include "cli/metric_option.h"

#include "experiments/input/error.h"
#include "models/suggest.h"

bool metric_parse(const char *name, SummaryColumn *column, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < COLUMNS; i++) {
        *column = (SummaryColumn)i;
        if (g_str_equal(summary_column_name(*column), name))
            return true;
        g_ptr_array_add(known, (char *)summary_column_name(*column));
    }
    choice = suggest_among(name, known);
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_NAME,
                "--metric = %s: expected one of %s", name, choice);
    return false;
}

static bool has_column(const SummaryColumn *columns, unsigned n, SummaryColumn column)
{
    for (unsigned i = 0; i < n; i++)
        if (columns[i] == column)
            return true;
    return false;
}

bool metric_parse_all(char *const *names, SummaryColumn *columns, unsigned *n_columns,
                      GError **error)
{
    *n_columns = 0;
    for (; *names; names++) {
        SummaryColumn column;

        if (!metric_parse(*names, &column, error))
            return false;
        if (has_column(columns, *n_columns, column)) {
            g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_NAME,
                        "--metric = %s: expected each metric once", *names);
            return false;
        }
        columns[(*n_columns)++] = column;
    }
    return true;
}
