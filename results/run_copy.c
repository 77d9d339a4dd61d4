#include "results/run_copy.h"

#include <string.h>

/* Everything that is kept of a run, the run itself first. */
static const char *const tables[] = { "run",   "outcome", "domain",
                                      "stage", "device",  "histogram" };

struct RunCopier {
    const Database *database;
    sqlite3_stmt *statements[G_N_ELEMENTS(tables)];
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

RunCopier *run_copier_new(const Database *database, const char *schema, GError **error)
{
    RunCopier *self = g_new0(RunCopier, 1);

    self->database = database;
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        self->statements[i] = prepare_copy(database, schema, tables[i], error);
        if (self->statements[i])
            continue;
        run_copier_free(self);
        return NULL;
    }
    return self;
}

void run_copier_free(RunCopier *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++)
        sqlite3_finalize(self->statements[i]);
    g_free(self);
}

static bool copy_table(const RunCopier *self, unsigned table, int64_t run_id,
                       int64_t new_run_id, const RunPlace *place, GError **error)
{
    sqlite3_stmt *copy = self->statements[table];
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

    for (unsigned i = 0; i < G_N_ELEMENTS(tables); i++) {
        if (!copy_table(self, i, run_id, new_run_id, place, error))
            return false;
        if (i == 0)
            new_run_id = sqlite3_last_insert_rowid(database_handle(self->database));
    }
    return true;
}
