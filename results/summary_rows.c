#include "results/summary_rows.h"

#include "results/bucket_text.h"
#include "results/error.h"
#include "results/run_record.h"

#include <math.h>

/* One finished run of a campaign. SQLite takes twice the time to compute the columns.
 */
typedef enum {
    RUN_CELL,
    RUN_REPLICATION,
    RUN_MEASURED_NS,
    RUN_REQUESTS,
    RUN_TRANSFERS,
    RUN_LATENCY_P50_NS,
    RUN_LATENCY_P99_NS,
    RUN_DOM0_CPU_NS,
    RUN_ATTRIBUTED_GUESTS_NS,
    RUN_PAID_BY_OTHERS_NS,
    RUN_FAIRNESS_PPM,
    RUN_N_GUESTS,
    RUN_DEADLINES,
    RUN_MISSED_DEADLINES,
    RUN_LIVED_GUESTS_NS,
    RUN_CREATIONS,
    RUN_DESTRUCTIONS,
    RUN_LOST_FRAMES,
    RUN_LATENCY_P90_NS,
    RUN_LATENCY_P999_NS,
    RUN_TRANSFER_P50_NS,
    RUN_TRANSFER_P99_NS,
    RUN_GROUP,
    RUN_ID,
} RunColumn;

static const char outcome_sql[] =
    "SELECT cell, replication, measured_ns, requests, transfers, latency_p50_ns,"
    " latency_p99_ns, dom0_cpu_ns, attributed_guests_ns, paid_by_others_ns,"
    " fairness_ppm, n_guests, deadlines, missed_deadlines, lived_guests_ns, creations,"
    " destructions, lost_frames, latency_p90_ns, latency_p999_ns, transfer_p50_ns,"
    " transfer_p99_ns, NULL, run_id FROM outcome WHERE campaign_id = ? ORDER "
    "BY cell, replication";

/* The same columns of each group; NULL is what a group does not have. */
static const char group_sql[] =
    "SELECT outcome.cell, outcome.replication, outcome.measured_ns,"
    " sum(part.requests), sum(part.transfers), NULL, NULL, NULL,"
    " sum(CASE role WHEN 'guest' THEN attributed_ns"
    "     ELSE ran_ns + part.overhead_ns END),"
    " sum(CASE role WHEN 'guest' THEN max(0, attributed_ns - paid_ns) END),"
    " CASE role WHEN 'guest' THEN"
    "  CASE WHEN count(share) > 0 THEN"
    "   round(ifnull(1e6 * sum(share) * sum(share) / count(share) /"
    "                sum(share * share), 1e6))"
    "  END END,"
    " count(*), sum(part.deadlines), sum(part.missed_deadlines), sum(part.lived_ns),"
    " sum(part.creations), sum(part.destructions),"
    " sum(lost_sent_frames + lost_received_frames), NULL, NULL, NULL, NULL,"
    " domain_group, run_id"
    " FROM outcome JOIN (SELECT *, 1.0 * attributed_ns / max(weight, 1)"
    "                           / nullif(lived_ns, 0) AS share"
    "                    FROM domain WHERE role IN ('guest', 'neighbour')) AS part"
    "  USING (run_id)"
    " WHERE campaign_id = ?"
    " GROUP BY outcome.cell, outcome.replication, domain_group"
    " ORDER BY outcome.cell, min(domain), outcome.replication";

/* No join: neither table has an index by name, and the names of one run are looked up
 * here in a table that SQLite makes of them once. */
static const char latency_sql[] =
    "SELECT buckets, least_ns, greatest_ns FROM histogram"
    " WHERE run_id = ?1 AND quantity = ?3 AND subject IN"
    "  (SELECT name FROM domain WHERE run_id = ?1 AND domain_group = ?2)";

static double column_of(sqlite3_stmt *outcome, RunColumn column)
{
    return sqlite3_column_type(outcome, (int)column) == SQLITE_NULL
               ? NAN
               : sqlite3_column_double(outcome, (int)column);
}

static bool comes_or_goes(sqlite3_stmt *outcome)
{
    return column_of(outcome, RUN_CREATIONS) + column_of(outcome, RUN_DESTRUCTIONS) >
               0 ||
           column_of(outcome, RUN_LIVED_GUESTS_NS) <
               column_of(outcome, RUN_N_GUESTS) * column_of(outcome, RUN_MEASURED_NS);
}

static void compute_quantiles(double *columns, sqlite3_stmt *outcome)
{
    static const struct {
        SummaryColumn column;
        RunColumn quantile;
    } quantiles[] = {
        { COLUMN_LATENCY_P50_US, RUN_LATENCY_P50_NS },
        { COLUMN_LATENCY_P90_US, RUN_LATENCY_P90_NS },
        { COLUMN_LATENCY_P99_US, RUN_LATENCY_P99_NS },
        { COLUMN_LATENCY_P999_US, RUN_LATENCY_P999_NS },
        { COLUMN_TRANSFER_P50_US, RUN_TRANSFER_P50_NS },
        { COLUMN_TRANSFER_P99_US, RUN_TRANSFER_P99_NS },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(quantiles); i++)
        columns[quantiles[i].column] = column_of(outcome, quantiles[i].quantile) / 1e3;
}

/* A finished run in the units of the columns; NAN where it has nothing of the kind. */
static void compute_columns(double *columns, sqlite3_stmt *outcome)
{
    const double measured_ns = column_of(outcome, RUN_MEASURED_NS);
    const double n_deadlines = column_of(outcome, RUN_DEADLINES);

    columns[COLUMN_REQUESTS_PER_S] =
        column_of(outcome, RUN_REQUESTS) * 1e9 / measured_ns;
    columns[COLUMN_TRANSFERS_PER_S] =
        column_of(outcome, RUN_TRANSFERS) * 1e9 / measured_ns;
    columns[COLUMN_DOM0_CPU_PERCENT] =
        column_of(outcome, RUN_DOM0_CPU_NS) * 1e2 / measured_ns;
    columns[COLUMN_FAIRNESS] = column_of(outcome, RUN_FAIRNESS_PPM) / 1e6;
    columns[COLUMN_PAID_BY_OTHERS_PERCENT] =
        column_of(outcome, RUN_PAID_BY_OTHERS_NS) * 1e2 /
        MAX(column_of(outcome, RUN_ATTRIBUTED_GUESTS_NS), 1);
    columns[COLUMN_MISSED_DEADLINES_PERCENT] =
        n_deadlines > 0 ? column_of(outcome, RUN_MISSED_DEADLINES) * 1e2 / n_deadlines
                        : NAN;
    columns[COLUMN_LIVED_GUESTS] =
        column_of(outcome, RUN_LIVED_GUESTS_NS) / measured_ns;
    columns[COLUMN_LOST_FRAMES_PER_S] =
        column_of(outcome, RUN_LOST_FRAMES) * 1e9 / measured_ns;
    columns[COLUMN_CPU_PERCENT] =
        column_of(outcome, RUN_ATTRIBUTED_GUESTS_NS) * 1e2 / measured_ns;
    compute_quantiles(columns, outcome);
}

static SummaryRow *add_row(Summary *summary, unsigned cell, const char *group)
{
    SummaryRow *row = g_new0(SummaryRow, 1);

    row->cell = cell;
    row->group = g_strdup(group);
    row->factors = factors_new();
    row->replications = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (unsigned i = 0; i < COLUMNS; i++)
        row->values[i] = g_array_new(FALSE, FALSE, sizeof(double));
    g_ptr_array_add(summary->rows, row);
    return row;
}

static bool is_of(const SummaryRow *row, unsigned cell, const char *group)
{
    return row->cell == cell && g_strcmp0(row->group, group) == 0;
}

static SummaryRow *row_for(Summary *summary, sqlite3_stmt *outcome)
{
    const unsigned cell = (unsigned)sqlite3_column_int(outcome, RUN_CELL);
    const char *group = (const char *)sqlite3_column_text(outcome, RUN_GROUP);
    SummaryRow *row = summary->rows->len > 0
                          ? g_ptr_array_index(summary->rows, summary->rows->len - 1)
                          : NULL;

    return row && is_of(row, cell, group) ? row : add_row(summary, cell, group);
}

static double quantile_us(const Histogram *values, unsigned ppm)
{
    return histogram_has_quantile(values->count, ppm)
               ? (double)histogram_quantile_ns(values, ppm) / 1e3
               : NAN;
}

/* What a group's domains have of one quantity, in histograms of their own. NULL on
 * error. */
static Histogram *add_up(const Database *database, sqlite3_stmt *outcome,
                         sqlite3_stmt *latency, Quantity quantity, GError **error)
{
    g_autofree Histogram *sum = histogram_new();

    sqlite3_reset(latency);
    sqlite3_bind_int64(latency, 1, sqlite3_column_int64(outcome, RUN_ID));
    sqlite3_bind_text(latency, 2, (const char *)sqlite3_column_text(outcome, RUN_GROUP),
                      -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(latency, 3, quantity_name(quantity), -1, SQLITE_STATIC);
    return bucket_text_add_rows(sum, database, latency, error) ? g_steal_pointer(&sum)
                                                               : NULL;
}

/* Of the requests and the transfers of a group. */
static bool add_latencies(double *columns, const Database *database,
                          sqlite3_stmt *outcome, sqlite3_stmt *latency, GError **error)
{
    g_autofree Histogram *requests =
        add_up(database, outcome, latency, QUANTITY_REQUEST, error);
    g_autofree Histogram *transfers =
        requests ? add_up(database, outcome, latency, QUANTITY_TRANSFER, error) : NULL;

    if (!transfers)
        return false;
    columns[COLUMN_LATENCY_P50_US] = quantile_us(requests, 500000);
    columns[COLUMN_LATENCY_P90_US] = quantile_us(requests, 900000);
    columns[COLUMN_LATENCY_P99_US] = quantile_us(requests, 990000);
    columns[COLUMN_LATENCY_P999_US] = quantile_us(requests, 999000);
    columns[COLUMN_TRANSFER_P50_US] = quantile_us(transfers, 500000);
    columns[COLUMN_TRANSFER_P99_US] = quantile_us(transfers, 990000);
    return true;
}

/* latency: NULL for the whole machine, whose quantiles are in its outcome. */
static bool add_outcome(Summary *summary, const Database *database,
                        sqlite3_stmt *outcome, sqlite3_stmt *latency, GError **error)
{
    const unsigned replication = (unsigned)sqlite3_column_int(outcome, RUN_REPLICATION);
    SummaryRow *row = row_for(summary, outcome);
    double columns[COLUMNS];

    compute_columns(columns, outcome);
    if (latency && !add_latencies(columns, database, outcome, latency, error))
        return false;
    row->comes_or_goes = row->comes_or_goes || comes_or_goes(outcome);
    g_array_append_val(row->replications, replication);
    for (unsigned i = 0; i < COLUMNS; i++)
        g_array_append_val(row->values[i], columns[i]);
    return true;
}

bool summary_load_rows(Summary *summary, const Database *database, int64_t campaign_id,
                       GError **error)
{
    g_autoptr(sqlite3_stmt) outcome = database_prepare(
        database, summary->has_groups ? group_sql : outcome_sql, error);
    g_autoptr(sqlite3_stmt) latency =
        outcome && summary->has_groups ? database_prepare(database, latency_sql, error)
                                       : NULL;
    bool has_row = outcome != NULL && (latency || !summary->has_groups);

    if (outcome)
        sqlite3_bind_int64(outcome, 1, campaign_id);
    while (has_row)
        if (!database_step(database, outcome, &has_row, error) ||
            (has_row && !add_outcome(summary, database, outcome, latency, error)))
            return false;
    return outcome && (latency || !summary->has_groups);
}
