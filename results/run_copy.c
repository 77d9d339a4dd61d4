#include "results/run_copy.h"

#include <string.h>

/* Everything that is kept of a run, the run itself first: whatever has its number. */
static const char tables_sql[] =
    "SELECT listed.name FROM main.sqlite_schema AS listed WHERE type = 'table' AND "
    "EXISTS"
    " (SELECT 1 FROM pragma_table_info(listed.name) AS field"
    "  WHERE field.name = 'run_id') ORDER BY listed.name <> 'run', listed.name";

struct RunCopier {
    const Database *database;
    GPtrArray *statements; /* of sqlite3_stmt, one for each table */
};

/* Parameters of the statements: ?1 is the run that is copied. */
enum { FROM_RUN = 1, NEW_RUN, CAMPAIGN, CELL, REPLICATION, SCENARIO };

/* What a column of the copy is: its own value, but for those that give its place. */
static const char *copied(const char *column)
{
    static const char *const placed[][2] = {
        { "run_id", "?2" },      { "campaign_id", "?3" }, { "cell", "?4" },
        { "replication", "?5" }, { "scenario_id", "?6" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(placed); i++)
        if (strcmp(placed[i][0], column) == 0)
            return placed[i][1];
    return column;
}

static sqlite3_stmt *prepare_copy(const Database *database, const char *schema,
                                  const char *table, GError **error)
{
    g_autofree char *question = g_strdup_printf("SELECT * FROM %s.%s", schema, table);
    g_autoptr(sqlite3_stmt) columns = database_prepare(database, question, error);
    g_autoptr(GString) names = g_string_new(NULL), values = g_string_new(NULL);
    g_autofree char *sql = NULL;

    for (int i = 0; columns && i < sqlite3_column_count(columns); i++) {
        const char *name = sqlite3_column_name(columns, i);

        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", name);
        g_string_append_printf(values, "%s%s", i > 0 ? ", " : "", copied(name));
    }
    sql = g_strdup_printf(
        "INSERT INTO main.%s (%s) SELECT %s FROM %s.%s WHERE run_id = ?1", table,
        names->str, values->str, schema, table);
    return columns ? database_prepare(database, sql, error) : NULL;
}

static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

static bool prepare_copies(RunCopier *self, const char *schema, GError **error)
{
    g_autoptr(sqlite3_stmt) table = database_prepare(self->database, tables_sql, error);
    bool has_row = table != NULL;

    while (has_row) {
        sqlite3_stmt *copy;

        if (!database_step(self->database, table, &has_row, error))
            return false;
        if (!has_row)
            return true;
        copy = prepare_copy(self->database, schema,
                            (const char *)sqlite3_column_text(table, 0), error);
        if (!copy)
            return false;
        g_ptr_array_add(self->statements, copy);
    }
    return false;
}

RunCopier *run_copier_new(const Database *database, const char *schema, GError **error)
{
    RunCopier *self = g_new0(RunCopier, 1);

    self->database = database;
    self->statements = g_ptr_array_new_with_free_func(finalize);
    if (prepare_copies(self, schema, error))
        return self;
    run_copier_free(self);
    return NULL;
}

void run_copier_free(RunCopier *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->statements);
    g_free(self);
}

static bool copy_table(const RunCopier *self, unsigned index, int64_t run_id,
                       int64_t new_run_id, const RunPlace *place, GError **error)
{
    sqlite3_stmt *copy = g_ptr_array_index(self->statements, index);
    bool has_row, is_done;

    sqlite3_bind_int64(copy, FROM_RUN, run_id);
    if (new_run_id > 0) /* else NULL: SQLite gives the run a number */
        sqlite3_bind_int64(copy, NEW_RUN, new_run_id);
    sqlite3_bind_int64(copy, CAMPAIGN, place->campaign_id);
    sqlite3_bind_int64(copy, CELL, place->cell);
    sqlite3_bind_int64(copy, REPLICATION, place->replication);
    sqlite3_bind_int64(copy, SCENARIO, place->scenario_id);
    is_done = database_step(self->database, copy, &has_row, error);
    sqlite3_reset(copy);
    return is_done;
}

bool run_copier_copy(RunCopier *self, int64_t run_id, const RunPlace *place,
                     GError **error)
{
    int64_t new_run_id = 0;

    for (unsigned i = 0; i < self->statements->len; i++) {
        if (!copy_table(self, i, run_id, new_run_id, place, error))
            return false;
        if (i == 0)
            new_run_id = sqlite3_last_insert_rowid(database_handle(self->database));
    }
    return true;
}
