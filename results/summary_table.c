#include "results/csv.h"
#include "results/run_record.h"
#include "results/summary.h"

#include <math.h>
#include <string.h>

static const SummaryRow *row_at(const Summary *summary, unsigned index)
{
    return g_ptr_array_index(summary->rows, index);
}

static const Factor *factor_at(const SummaryRow *row, unsigned index)
{
    return &g_array_index(row->factors, Factor, index);
}

char *summary_csv(const Summary *summary)
{
    g_autoptr(GString) csv = g_string_new("cell");
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    for (unsigned i = 0; i < row_at(summary, 0)->factors->len; i++)
        csv_append(csv, factor_at(row_at(summary, 0), i)->key, false);
    g_string_append(csv, ",replications");
    for (unsigned i = 0; i < COLUMNS; i++)
        g_string_append_printf(csv, ",%s,%s_ci95",
                               summary_column_name((SummaryColumn)i),
                               summary_column_name((SummaryColumn)i));
    g_string_append(csv, CSV_LINE_END);
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = row_at(summary, i);

        g_string_append_printf(csv, "%u", row->cell);
        for (unsigned j = 0; j < row->factors->len; j++)
            csv_append(csv, factor_at(row, j)->text, false);
        g_string_append_printf(csv, ",%u", row->n);
        for (unsigned j = 0; j < COLUMNS; j++) {
            csv_append(
                csv,
                g_ascii_formatd(number, sizeof number, "%.6f", row->columns[j].mean),
                false);
            if (isnan(row->columns[j].half))
                csv_append(csv, "", false);
            else
                csv_append(csv,
                           g_ascii_formatd(number, sizeof number, "%.6f",
                                           row->columns[j].half),
                           false);
        }
        g_string_append(csv, CSV_LINE_END);
    }
    return g_string_free(g_steal_pointer(&csv), FALSE);
}

char *summary_table(const Summary *summary)
{
    return summary_csv(summary);
}

char *summary_conclusions(const Summary *summary G_GNUC_UNUSED)
{
    return g_strdup("");
}
