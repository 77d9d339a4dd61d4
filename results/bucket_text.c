#include "results/bucket_text.h"

#include "results/error.h"

/* In decimal, before the end; returns where it begins. printf takes ten times as long,
 * and buckets are most of what a run leaves. */
static char *print_before(char *end, uint64_t value)
{
    do
        *--end = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return end;
}

void bucket_text_print(GString *text, const HistogramPart *part)
{
    char buffer[64], *const end = buffer + sizeof buffer;

    g_string_assign(text, "{");
    for (unsigned i = 0; i < part->n_buckets; i++) {
        char *start = print_before(end, part->buckets[i].count);

        *--start = ':';
        *--start = '"';
        start = print_before(start, part->buckets[i].index);
        *--start = '"';
        if (i > 0)
            *--start = ',';
        g_string_append_len(text, start, end - start);
    }
    g_string_append_c(text, '}');
}

/* Takes the character from the front of the text, if it is there. */
static bool take(const char **text, char character)
{
    if (**text != character)
        return false;
    ++*text;
    return true;
}

/* False for one that does not fit, too. */
static bool take_number(const char **text, uint64_t *number)
{
    const char *const start = *text;

    for (*number = 0; g_ascii_isdigit(**text); ++*text) {
        if (*number > (UINT64_MAX - 9) / 10)
            return false;
        *number = 10 * *number + (uint64_t)(**text - '0');
    }
    return *text > start;
}

static bool take_bucket(const char **text, Histogram *sum)
{
    uint64_t index, count;

    if (!take(text, '"') || !take_number(text, &index) || !take(text, '"') ||
        !take(text, ':') || !take_number(text, &count) || index >= HISTOGRAM_BUCKETS)
        return false;
    sum->buckets[index] += count;
    sum->count += count;
    return true;
}

bool bucket_text_add(Histogram *sum, const char *text)
{
    if (g_str_equal(text, "{}"))
        return true;
    if (!take(&text, '{'))
        return false;
    do {
        if (!take_bucket(&text, sum))
            return false;
    } while (take(&text, ','));
    return take(&text, '}') && *text == '\0';
}

bool bucket_text_add_rows(Histogram *sum, const Database *database,
                          sqlite3_stmt *statement, GError **error)
{
    for (;;) {
        bool has_row;

        if (!database_step(database, statement, &has_row, error))
            return false;
        if (!has_row)
            return true;
        sum->least_ns = MIN(sum->least_ns, sqlite3_column_int64(statement, 1));
        sum->greatest_ns = MAX(sum->greatest_ns, sqlite3_column_int64(statement, 2));
        if (bucket_text_add(sum, (const char *)sqlite3_column_text(statement, 0)))
            continue;
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT,
                    "%s: histogram.buckets: expected objects of bucket numbers and "
                    "counts",
                    database_path(database));
        return false;
    }
}
