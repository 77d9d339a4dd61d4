#include "results/summary.h"

#include "results/error.h"
#include "results/run_record.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *meaning;
} column_texts[COLUMNS] = {
    [COLUMN_REQUESTS_PER_S] = { "requests_per_s", "requests to all device models" },
    [COLUMN_TRANSFERS_PER_S] = { "transfers_per_s", "transfers that guests completed" },
    [COLUMN_LATENCY_P50_US] = { "latency_p50_us", "median latency of a request" },
    [COLUMN_LATENCY_P99_US] = { "latency_p99_us", "its 99th percentile" },
    [COLUMN_DOM0_CPU_PERCENT] = { "dom0_cpu_percent",
                                  "CPU that dom0 uses, of one pCPU" },
    [COLUMN_FAIRNESS] = { "fairness", "Jain's index between guests; 1 is perfect" },
    [COLUMN_PAID_BY_OTHERS_PERCENT] = { "paid_by_others_percent",
                                        "CPU spent for guests that other accounts than "
                                        "their own paid" },
    [COLUMN_MISSED_DEADLINES_PERCENT] = { "missed_deadlines_percent",
                                          "deadlines missed, where there are some" },
    [COLUMN_LIVED_GUESTS] = { "lived_guests",
                              "guests that were up, where they come and go" },
};

const char *summary_column_name(SummaryColumn column)
{
    g_assert(column < COLUMNS);
    return column_texts[column].name;
}

const char *summary_column_meaning(SummaryColumn column)
{
    g_assert(column < COLUMNS);
    return column_texts[column].meaning;
}

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
} RunColumn;

static const char outcome_sql[] =
    "SELECT cell, replication, measured_ns, requests, transfers, latency_p50_ns,"
    " latency_p99_ns, dom0_cpu_ns, attributed_guests_ns, paid_by_others_ns,"
    " fairness_ppm, n_guests, deadlines, missed_deadlines, lived_guests_ns, creations,"
    " destructions FROM outcome WHERE campaign_id = ? ORDER BY cell, replication";

static double column_of(sqlite3_stmt *outcome, RunColumn column)
{
    return (double)sqlite3_column_int64(outcome, (int)column);
}

/* Where none comes or goes, there is nothing to tell. */
static double lived_guests(sqlite3_stmt *outcome)
{
    const double measured_ns = column_of(outcome, RUN_MEASURED_NS);
    const double lived_ns = column_of(outcome, RUN_LIVED_GUESTS_NS);
    const bool is_varied =
        column_of(outcome, RUN_CREATIONS) + column_of(outcome, RUN_DESTRUCTIONS) > 0 ||
        lived_ns < column_of(outcome, RUN_N_GUESTS) * measured_ns;

    return is_varied ? lived_ns / measured_ns : NAN;
}

/* A finished run in the units of the columns; NAN where it has nothing of the kind. */
static void compute_columns(double *columns, sqlite3_stmt *outcome)
{
    const double measured_ns = column_of(outcome, RUN_MEASURED_NS);
    const double n_deadlines = column_of(outcome, RUN_DEADLINES);
    const bool has_requests = column_of(outcome, RUN_REQUESTS) > 0;

    columns[COLUMN_REQUESTS_PER_S] =
        column_of(outcome, RUN_REQUESTS) * 1e9 / measured_ns;
    columns[COLUMN_TRANSFERS_PER_S] =
        column_of(outcome, RUN_TRANSFERS) * 1e9 / measured_ns;
    columns[COLUMN_LATENCY_P50_US] =
        has_requests ? column_of(outcome, RUN_LATENCY_P50_NS) / 1e3 : NAN;
    columns[COLUMN_LATENCY_P99_US] =
        has_requests ? column_of(outcome, RUN_LATENCY_P99_NS) / 1e3 : NAN;
    columns[COLUMN_DOM0_CPU_PERCENT] =
        column_of(outcome, RUN_DOM0_CPU_NS) * 1e2 / measured_ns;
    columns[COLUMN_FAIRNESS] = column_of(outcome, RUN_FAIRNESS_PPM) / 1e6;
    columns[COLUMN_PAID_BY_OTHERS_PERCENT] =
        column_of(outcome, RUN_PAID_BY_OTHERS_NS) * 1e2 /
        MAX(column_of(outcome, RUN_ATTRIBUTED_GUESTS_NS), 1);
    columns[COLUMN_MISSED_DEADLINES_PERCENT] =
        n_deadlines > 0 ? column_of(outcome, RUN_MISSED_DEADLINES) * 1e2 / n_deadlines
                        : NAN;
    columns[COLUMN_LIVED_GUESTS] = lived_guests(outcome);
}

static void free_row(void *item)
{
    SummaryRow *row = item;

    g_array_unref(row->factors);
    g_array_unref(row->replications);
    for (unsigned i = 0; i < COLUMNS; i++)
        g_array_unref(row->values[i]);
    g_free(row);
}

static SummaryRow *add_row(Summary *summary, unsigned cell)
{
    SummaryRow *row = g_new0(SummaryRow, 1);

    row->cell = cell;
    row->factors = factors_new();
    row->replications = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (unsigned i = 0; i < COLUMNS; i++)
        row->values[i] = g_array_new(FALSE, FALSE, sizeof(double));
    g_ptr_array_add(summary->rows, row);
    return row;
}

static sqlite3_stmt *prepare_for(const Database *database, const char *sql,
                                 int64_t campaign_id, GError **error)
{
    sqlite3_stmt *statement = database_prepare(database, sql, error);

    if (statement)
        sqlite3_bind_int64(statement, 1, campaign_id);
    return statement;
}

static void add_outcome(Summary *summary, sqlite3_stmt *outcome)
{
    const unsigned cell = (unsigned)sqlite3_column_int(outcome, RUN_CELL);
    const unsigned replication = (unsigned)sqlite3_column_int(outcome, RUN_REPLICATION);
    SummaryRow *row = summary->rows->len > 0
                          ? g_ptr_array_index(summary->rows, summary->rows->len - 1)
                          : NULL;
    double columns[COLUMNS];

    if (!row || row->cell != cell)
        row = add_row(summary, cell);
    compute_columns(columns, outcome);
    g_array_append_val(row->replications, replication);
    for (unsigned i = 0; i < COLUMNS; i++)
        g_array_append_val(row->values[i], columns[i]);
}

static bool load_outcomes(Summary *summary, const Database *database,
                          int64_t campaign_id, GError **error)
{
    g_autoptr(sqlite3_stmt) outcome =
        prepare_for(database, outcome_sql, campaign_id, error);
    bool has_row = outcome != NULL;

    while (has_row) {
        if (!database_step(database, outcome, &has_row, error))
            return false;
        if (has_row)
            add_outcome(summary, outcome);
    }
    if (outcome && summary->rows->len == 0)
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                    "%s: no run of this campaign is finished", database_path(database));
    return summary->rows->len > 0;
}

static void add_factor(SummaryRow *row, sqlite3_stmt *statement)
{
    const Factor factor = {
        .key = g_strdup((const char *)sqlite3_column_text(statement, 1)),
        .text = g_strdup((const char *)sqlite3_column_text(statement, 2)),
        .number = sqlite3_column_type(statement, 3) == SQLITE_NULL
                      ? NAN
                      : sqlite3_column_double(statement, 3),
    };

    g_array_append_val(row->factors, factor);
}

/* Both lists are in the order of cells; a cell without a finished run has no row. */
static bool load_factors(Summary *summary, const Database *database,
                         int64_t campaign_id, GError **error)
{
    g_autoptr(sqlite3_stmt) factor =
        prepare_for(database,
                    "SELECT cell, key, value, number FROM factor WHERE campaign_id = ?"
                    " ORDER BY cell, position",
                    campaign_id, error);
    bool has_row = factor != NULL;
    unsigned next = 0;

    while (has_row) {
        const unsigned last = summary->rows->len - 1;
        SummaryRow *row;

        if (!database_step(database, factor, &has_row, error))
            return false;
        if (!has_row)
            return true;
        row = g_ptr_array_index(summary->rows, next);
        while (row->cell < (unsigned)sqlite3_column_int(factor, 0) && next < last)
            row = g_ptr_array_index(summary->rows, ++next);
        if (row->cell == (unsigned)sqlite3_column_int(factor, 0))
            add_factor(row, factor);
    }
    return false;
}

static bool load_campaign(Summary *summary, const Database *database,
                          int64_t campaign_id, GError **error)
{
    g_autoptr(sqlite3_stmt) campaign = prepare_for(
        database,
        "SELECT scenario_name,"
        " (SELECT min(profile) FROM run WHERE campaign_id = ?1),"
        " (SELECT max(profile) FROM run WHERE campaign_id = ?1),"
        " (SELECT count(*) FROM run WHERE campaign_id = ?1 AND state = 'failed')"
        " FROM campaign WHERE campaign_id = ?1",
        campaign_id, error);
    bool has_row;

    if (!campaign || !database_step(database, campaign, &has_row, error))
        return false;
    summary->scenario_name = g_strdup((const char *)sqlite3_column_text(campaign, 0));
    if (g_strcmp0((const char *)sqlite3_column_text(campaign, 1),
                  (const char *)sqlite3_column_text(campaign, 2)) == 0)
        summary->profile_name =
            g_strdup((const char *)sqlite3_column_text(campaign, 1));
    summary->n_failed = (unsigned)sqlite3_column_int(campaign, 3);
    return true;
}

static Interval interval_of_numbers(const GArray *values)
{
    g_autofree double *numbers = g_new(double, values->len);
    unsigned n = 0;

    for (unsigned i = 0; i < values->len; i++)
        if (!isnan(g_array_index(values, double, i)))
            numbers[n++] = g_array_index(values, double, i);
    return interval_of_mean(numbers, n, INTERVAL_CONFIDENCE);
}

static void compute_intervals(SummaryRow *row)
{
    row->n = row->replications->len;
    for (unsigned i = 0; i < COLUMNS; i++)
        row->columns[i] = interval_of_numbers(row->values[i]);
}

static bool load(Summary *summary, Database *database, const char *campaign_hash,
                 GError **error)
{
    const int64_t campaign_id = database_campaign_id(database, campaign_hash, error);

    return campaign_id != 0 && load_campaign(summary, database, campaign_id, error) &&
           load_outcomes(summary, database, campaign_id, error) &&
           load_factors(summary, database, campaign_id, error);
}

Summary *summary_new(Database *database, const char *campaign_hash, GError **error)
{
    Summary *summary = g_new0(Summary, 1);

    summary->rows = g_ptr_array_new_with_free_func(free_row);
    if (!load(summary, database, campaign_hash, error)) {
        summary_free(summary);
        return NULL;
    }
    for (unsigned i = 0; i < summary->rows->len; i++)
        compute_intervals(g_ptr_array_index(summary->rows, i));
    return summary;
}

void summary_free(Summary *summary)
{
    if (!summary)
        return;
    g_ptr_array_unref(summary->rows);
    g_free(summary->scenario_name);
    g_free(summary->profile_name);
    g_free(summary);
}
