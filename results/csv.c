#include "results/csv.h"

#include <math.h>
#include <string.h>

void csv_append(GString *record, const char *field, bool is_first)
{
    if (!is_first)
        g_string_append_c(record, ',');
    if (!strpbrk(field, ",\"\r\n")) {
        g_string_append(record, field);
        return;
    }
    g_string_append_c(record, '"');
    for (; *field; field++) {
        if (*field == '"')
            g_string_append_c(record, '"');
        g_string_append_c(record, *field);
    }
    g_string_append_c(record, '"');
}

void csv_append_number(GString *record, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(number, sizeof number, "%.6f", value);
    csv_append(record, isfinite(value) ? number : "", false);
}
