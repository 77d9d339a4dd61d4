#include "results/summary.h"

#include "results/error.h"
#include "results/run_record.h"
#include "results/summary_rows.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name, *meaning, *title;
    enum { PLAIN, RATE, QUANTILE } kind;
} column_texts[COLUMNS] = {
    [COLUMN_REQUESTS_PER_S] = { "requests_per_s", "requests to all device models",
                                "requests per second", RATE },
    [COLUMN_TRANSFERS_PER_S] = { "transfers_per_s", "transfers that guests completed",
                                 "completed transfers per second", RATE },
    [COLUMN_LATENCY_P50_US] = { "latency_p50_us", "median latency of a request",
                                "request latency, median (µs)", QUANTILE },
    [COLUMN_LATENCY_P99_US] = { "latency_p99_us", "its 99th percentile",
                                "request latency, 99th percentile (µs)", QUANTILE },
    [COLUMN_DOM0_CPU_PERCENT] = { "dom0_cpu_percent", "CPU that dom0 uses, of one pCPU",
                                  "CPU of dom0 (% of one pCPU)", PLAIN },
    [COLUMN_FAIRNESS] = { "fairness", "Jain's index between guests; 1 is perfect",
                          "Jain's index between guests", PLAIN },
    [COLUMN_PAID_BY_OTHERS_PERCENT] = { "paid_by_others_percent",
                                        "CPU spent for guests that other accounts than "
                                        "their own paid",
                                        "CPU for guests that others paid (%)", PLAIN },
    [COLUMN_MISSED_DEADLINES_PERCENT] = { "missed_deadlines_percent",
                                          "deadlines missed, where there are some",
                                          "deadlines missed (%)", PLAIN },
    [COLUMN_LIVED_GUESTS] = { "lived_guests", "guests that were up, on average",
                              "guests alive", PLAIN },
    [COLUMN_LOST_FRAMES_PER_S] = { "lost_frames_per_s",
                                   "frames that were lost, to or from outside",
                                   "frames lost per second", RATE },
    [COLUMN_CPU_PERCENT] = { "cpu_percent",
                             "CPU spent for guests, whoever used it, of one pCPU",
                             "CPU spent for guests (% of one pCPU)", PLAIN },
    [COLUMN_LATENCY_P90_US] = { "latency_p90_us",
                                "90th percentile of the latency of a "
                                "request",
                                "request latency, 90th percentile (µs)", QUANTILE },
    [COLUMN_LATENCY_P999_US] = { "latency_p999_us", "its 99.9th percentile",
                                 "request latency, 99.9th percentile (µs)", QUANTILE },
    [COLUMN_TRANSFER_P50_US] = { "transfer_p50_us", "median of what a transfer takes",
                                 "time of a transfer, median (µs)", QUANTILE },
    [COLUMN_TRANSFER_P99_US] = { "transfer_p99_us", "its 99th percentile",
                                 "time of a transfer, 99th percentile (µs)", QUANTILE },
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

const char *summary_column_title(SummaryColumn column)
{
    g_assert(column < COLUMNS);
    return column_texts[column].title;
}

bool summary_column_is_quantile(SummaryColumn column)
{
    g_assert(column < COLUMNS);
    return column_texts[column].kind == QUANTILE;
}

bool summary_row_has(const SummaryRow *row, SummaryColumn column)
{
    const double mean = row->columns[column].mean;

    g_assert(column < COLUMNS);
    return !isnan(mean) && !(column_texts[column].kind == RATE && mean == 0);
}

static void free_row(void *item)
{
    SummaryRow *row = item;

    g_free(row->group);
    g_array_unref(row->factors);
    g_array_unref(row->replications);
    for (unsigned i = 0; i < COLUMNS; i++)
        g_array_unref(row->values[i]);
    g_free(row);
}

static sqlite3_stmt *prepare_for(const Database *database, const char *sql,
                                 int64_t campaign_id, GError **error)
{
    sqlite3_stmt *statement = database_prepare(database, sql, error);

    if (statement)
        sqlite3_bind_int64(statement, 1, campaign_id);
    return statement;
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

/* Both lists are in the order of cells; a cell without a finished run has no row, and
 * one with groups of domains has several. */
static bool load_factors(Summary *summary, const Database *database,
                         int64_t campaign_id, GError **error)
{
    g_autoptr(sqlite3_stmt) factor =
        prepare_for(database,
                    "SELECT cell, key, value, number FROM factor WHERE campaign_id = ?"
                    " ORDER BY cell, position",
                    campaign_id, error);
    bool has_row = factor != NULL;
    unsigned first = 0;

    while (has_row) {
        unsigned cell;

        if (!database_step(database, factor, &has_row, error))
            return false;
        if (!has_row)
            return true;
        cell = (unsigned)sqlite3_column_int(factor, 0);
        while (first < summary->rows->len && summary_row(summary, first)->cell < cell)
            first++;
        for (unsigned i = first;
             i < summary->rows->len && summary_row(summary, i)->cell == cell; i++)
            add_factor(g_ptr_array_index(summary->rows, i), factor);
    }
    return false;
}

static void add_group_factors(Summary *summary)
{
    for (unsigned i = 0; summary->has_groups && i < summary->rows->len; i++) {
        SummaryRow *row = g_ptr_array_index(summary->rows, i);
        const Factor factor = { g_strdup(SUMMARY_GROUP_KEY), g_strdup(row->group),
                                NAN };

        g_array_append_val(row->factors, factor);
    }
}

static bool load_campaign(Summary *summary, const Database *database,
                          int64_t campaign_id, GError **error)
{
    g_autoptr(sqlite3_stmt) campaign = prepare_for(
        database,
        "SELECT scenario_name,"
        " (SELECT min(profile) FROM run WHERE campaign_id = ?1),"
        " (SELECT max(profile) FROM run WHERE campaign_id = ?1),"
        " (SELECT count(*) FROM run WHERE campaign_id = ?1 AND state = 'failed'),"
        " n_runs FROM campaign WHERE campaign_id = ?1",
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
    summary->n_runs = (unsigned)sqlite3_column_int(campaign, 4);
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

    if (campaign_id == 0 || !load_campaign(summary, database, campaign_id, error) ||
        !summary_load_rows(summary, database, campaign_id, error) ||
        !load_factors(summary, database, campaign_id, error))
        return false;
    if (summary->rows->len > 0)
        return true;
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "%s: no run of this campaign is finished%s", database_path(database),
                summary->has_groups ? ", or there are no guests" : "");
    return false;
}

static Summary *new_summary(Database *database, const char *campaign_hash,
                            bool has_groups, GError **error)
{
    Summary *summary = g_new0(Summary, 1);

    summary->has_groups = has_groups;
    summary->rows = g_ptr_array_new_with_free_func(free_row);
    if (!load(summary, database, campaign_hash, error)) {
        summary_free(summary);
        return NULL;
    }
    add_group_factors(summary);
    for (unsigned i = 0; i < summary->rows->len; i++)
        compute_intervals(g_ptr_array_index(summary->rows, i));
    return summary;
}

Summary *summary_new(Database *database, const char *campaign_hash, GError **error)
{
    return new_summary(database, campaign_hash, false, error);
}

Summary *summary_new_by_group(Database *database, const char *campaign_hash,
                              GError **error)
{
    return new_summary(database, campaign_hash, true, error);
}

/* "victim, attacker", each once. */
static char *list_groups(const Summary *summary)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new();

    for (unsigned i = 0; i < summary->rows->len; i++)
        if (!g_ptr_array_find_with_equal_func(groups, summary_row(summary, i)->group,
                                              g_str_equal, NULL))
            g_ptr_array_add(groups, summary_row(summary, i)->group);
    g_ptr_array_add(groups, NULL);
    return g_strjoinv(", ", (char **)groups->pdata);
}

Summary *summary_new_of_group(Database *database, const char *campaign_hash,
                              const char *group, GError **error)
{
    g_autoptr(Summary) summary = summary_new_by_group(database, campaign_hash, error);
    g_autofree char *known = summary ? list_groups(summary) : NULL;

    if (!summary)
        return NULL;
    for (unsigned i = summary->rows->len; i-- > 0;)
        if (!g_str_equal(summary_row(summary, i)->group, group))
            g_ptr_array_remove_index(summary->rows, i);
    if (summary->rows->len > 0)
        return g_steal_pointer(&summary);
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "domain = %s: expected one of %s", group, known);
    return NULL;
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
