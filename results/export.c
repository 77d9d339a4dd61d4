#include "results/export.h"

#include "results/csv.h"
#include "results/domain_columns.h"
#include "results/error.h"
#include "results/outcome.h"
#include "results/output_file.h"
#include "results/summary.h"

/* How each table is read: runs are named by campaign, combination and replication,
 * since run_id depends on which run ended first. CROSS JOIN: run by run in this order;
 * SQLite would rather sort all that was ever measured. */
typedef struct {
    const char *name, *sql; /* ?1: the campaign, or NULL for all */
    /* For one that is made of its columns: NULL on error. */
    char *(*make_sql)(Database *database, int64_t campaign_id, GError **error);
    bool is_by_name_alone; /* says nothing new: for whoever asks for it */
} Table;

#define OF_CAMPAIGN(id) "(?1 IS NULL OR " id " = ?1)"
#define WHERE_RUN       " WHERE " OF_CAMPAIGN("run.campaign_id")
#define RUN_COLUMNS     "run.campaign_id, run.cell, run.replication, "
#define RUN_ORDER       " ORDER BY run.campaign_id, run.cell, run.replication"

static void bind_campaign(sqlite3_stmt *statement, int64_t campaign_id)
{
    if (campaign_id != 0 && sqlite3_bind_parameter_count(statement) > 0)
        sqlite3_bind_int64(statement, 1, campaign_id);
}

static char *outcome_sql(Database *database G_GNUC_UNUSED,
                         int64_t campaign_id G_GNUC_UNUSED,
                         GError **error G_GNUC_UNUSED)
{
    g_autoptr(GString) sql = g_string_new("SELECT campaign_id, cell, replication");

    for (const Metric *metric = outcome_metrics(); metric->name; metric++)
        g_string_append_printf(sql, ", %s", metric->name);
    g_string_append(sql, " FROM outcome WHERE " OF_CAMPAIGN(
                             "campaign_id") " ORDER BY campaign_id, cell, replication");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static char *domain_sql(Database *database G_GNUC_UNUSED,
                        int64_t campaign_id G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
    g_autoptr(GArray) columns = domain_columns_new();
    g_autofree char *names = domain_columns_sql(columns, false);

    return g_strconcat(
        "SELECT " RUN_COLUMNS "domain, name, role, owner, paid_ns", names,
        " FROM run CROSS JOIN domain USING (run_id)" WHERE_RUN RUN_ORDER ", domain",
        NULL);
}

/* A column for each key that any of the campaigns varies, in their order. */
static bool append_factor_columns(GString *sql, Database *database, int64_t campaign_id,
                                  GError **error)
{
    g_autoptr(sqlite3_stmt) key = database_prepare(
        database,
        "SELECT printf(', (SELECT value FROM factor WHERE campaign_id ="
        " v_run.campaign_id AND cell = v_run.cell AND key = %Q) AS \"%w\"', key, key)"
        " FROM factor WHERE " OF_CAMPAIGN(
            "campaign_id") " GROUP BY key ORDER BY min(campaign_id), min(position)",
        error);
    bool has_row = key != NULL;

    if (key)
        bind_campaign(key, campaign_id);
    while (has_row) {
        if (!database_step(database, key, &has_row, error))
            return false;
        if (has_row)
            g_string_append(sql, (const char *)sqlite3_column_text(key, 0));
    }
    return key != NULL;
}

static char *wide_sql(Database *database, int64_t campaign_id, GError **error)
{
    g_autoptr(GString) sql =
        g_string_new("SELECT v_run.campaign_id, v_run.cell, v_run.replication, seed");

    if (!append_factor_columns(sql, database, campaign_id, error))
        return NULL;
    for (unsigned i = 0; i < COLUMNS; i++)
        g_string_append_printf(sql, ", %s", summary_column_name((SummaryColumn)i));
    for (const Metric *metric = outcome_metrics(); metric->name; metric++)
        g_string_append_printf(sql, ", outcome.%s", metric->name);
    g_string_append(
        sql,
        " FROM v_run JOIN outcome USING (campaign_id, cell, replication)"
        " WHERE " OF_CAMPAIGN("v_run.campaign_id") " ORDER BY v_run.campaign_id, "
                                                   "v_run.cell, v_run.replication");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static const Table tables[] = {
    { "metric", .sql = "SELECT name, unit, meaning FROM metric ORDER BY name" },
    { "campaign",
      .sql = "SELECT campaign_id, hash, scenario_name, program_version, n_runs,"
             " scenario_text FROM campaign WHERE " OF_CAMPAIGN(
                 "campaign_id") " ORDER BY campaign_id" },
    { "factor", .sql =
                    "SELECT campaign_id, cell, position, key, value, number FROM factor"
                    " WHERE " OF_CAMPAIGN("campaign_id") " ORDER BY campaign_id, cell,"
                                                         " position" },
    { "scenario", .sql = "SELECT hash, text FROM scenario WHERE ?1 IS NULL OR"
                         " scenario_id IN (SELECT scenario_id FROM run WHERE"
                         " campaign_id = ?1) ORDER BY hash" },
    { "run", .sql =
                 "SELECT " RUN_COLUMNS "run_key, seed, scenario.hash AS scenario_hash,"
                 " profile, program_version, state, message, warmup_ns, measured_ns"
                 " FROM run JOIN scenario USING (scenario_id)" WHERE_RUN RUN_ORDER },
    { "outcome", .make_sql = outcome_sql },
    { "domain", .make_sql = domain_sql },
    { "stage", .sql = "SELECT " RUN_COLUMNS "domain, stage, sum_ns"
                      " FROM run CROSS JOIN stage USING (run_id)" WHERE_RUN RUN_ORDER
                      ", domain, position" },
    { "vm_exit",
      .sql = "SELECT " RUN_COLUMNS "domain, reason, exits FROM run CROSS JOIN vm_exit"
             " USING (run_id)" WHERE_RUN " AND exits > 0" RUN_ORDER ", domain,"
             " reason" },
    { "device", .sql = "SELECT " RUN_COLUMNS "domain, device, requests, latency_sum_ns,"
                       " latency_greatest_ns, service_sum_ns"
                       " FROM run CROSS JOIN device USING (run_id)" WHERE_RUN RUN_ORDER
                       ", domain, device" },
    { "refusal",
      .sql = "SELECT " RUN_COLUMNS "position, at_ns, event, refusal.domain, reason"
             " FROM run CROSS JOIN refusal USING (run_id)" WHERE_RUN RUN_ORDER
             ", position" },
    { "histogram",
      .sql =
          "SELECT " RUN_COLUMNS "quantity, subject, count, sum_ns, least_ns,"
          " greatest_ns, buckets FROM run CROSS JOIN histogram USING (run_id)" WHERE_RUN
              RUN_ORDER ", quantity, subject" },
    { "bucket",
      .sql = "SELECT " RUN_COLUMNS "quantity, subject, lower_ns, width_ns, count"
             " FROM run CROSS JOIN v_histogram USING (run_id)" WHERE_RUN RUN_ORDER
             ", quantity, subject, lower_ns",
      .is_by_name_alone = true },
    { "v_run",
      .sql = "SELECT * FROM v_run WHERE " OF_CAMPAIGN(
          "campaign_id") " ORDER BY"
                         " campaign_id, cell, replication",
      .is_by_name_alone = true },
    { "v_summary",
      .sql = "SELECT * FROM v_summary WHERE " OF_CAMPAIGN(
          "campaign_id") " ORDER BY"
                         " campaign_id, cell",
      .is_by_name_alone = true },
    { "v_factors",
      .sql = "SELECT * FROM v_factors WHERE " OF_CAMPAIGN(
          "campaign_id") " ORDER BY"
                         " campaign_id, cell",
      .is_by_name_alone = true },
    { "wide", .make_sql = wide_sql, .is_by_name_alone = true },
};

#define TABLES G_N_ELEMENTS(tables)

const char *export_table_name(unsigned index)
{
    return index < TABLES ? tables[index].name : NULL;
}

static char *table_sql(Database *database, const char *name, int64_t campaign_id,
                       GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (unsigned i = 0; i < TABLES; i++) {
        if (g_str_equal(tables[i].name, name))
            return tables[i].sql ? g_strdup(tables[i].sql)
                                 : tables[i].make_sql(database, campaign_id, error);
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", tables[i].name);
    }
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "no table is called \"%s\" (known: %s)", name, known->str);
    return NULL;
}

/* CSV. */

static void append_value(GString *record, sqlite3_stmt *row, int column)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    const bool is_float = sqlite3_column_type(row, column) == SQLITE_FLOAT;
    const char *text = (const char *)sqlite3_column_text(row, column);

    if (is_float)
        text = g_ascii_formatd(number, sizeof number, "%.15g",
                               sqlite3_column_double(row, column));
    csv_append(record, text ? text : "", column == 0);
}

static bool write_csv(const Database *database, sqlite3_stmt *row, FILE *stream,
                      GError **error)
{
    g_autoptr(GString) record = g_string_new(NULL);
    const int n_columns = sqlite3_column_count(row);
    bool has_row = true;

    for (int i = 0; i < n_columns; i++)
        csv_append(record, sqlite3_column_name(row, i), i == 0);
    while (has_row && !ferror(stream)) {
        g_string_append(record, CSV_LINE_END);
        fwrite(record->str, 1, record->len, stream);
        g_string_truncate(record, 0);
        if (!database_step(database, row, &has_row, error))
            return false;
        for (int i = 0; has_row && i < n_columns; i++)
            append_value(record, row, i);
    }
    return true;
}

/* JSON lines: SQLite knows how to quote, but takes too few arguments to make an object
 * of a long row. */

static char *json_sql(const char *sql, sqlite3_stmt *columns)
{
    g_autoptr(GString) json = g_string_new("SELECT ");

    for (int i = 0; i < sqlite3_column_count(columns); i++) {
        char *value = sqlite3_mprintf("%sjson_quote(\"%w\")", i > 0 ? ", " : "",
                                      sqlite3_column_name(columns, i));

        g_string_append(json, value);
        sqlite3_free(value);
    }
    g_string_append_printf(json, " FROM (%s)", sql);
    return g_string_free(g_steal_pointer(&json), FALSE);
}

static void write_object(sqlite3_stmt *columns, sqlite3_stmt *row, FILE *stream)
{
    for (int i = 0; i < sqlite3_column_count(columns); i++) {
        g_autofree char *name = g_strescape(sqlite3_column_name(columns, i), NULL);

        fprintf(stream, "%s\"%s\":%s", i > 0 ? "," : "{", name,
                sqlite3_column_text(row, i));
    }
    fputs("}\n", stream);
}

static bool write_jsonl(const Database *database, const char *sql,
                        sqlite3_stmt *columns, int64_t campaign_id, FILE *stream,
                        GError **error)
{
    g_autofree char *json = json_sql(sql, columns);
    g_autoptr(sqlite3_stmt) row = database_prepare(database, json, error);
    bool has_row = row != NULL;

    if (row)
        bind_campaign(row, campaign_id);
    while (has_row && !ferror(stream)) {
        if (!database_step(database, row, &has_row, error))
            return false;
        if (has_row)
            write_object(columns, row, stream);
    }
    return row != NULL;
}

bool export_table(Database *database, const char *table, int64_t campaign_id,
                  ExportFormat format, FILE *stream, GError **error)
{
    g_autofree char *sql = table_sql(database, table, campaign_id, error);
    g_autoptr(sqlite3_stmt) statement =
        sql ? database_prepare(database, sql, error) : NULL;

    if (!statement)
        return false;
    bind_campaign(statement, campaign_id);
    switch (format) {
    case EXPORT_CSV:
        return write_csv(database, statement, stream, error);
    case EXPORT_JSONL:
        return write_jsonl(database, sql, statement, campaign_id, stream, error);
    }
    g_assert_not_reached();
}

static bool export_file(Database *database, const char *table, int64_t campaign_id,
                        ExportFormat format, const char *folder, GError **error)
{
    g_autofree char *name =
        g_strconcat(table, format == EXPORT_CSV ? ".csv" : ".jsonl", NULL);
    g_autoptr(OutputFile) file = output_file_new(folder, name, error);

    return file &&
           export_table(database, table, campaign_id, format, file->stream, error) &&
           output_file_commit(file, error);
}

bool export_folder(Database *database, int64_t campaign_id, ExportFormat format,
                   const char *folder, GError **error)
{
    for (unsigned i = 0; i < TABLES; i++)
        if (!tables[i].is_by_name_alone &&
            !export_file(database, tables[i].name, campaign_id, format, folder, error))
            return false;
    return true;
}
