#include "results/csv.h"

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
