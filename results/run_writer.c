#include "results/run_writer.h"

#include "results/domain_columns.h"
#include "results/outcome.h"
#include "results/run_prepare.h"

#include <math.h>

typedef enum {
    FORGET_FAILED,
    FIND_CAMPAIGN,
    ADD_FACTOR,
    ADD_SCENARIO,
    FIND_SCENARIO,
    ADD_RUN,
    FIND_TWIN,
    ADD_DEVICE,
    ADD_REFUSAL,
    ADD_HISTOGRAM,
    ADD_DOMAIN, /* this and the next are made of their columns */
    ADD_OUTCOME,
    STATEMENTS,
} StatementName;

static const char *const statement_sql[ADD_DOMAIN] = {
    [FORGET_FAILED] = "DELETE FROM run WHERE run_key = ? AND state = 'failed'",
    [FIND_CAMPAIGN] = "SELECT campaign_id FROM campaign WHERE hash = ?",
    [ADD_FACTOR] =
        "INSERT INTO factor VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    [ADD_SCENARIO] = "INSERT INTO scenario (hash, text) VALUES (?, ?)"
                     " ON CONFLICT DO NOTHING",
    [FIND_SCENARIO] = "SELECT scenario_id FROM scenario WHERE hash = ?",
    [ADD_RUN] =
        "INSERT INTO run (run_key, campaign_id, cell, replication, seed, scenario_id,"
        " profile, program_version, state, message, warmup_ns, measured_ns)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [FIND_TWIN] = "SELECT CASE WHEN EXISTS (SELECT 1 FROM run WHERE campaign_id = ?"
                  "  AND cell = ? AND replication = ?) THEN 0"
                  " ELSE (SELECT run_id FROM run WHERE run_key = ?"
                  "  ORDER BY state LIMIT 1) END",
    [ADD_DEVICE] = "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?)",
    [ADD_REFUSAL] = "INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?)",
    [ADD_HISTOGRAM] = "INSERT INTO histogram VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
};

struct RunWriter {
    const Database *database;
    sqlite3_stmt *statements[STATEMENTS];
    GArray *domain_columns;
    /* The campaign of the last run, and its combinations that are in the tables. */
    char *campaign_hash;
    int64_t campaign_id;
    GHashTable *scenario_ids; /* by cell */
};

/* Binds the parameters of a statement one after the other. */
typedef struct {
    sqlite3_stmt *statement;
    int next;
} Binder;

static Binder binder_of(RunWriter *self, StatementName name)
{
    return (Binder){ self->statements[name], 1 };
}

static void bind_integer(Binder *binder, int64_t value)
{
    sqlite3_bind_int64(binder->statement, binder->next++, value);
}

/* NULL binds NULL. The text must live until the statement is reset. */
static void bind_text(Binder *binder, const char *text)
{
    sqlite3_bind_text(binder->statement, binder->next++, text, -1, SQLITE_STATIC);
}

static bool finish(RunWriter *self, Binder *binder, GError **error)
{
    bool has_row;
    const bool is_done =
        database_step(self->database, binder->statement, &has_row, error);

    sqlite3_reset(binder->statement);
    return is_done;
}

static char *domain_sql(const GArray *columns)
{
    g_autofree char *names = domain_columns_sql(columns, true);
    GString *sql =
        g_string_new("INSERT INTO domain (run_id, domain, name, domain_group, role,"
                     " owner, paid_ns");

    g_string_append_printf(sql, "%s) VALUES (?, ?, ?, ?, ?, ?, ?", names);
    for (unsigned i = 0; i < columns->len; i++)
        g_string_append(sql, ", ?");
    g_string_append_c(sql, ')');
    return g_string_free(sql, FALSE);
}

static char *outcome_sql(void)
{
    g_autoptr(GString) columns = g_string_new(NULL);
    g_autoptr(GString) values = g_string_new(NULL);

    for (const Metric *metric = outcome_metrics(); metric->name; metric++) {
        g_string_append_printf(columns, ", %s", metric->name);
        g_string_append(values, ", ?");
    }
    return g_strdup_printf(
        "INSERT INTO outcome (campaign_id, cell, replication, run_id%s)"
        " VALUES (?, ?, ?, ?%s)",
        columns->str, values->str);
}

RunWriter *run_writer_new(const Database *database, GError **error)
{
    RunWriter *self = g_new0(RunWriter, 1);
    g_autofree char *add_domain_sql = NULL, *add_outcome_sql = outcome_sql();

    self->database = database;
    self->scenario_ids = g_hash_table_new(NULL, NULL);
    self->domain_columns = domain_columns_new();
    add_domain_sql = domain_sql(self->domain_columns);
    for (unsigned i = 0; i < STATEMENTS; i++) {
        self->statements[i] = database_prepare(database,
                                               i == ADD_DOMAIN    ? add_domain_sql
                                               : i == ADD_OUTCOME ? add_outcome_sql
                                                                  : statement_sql[i],
                                               error);
        if (self->statements[i])
            continue;
        run_writer_free(self);
        return NULL;
    }
    return self;
}

void run_writer_free(RunWriter *self)
{
    for (unsigned i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(self->statements[i]);
    g_hash_table_unref(self->scenario_ids);
    g_array_unref(self->domain_columns);
    g_free(self->campaign_hash);
    g_free(self);
}

void run_writer_forget(RunWriter *self)
{
    g_clear_pointer(&self->campaign_hash, g_free);
    g_hash_table_remove_all(self->scenario_ids);
}

static bool run_text_statement(RunWriter *self, StatementName name, const char *text,
                               GError **error)
{
    Binder binder = binder_of(self, name);

    bind_text(&binder, text);
    return finish(self, &binder, error);
}

/* A question with one number for an answer, 0 if there is none. */
static bool ask(RunWriter *self, Binder *binder, int64_t *answer, GError **error)
{
    bool has_row;
    const bool is_done =
        database_step(self->database, binder->statement, &has_row, error);

    *answer = is_done && has_row ? sqlite3_column_int64(binder->statement, 0) : 0;
    sqlite3_reset(binder->statement);
    return is_done;
}

static bool ask_about(RunWriter *self, StatementName name, const char *text,
                      int64_t *answer, GError **error)
{
    Binder binder = binder_of(self, name);

    bind_text(&binder, text);
    return ask(self, &binder, answer, error);
}

static bool add_factors(RunWriter *self, const RunRecord *record, GError **error)
{
    for (unsigned i = 0; i < record->factors->len; i++) {
        const Factor *factor = &g_array_index(record->factors, Factor, i);
        Binder binder = binder_of(self, ADD_FACTOR);

        bind_integer(&binder, self->campaign_id);
        bind_integer(&binder, record->cell);
        bind_integer(&binder, i);
        bind_text(&binder, factor->key);
        bind_text(&binder, factor->text);
        if (isnan(factor->number))
            sqlite3_bind_null(binder.statement, binder.next);
        else
            sqlite3_bind_double(binder.statement, binder.next, factor->number);
        if (!finish(self, &binder, error))
            return false;
    }
    return true;
}

static bool add_scenario(RunWriter *self, const char *text, int64_t *scenario_id,
                         GError **error)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    Binder binder = binder_of(self, ADD_SCENARIO);

    bind_text(&binder, hash);
    bind_text(&binder, text);
    return finish(self, &binder, error) &&
           ask_about(self, FIND_SCENARIO, hash, scenario_id, error);
}

static bool choose_campaign(RunWriter *self, const char *hash, GError **error)
{
    if (g_strcmp0(self->campaign_hash, hash) == 0)
        return true;
    run_writer_forget(self);
    if (!ask_about(self, FIND_CAMPAIGN, hash, &self->campaign_id, error))
        return false;
    g_assert(self->campaign_id != 0);
    self->campaign_hash = g_strdup(hash);
    return true;
}

/* The place that an identity gives a run; its factors and scenario are kept with the
 * first run of a combination. */
static bool make_place(RunWriter *self, const RunRecord *identity, RunPlace *place,
                       GError **error)
{
    const void *cell = GUINT_TO_POINTER(identity->cell);

    if (!choose_campaign(self, identity->campaign_hash, error))
        return false;
    *place = (RunPlace){
        .campaign_id = self->campaign_id,
        .cell = identity->cell,
        .replication = identity->replication,
        .scenario_id = (intptr_t)g_hash_table_lookup(self->scenario_ids, cell),
    };
    if (place->scenario_id != 0)
        return true;
    if (!add_factors(self, identity, error) ||
        !add_scenario(self, identity->scenario_text, &place->scenario_id, error))
        return false;
    g_hash_table_insert(self->scenario_ids, (void *)(intptr_t)cell,
                        (void *)(intptr_t)place->scenario_id);
    return true;
}

static bool add_identity(RunWriter *self, const RunRecord *record,
                         const RunPlace *place, int64_t *run_id, GError **error)
{
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, record->seed);
    Binder binder = binder_of(self, ADD_RUN);

    if (!run_text_statement(self, FORGET_FAILED, record->run_key, error))
        return false;
    bind_text(&binder, record->run_key);
    bind_integer(&binder, place->campaign_id);
    bind_integer(&binder, place->cell);
    bind_integer(&binder, place->replication);
    bind_text(&binder, seed);
    bind_integer(&binder, place->scenario_id);
    bind_text(&binder, record->profile_name);
    bind_text(&binder, record->program_version);
    bind_text(&binder, record->state == RUN_DONE ? "done" : "failed");
    bind_text(&binder, record->message);
    bind_integer(&binder, record->warmup_ns);
    bind_integer(&binder, record->measured_ns);
    if (!finish(self, &binder, error))
        return false;
    *run_id = sqlite3_last_insert_rowid(database_handle(self->database));
    return true;
}

static void bind_or_null(Binder *binder, int64_t value, bool has_value)
{
    if (has_value)
        bind_integer(binder, value);
    else
        sqlite3_bind_null(binder->statement, binder->next++);
}

static bool add_domain(RunWriter *self, const RunRecord *record, int64_t run_id,
                       unsigned index, GError **error)
{
    const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, index);
    Binder binder = binder_of(self, ADD_DOMAIN);

    bind_integer(&binder, run_id);
    bind_integer(&binder, index);
    bind_text(&binder, domain->name);
    bind_text(&binder, domain->group ? domain->group : domain->name);
    bind_text(&binder, role_name(domain->role));
    bind_or_null(&binder, domain->owner, domain->owner != NO_DOMAIN);
    bind_integer(&binder, domain_paid_ns(domain));
    for (unsigned i = 0; i < self->domain_columns->len; i++) {
        const DomainColumn *column =
            &g_array_index(self->domain_columns, DomainColumn, i);

        bind_or_null(&binder, domain_column_value(column, domain),
                     !column->is_stage || domain->role == ROLE_GUEST);
    }
    return finish(self, &binder, error);
}

static bool add_device(RunWriter *self, const DeviceRecord *device, int64_t run_id,
                       GError **error)
{
    Binder binder = binder_of(self, ADD_DEVICE);

    bind_integer(&binder, run_id);
    bind_integer(&binder, device->domain);
    bind_text(&binder, device->device);
    bind_integer(&binder, (int64_t)device->requests);
    bind_integer(&binder, device->latency_sum_ns);
    bind_integer(&binder, device->latency_greatest_ns);
    bind_integer(&binder, device->service_sum_ns);
    return finish(self, &binder, error);
}

static bool add_refusal(RunWriter *self, const RunRecord *record, int64_t run_id,
                        unsigned index, GError **error)
{
    const RefusalRecord *refusal =
        &g_array_index(record->refusals, RefusalRecord, index);
    Binder binder = binder_of(self, ADD_REFUSAL);

    bind_integer(&binder, run_id);
    bind_integer(&binder, index);
    bind_integer(&binder, refusal->at_ns);
    bind_text(&binder, refusal->order);
    bind_text(&binder, refusal->domain);
    bind_text(&binder, refusal->reason);
    return finish(self, &binder, error);
}

static bool add_histogram(RunWriter *self, const HistogramRecord *histogram,
                          int64_t run_id, GError **error)
{
    Binder binder = binder_of(self, ADD_HISTOGRAM);

    bind_integer(&binder, run_id);
    bind_text(&binder, quantity_name(histogram->quantity));
    bind_text(&binder, histogram->subject);
    bind_integer(&binder, (int64_t)histogram->values.count);
    bind_integer(&binder, histogram->values.sum_ns);
    bind_integer(&binder, histogram->values.least_ns);
    bind_integer(&binder, histogram->values.greatest_ns);
    bind_text(&binder, histogram->bucket_text);
    return finish(self, &binder, error);
}

static bool add_outcome(RunWriter *self, const RunRecord *record, const RunPlace *place,
                        int64_t run_id, GError **error)
{
    Binder binder = binder_of(self, ADD_OUTCOME);

    bind_integer(&binder, place->campaign_id);
    bind_integer(&binder, place->cell);
    bind_integer(&binder, place->replication);
    bind_integer(&binder, run_id);
    for (const Metric *metric = outcome_metrics(); metric->name; metric++) {
        const int64_t value = outcome_value(record->outcome, metric);

        bind_or_null(&binder, value, value != OUTCOME_NONE);
    }
    return finish(self, &binder, error);
}

static bool find_twin(RunWriter *self, const RunPlace *place, const char *run_key,
                      int64_t *run_id, GError **error)
{
    Binder binder = binder_of(self, FIND_TWIN);

    bind_integer(&binder, place->campaign_id);
    bind_integer(&binder, place->cell);
    bind_integer(&binder, place->replication);
    bind_text(&binder, run_key);
    return ask(self, &binder, run_id, error);
}

bool run_writer_place(RunWriter *self, const RunRecord *identity, RunPlace *place,
                      int64_t *run_id, GError **error)
{
    return make_place(self, identity, place, error) &&
           find_twin(self, place, identity->run_key, run_id, error);
}

static bool add_details(RunWriter *self, const RunRecord *record, int64_t run_id,
                        GError **error)
{
    for (unsigned i = 0; i < record->domains->len; i++)
        if (!add_domain(self, record, run_id, i, error))
            return false;
    for (unsigned i = 0; i < record->devices->len; i++)
        if (!add_device(self, &g_array_index(record->devices, DeviceRecord, i), run_id,
                        error))
            return false;
    for (unsigned i = 0; i < record->refusals->len; i++)
        if (!add_refusal(self, record, run_id, i, error))
            return false;
    for (unsigned i = 0; i < record->histograms->len; i++)
        if (!add_histogram(self, &g_array_index(record->histograms, HistogramRecord, i),
                           run_id, error))
            return false;
    return true;
}

bool run_writer_add(RunWriter *self, RunRecord *record, GError **error)
{
    RunPlace place;
    int64_t run_id;

    if (!make_place(self, record, &place, error) ||
        !add_identity(self, record, &place, &run_id, error))
        return false;
    if (record->state == RUN_FAILED)
        return true;
    run_prepare(record);
    return add_details(self, record, run_id, error) &&
           add_outcome(self, record, &place, run_id, error);
}
