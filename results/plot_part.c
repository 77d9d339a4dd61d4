#include "results/plot_part.h"

#include <stdlib.h>

sqlite3_stmt *plot_part_prepare(const PlotPart *part, const char *sql, GError **error)
{
    sqlite3_stmt *statement = database_prepare(part->database, sql, error);

    if (!statement)
        return NULL;
    sqlite3_bind_int64(statement, 1, part->campaign_id);
    sqlite3_bind_int64(statement, 2, part->row->cell);
    return statement;
}

static void bind_part(sqlite3_stmt *statement, const PlotPart *part)
{
    sqlite3_bind_text(statement, 3, part->plot, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 4, part->row->n);
}

/* *text: NULL if nothing is kept, or of other runs. */
static bool find_kept(const PlotPart *part, char **text, GError **error)
{
    g_autoptr(sqlite3_stmt) kept =
        plot_part_prepare(part,
                          "SELECT text FROM figure_part WHERE campaign_id = ?"
                          " AND cell = ? AND figure = ? AND n_runs = ?",
                          error);
    bool has_row;

    *text = NULL;
    if (!kept)
        return false;
    bind_part(kept, part);
    if (!database_step(part->database, kept, &has_row, error))
        return false;
    if (has_row)
        *text = g_strdup((const char *)sqlite3_column_text(kept, 0));
    return true;
}

static bool keep(const PlotPart *part, const char *text, GError **error)
{
    g_autoptr(sqlite3_stmt) place = plot_part_prepare(
        part, "INSERT OR REPLACE INTO figure_part VALUES (?, ?, ?, ?, ?)", error);
    bool has_row;

    if (!place)
        return false;
    bind_part(place, part);
    sqlite3_bind_text(place, 5, text, -1, SQLITE_STATIC);
    return database_step(part->database, place, &has_row, error);
}

/* NULL on error. Free with g_free. */
static char *ask_runs(const PlotPart *part, PlotPartWriter write, GError **error)
{
    char *text = NULL;
    size_t n_bytes;
    FILE *stream = open_memstream(&text, &n_bytes);
    bool is_written;

    g_assert(stream);
    is_written = write(part, stream, error);
    fclose(stream);
    if (is_written)
        return text;
    free(text);
    return NULL;
}

char *plot_part_text(const PlotPart *part, PlotPartWriter write, GError **error)
{
    char *kept = NULL, *text;
    bool is_kept = true;

    if (!find_kept(part, &kept, error))
        return NULL;
    if (kept)
        return kept;
    text = ask_runs(part, write, error);
    if (text && database_is_writable(part->database))
        is_kept = keep(part, text, error);
    if (is_kept)
        return text;
    g_free(text);
    return NULL;
}

bool plot_part_write(const PlotPart *part, PlotPartWriter write, FILE *stream,
                     GError **error)
{
    g_autofree char *text = plot_part_text(part, write, error);

    if (text)
        fputs(text, stream);
    return text != NULL;
}
