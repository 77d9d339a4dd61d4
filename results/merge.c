#include "results/merge.h"

#include "results/run_copy.h"

/* A run of the other database, and where it goes. */
typedef struct {
    int64_t run_id;
    RunPlace place;
} Move;

/* Campaigns and scenarios have numbers of their own in each database; hashes are the
 * same. */
static const char *const identities_sql[] = {
    "INSERT INTO main.campaign (hash, scenario_name, scenario_text, program_version,"
    " n_runs, turn) SELECT hash, scenario_name, scenario_text, program_version, n_runs,"
    " turn + (SELECT ifnull(max(turn), 0) FROM main.campaign)"
    " FROM other.campaign WHERE true ORDER BY campaign_id ON CONFLICT DO NOTHING",
    "INSERT INTO main.scenario (hash, text) SELECT hash, text FROM other.scenario"
    " WHERE true ORDER BY scenario_id ON CONFLICT DO NOTHING",
    "INSERT INTO main.factor SELECT here.campaign_id, cell, position, key, value, "
    "number"
    " FROM other.factor JOIN other.campaign AS there USING (campaign_id)"
    " JOIN main.campaign AS here ON here.hash = there.hash"
    " WHERE true ON CONFLICT DO NOTHING",
    "DELETE FROM main.run WHERE state = 'failed' AND EXISTS (SELECT 1 FROM other.run AS"
    " there WHERE there.run_key = main.run.run_key AND there.state = 'done')",
};

static const char moves_sql[] =
    "SELECT run.run_id, campaign.campaign_id, run.cell, run.replication,"
    " scenario.scenario_id FROM other.run AS run"
    " JOIN other.campaign AS from_campaign USING (campaign_id)"
    " JOIN other.scenario AS from_scenario ON"
    "  from_scenario.scenario_id = run.scenario_id"
    " JOIN main.campaign AS campaign ON campaign.hash = from_campaign.hash"
    " JOIN main.scenario AS scenario ON scenario.hash = from_scenario.hash"
    " WHERE NOT EXISTS (SELECT 1 FROM main.run AS here"
    "  WHERE here.campaign_id = campaign.campaign_id AND here.cell = run.cell"
    "  AND here.replication = run.replication) ORDER BY run.run_id";

static bool execute(const Database *into, const char *sql, const char *text,
                    GError **error)
{
    g_autoptr(sqlite3_stmt) statement = database_prepare(into, sql, error);
    bool has_row;

    if (!statement)
        return false;
    if (text)
        sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    return database_step(into, statement, &has_row, error);
}

/* Of Move; NULL on error. */
static GArray *list_moves(const Database *into, GError **error)
{
    g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(Move));
    g_autoptr(sqlite3_stmt) run = database_prepare(into, moves_sql, error);
    bool has_row = run != NULL;

    while (has_row) {
        if (!database_step(into, run, &has_row, error))
            return NULL;
        if (!has_row)
            return g_steal_pointer(&moves);
        g_array_append_val(
            moves,
            ((Move){ sqlite3_column_int64(run, 0),
                     { sqlite3_column_int64(run, 1), sqlite3_column_int64(run, 2),
                       sqlite3_column_int64(run, 3), sqlite3_column_int64(run, 4) } }));
    }
    return NULL;
}

static bool copy_runs(const Database *into, unsigned *n_runs, GError **error)
{
    g_autoptr(RunCopier) copier = run_copier_new(into, "other", error);
    g_autoptr(GArray) moves = copier ? list_moves(into, error) : NULL;

    if (!moves)
        return false;
    for (unsigned i = 0; i < moves->len; i++) {
        const Move *move = &g_array_index(moves, Move, i);

        if (!run_copier_copy(copier, move->run_id, &move->place, error))
            return false;
    }
    *n_runs = moves->len;
    return true;
}

static bool merge(Database *into, unsigned *n_runs, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(identities_sql); i++)
        if (!execute(into, identities_sql[i], NULL, error))
            return false;
    return copy_runs(into, n_runs, error);
}

bool merge_database(Database *into, const char *path, unsigned *n_runs, GError **error)
{
    g_autoptr(Database) other = database_open(path, DATABASE_READ, error);
    bool is_merged;

    /* Open for what it checks of the file. */
    if (!other || !execute(into, "ATTACH ? AS other", path, error))
        return false;
    is_merged = database_begin(into, error) && merge(into, n_runs, error) &&
                database_commit(into, error);
    if (!is_merged)
        sqlite3_exec(database_handle(into), "ROLLBACK", NULL, NULL, NULL);
    sqlite3_exec(database_handle(into), "DETACH other", NULL, NULL, NULL);
    return is_merged;
}
