#include "results/export.h"

#include "results/csv.h"
#include "results/domain_columns.h"
#include "results/error.h"
#include "results/outcome.h"
#include "results/output_file.h"

/* How each table is read: runs are named by campaign, combination and replication,
 * since run_id depends on which run ended first. CROSS JOIN: run by run in this order;
 * SQLite would rather sort all that was ever measured. */
typedef struct {
    const char *name, *sql;
    char *(*make_sql)(void); /* for one that is made of its columns */
} Table;

#define RUN_COLUMNS "run.campaign_id, run.cell, run.replication, "
#define RUN_ORDER   " ORDER BY run.campaign_id, run.cell, run.replication"

static char *outcome_sql(void)
{
    g_autoptr(GString) sql = g_string_new("SELECT campaign_id, cell, replication");

    for (const Metric *metric = outcome_metrics(); metric->name; metric++)
        g_string_append_printf(sql, ", %s", metric->name);
    g_string_append(sql, " FROM outcome ORDER BY campaign_id, cell, replication");
    return g_string_free(g_steal_pointer(&sql), FALSE);
}

static char *domain_sql(void)
{
    g_autoptr(GArray) columns = domain_columns_new();
    g_autofree char *names = domain_columns_sql(columns, false);

    return g_strconcat(
        "SELECT " RUN_COLUMNS "domain, name, role, owner, paid_ns", names,
        " FROM run CROSS JOIN domain USING (run_id)" RUN_ORDER ", domain", NULL);
}

static const Table tables[] = {
    { "metric", .sql = "SELECT name, unit, meaning FROM metric ORDER BY name" },
    { "campaign",
      .sql = "SELECT campaign_id, hash, scenario_name, program_version, n_runs,"
             " scenario_text FROM campaign ORDER BY campaign_id" },
    { "factor", .sql =
                    "SELECT campaign_id, cell, position, key, value, number FROM factor"
                    " ORDER BY campaign_id, cell, position" },
    { "scenario", .sql = "SELECT hash, text FROM scenario ORDER BY hash" },
    { "run", .sql =
                 "SELECT " RUN_COLUMNS "run_key, seed, scenario.hash AS scenario_hash,"
                 " profile, program_version, state, message, warmup_ns, measured_ns"
                 " FROM run JOIN scenario USING (scenario_id)" RUN_ORDER },
    { "outcome", .make_sql = outcome_sql },
    { "domain", .make_sql = domain_sql },
    { "stage", .sql = "SELECT " RUN_COLUMNS "domain, stage, sum_ns"
                      " FROM run CROSS JOIN stage USING (run_id)" RUN_ORDER
                      ", domain, position" },
    { "vm_exit",
      .sql = "SELECT " RUN_COLUMNS "domain, reason, exits FROM run CROSS JOIN vm_exit"
             " USING (run_id) WHERE exits > 0" RUN_ORDER ", domain, reason" },
    { "device", .sql = "SELECT " RUN_COLUMNS "domain, device, requests, latency_sum_ns,"
                       " latency_greatest_ns, service_sum_ns"
                       " FROM run CROSS JOIN device USING (run_id)" RUN_ORDER
                       ", domain, device" },
    { "refusal",
      .sql = "SELECT " RUN_COLUMNS "position, at_ns, event, refusal.domain, reason"
             " FROM run CROSS JOIN refusal USING (run_id)" RUN_ORDER ", position" },
    { "histogram",
      .sql =
          "SELECT " RUN_COLUMNS "quantity, subject, count, sum_ns, least_ns,"
          " greatest_ns, buckets FROM run CROSS JOIN histogram USING (run_id)" RUN_ORDER
          ", quantity, subject" },
    { "bucket", .sql =
                    "SELECT " RUN_COLUMNS "quantity, subject, lower_ns, width_ns, count"
                    " FROM run CROSS JOIN v_histogram USING (run_id)" RUN_ORDER
                    ", quantity, subject, lower_ns" },
};

#define TABLES G_N_ELEMENTS(tables)
/* The last one says nothing new in ten times the space: for whoever asks for it. */
#define FOLDER_TABLES (TABLES - 1)

const char *export_table_name(unsigned index)
{
    return index < TABLES ? tables[index].name : NULL;
}

static char *table_sql(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (unsigned i = 0; i < TABLES; i++) {
        if (g_str_equal(tables[i].name, name))
            return tables[i].sql ? g_strdup(tables[i].sql) : tables[i].make_sql();
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

/* JSON lines: SQLite knows how to quote. */

static char *json_sql(const char *sql, sqlite3_stmt *columns)
{
    g_autoptr(GString) json = g_string_new("SELECT json_object(");

    for (int i = 0; i < sqlite3_column_count(columns); i++)
        g_string_append_printf(json, "%s'%s', %s", i > 0 ? ", " : "",
                               sqlite3_column_name(columns, i),
                               sqlite3_column_name(columns, i));
    g_string_append_printf(json, ") FROM (%s)", sql);
    return g_string_free(g_steal_pointer(&json), FALSE);
}

static bool write_jsonl(const Database *database, const char *sql,
                        sqlite3_stmt *columns, FILE *stream, GError **error)
{
    g_autofree char *json = json_sql(sql, columns);
    g_autoptr(sqlite3_stmt) row = database_prepare(database, json, error);
    bool has_row = row != NULL;

    while (has_row && !ferror(stream)) {
        if (!database_step(database, row, &has_row, error))
            return false;
        if (has_row)
            fprintf(stream, "%s\n", (const char *)sqlite3_column_text(row, 0));
    }
    return row != NULL;
}

bool export_table(Database *database, const char *table, ExportFormat format,
                  FILE *stream, GError **error)
{
    g_autofree char *sql = table_sql(table, error);
    g_autoptr(sqlite3_stmt) statement =
        sql ? database_prepare(database, sql, error) : NULL;

    if (!statement)
        return false;
    switch (format) {
    case EXPORT_CSV:
        return write_csv(database, statement, stream, error);
    case EXPORT_JSONL:
        return write_jsonl(database, sql, statement, stream, error);
    }
    g_assert_not_reached();
}

static bool export_file(Database *database, const char *table, ExportFormat format,
                        const char *folder, GError **error)
{
    g_autofree char *name =
        g_strconcat(table, format == EXPORT_CSV ? ".csv" : ".jsonl", NULL);
    g_autoptr(OutputFile) file = output_file_new(folder, name, error);

    return file && export_table(database, table, format, file->stream, error) &&
           output_file_commit(file, error);
}

bool export_folder(Database *database, ExportFormat format, const char *folder,
                   GError **error)
{
    for (unsigned i = 0; i < FOLDER_TABLES; i++)
        if (!export_file(database, tables[i].name, format, folder, error))
            return false;
    return true;
}
