#include "results/run_writer.h"

#include "results/bucket_text.h"
#include "results/outcome.h"

#include <math.h>

typedef enum {
    FORGET_FAILED,
    ADD_FACTOR,
    ADD_SCENARIO,
    ADD_RUN,
    FIND_PLACE,
    MARK_RUN,
    CLEAR_MARK,
    ADD_DOMAIN,
    ADD_STAGE,
    ADD_DEVICE,
    ADD_REFUSAL,
    ADD_HISTOGRAM,
    ADD_OUTCOME,
    STATEMENTS,
} StatementName;

static const char *const statement_sql[ADD_OUTCOME] = {
    [FORGET_FAILED] = "DELETE FROM run WHERE run_key = ? AND state = 'failed'",
    [ADD_FACTOR] = "INSERT INTO factor SELECT campaign_id, ?2, ?3, ?4, ?5, ?6"
                   " FROM campaign WHERE hash = ?1 ON CONFLICT DO NOTHING",
    [ADD_SCENARIO] = "INSERT INTO scenario (hash, text) VALUES (?, ?)"
                     " ON CONFLICT DO NOTHING",
    [ADD_RUN] =
        "INSERT INTO run (run_key, campaign_id, cell, replication, seed, scenario_id,"
        " profile, program_version, state, message, warm_up_ns, measured_ns) VALUES (?,"
        " (SELECT campaign_id FROM campaign WHERE hash = ?), ?, ?, ?,"
        " (SELECT scenario_id FROM scenario WHERE hash = ?), ?, ?, ?, ?, ?, ?)",
    [FIND_PLACE] =
        "SELECT campaign_id,"
        " (SELECT scenario_id FROM scenario WHERE hash = ?2),"
        " CASE WHEN EXISTS (SELECT 1 FROM run WHERE campaign_id = campaign.campaign_id"
        "                   AND cell = ?3 AND replication = ?4) THEN 0"
        " ELSE (SELECT run_id FROM run WHERE run_key = ?5 ORDER BY state LIMIT 1) END"
        " FROM campaign WHERE hash = ?1",
    [MARK_RUN] = "INSERT OR REPLACE INTO attempt VALUES (?, ?)",
    [CLEAR_MARK] = "DELETE FROM attempt WHERE run_key = ?",
    [ADD_DOMAIN] =
        "INSERT INTO domain VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?)",
    [ADD_STAGE] = "INSERT INTO stage VALUES (?, ?, ?, ?, ?)",
    [ADD_DEVICE] = "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?)",
    [ADD_REFUSAL] = "INSERT INTO refusal VALUES (?, ?, ?, ?, ?, ?)",
    [ADD_HISTOGRAM] = "INSERT INTO histogram VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
};

struct RunWriter {
    const Database *database;
    sqlite3_stmt *statements[STATEMENTS];
    GString *text; /* the buckets of a histogram */
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
        " SELECT campaign_id, cell, replication, run_id%s FROM run"
        " WHERE run_id = ?",
        columns->str, values->str);
}

RunWriter *run_writer_new(const Database *database, GError **error)
{
    RunWriter *self = g_new0(RunWriter, 1);
    g_autofree char *add_outcome = outcome_sql();

    self->database = database;
    self->text = g_string_new(NULL);
    for (unsigned i = 0; i < STATEMENTS; i++) {
        self->statements[i] = database_prepare(
            database, i == ADD_OUTCOME ? add_outcome : statement_sql[i], error);
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
    g_string_free(self->text, TRUE);
    g_free(self);
}

static bool run_text_statement(RunWriter *self, StatementName name, const char *text,
                               GError **error)
{
    Binder binder = binder_of(self, name);

    bind_text(&binder, text);
    return finish(self, &binder, error);
}

static bool add_factors(RunWriter *self, const RunRecord *record, GError **error)
{
    for (unsigned i = 0; i < record->factors->len; i++) {
        const Factor *factor = &g_array_index(record->factors, Factor, i);
        Binder binder = binder_of(self, ADD_FACTOR);

        bind_text(&binder, record->campaign_hash);
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

static bool add_scenario(RunWriter *self, const char *hash, const char *text,
                         GError **error)
{
    Binder binder = binder_of(self, ADD_SCENARIO);

    bind_text(&binder, hash);
    bind_text(&binder, text);
    return finish(self, &binder, error);
}

static char *scenario_hash_of(const RunRecord *record)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, record->scenario_text, -1);
}

static bool add_identity(RunWriter *self, const RunRecord *record, int64_t *run_id,
                         GError **error)
{
    g_autofree char *scenario_hash = scenario_hash_of(record);
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, record->seed);
    Binder binder = binder_of(self, ADD_RUN);

    if (!run_text_statement(self, FORGET_FAILED, record->run_key, error) ||
        !add_factors(self, record, error) ||
        !add_scenario(self, scenario_hash, record->scenario_text, error))
        return false;
    bind_text(&binder, record->run_key);
    bind_text(&binder, record->campaign_hash);
    bind_integer(&binder, record->cell);
    bind_integer(&binder, record->replication);
    bind_text(&binder, seed);
    bind_text(&binder, scenario_hash);
    bind_text(&binder, record->profile_name);
    bind_text(&binder, record->program_version);
    bind_text(&binder, record->state == RUN_DONE ? "done" : "failed");
    bind_text(&binder, record->message);
    bind_integer(&binder, record->warm_up_ns);
    bind_integer(&binder, record->measured_ns);
    if (!finish(self, &binder, error))
        return false;
    *run_id = sqlite3_last_insert_rowid(database_handle(self->database));
    return run_text_statement(self, CLEAR_MARK, record->run_key, error);
}

static void bind_domain_counts(Binder *binder, const DomainRecord *domain)
{
    bind_integer(binder, (int64_t)domain->requests);
    bind_integer(binder, domain->latency_sum_ns);
    bind_integer(binder, (int64_t)domain->transfers);
    bind_integer(binder, domain->transfer_bytes);
    bind_integer(binder, domain->transfer_sum_ns);
    bind_integer(binder, (int64_t)domain->deadlines);
    bind_integer(binder, (int64_t)domain->missed_deadlines);
    bind_integer(binder, domain->lived_ns);
    bind_integer(binder, (int64_t)domain->creations);
    bind_integer(binder, (int64_t)domain->destructions);
    bind_integer(binder, (int64_t)domain->dropped_requests);
    bind_integer(binder, (int64_t)domain->wakes);
    bind_integer(binder, domain->wake_sum_ns);
    bind_integer(binder, (int64_t)domain->dispatches);
    bind_integer(binder, (int64_t)domain->migrations);
    for (unsigned i = 0; i < RUNSTATES; i++)
        bind_integer(binder, domain->runstate_ns[i]);
}

static bool add_domain(RunWriter *self, const RunRecord *record, int64_t run_id,
                       unsigned index, GError **error)
{
    const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, index);
    Binder binder = binder_of(self, ADD_DOMAIN);

    bind_integer(&binder, run_id);
    bind_integer(&binder, index);
    bind_integer(&binder, domain->id);
    bind_text(&binder, domain->name);
    bind_text(&binder, role_name(domain->role));
    if (domain->owner == NO_DOMAIN)
        sqlite3_bind_null(binder.statement, binder.next++);
    else
        bind_integer(&binder, domain->owner);
    bind_integer(&binder, domain->account);
    bind_integer(&binder, domain->n_vcpus);
    bind_integer(&binder, domain->weight);
    bind_integer(&binder, domain->cap_percent);
    bind_domain_counts(&binder, domain);
    bind_integer(&binder, domain->ran_ns);
    bind_integer(&binder, domain->overhead_ns);
    bind_integer(&binder, domain->booked_ns);
    bind_integer(&binder, domain_paid_ns(record, index));
    bind_integer(&binder, domain->attributed_ns);
    return finish(self, &binder, error);
}

static bool add_stages(RunWriter *self, const RunRecord *record, int64_t run_id,
                       unsigned index, GError **error)
{
    const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, index);

    if (domain->role != ROLE_GUEST)
        return true;
    for (unsigned i = 0; i < STAGES; i++) {
        Binder binder = binder_of(self, ADD_STAGE);

        bind_integer(&binder, run_id);
        bind_integer(&binder, index);
        bind_integer(&binder, i);
        bind_text(&binder, stage_name((Stage)i));
        bind_integer(&binder, domain->stage_ns[i]);
        if (!finish(self, &binder, error))
            return false;
    }
    return true;
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

    bucket_text_print(self->text, &histogram->values);
    bind_integer(&binder, run_id);
    bind_text(&binder, quantity_name(histogram->quantity));
    bind_text(&binder, histogram->subject);
    bind_integer(&binder, (int64_t)histogram->values.count);
    bind_integer(&binder, histogram->values.sum_ns);
    bind_integer(&binder, histogram->values.least_ns);
    bind_integer(&binder, histogram->values.greatest_ns);
    bind_text(&binder, self->text->str);
    return finish(self, &binder, error);
}

static bool add_outcome(RunWriter *self, const RunRecord *record, int64_t run_id,
                        GError **error)
{
    Binder binder = binder_of(self, ADD_OUTCOME);
    Outcome outcome;

    outcome_compute(&outcome, record);
    for (const Metric *metric = outcome_metrics(); metric->name; metric++)
        bind_integer(&binder, outcome_value(&outcome, metric));
    bind_integer(&binder, run_id);
    return finish(self, &binder, error);
}

bool run_writer_mark(RunWriter *self, const char *run_key, const char *description,
                     GError **error)
{
    Binder binder = binder_of(self, MARK_RUN);

    bind_text(&binder, run_key);
    bind_text(&binder, description);
    return finish(self, &binder, error);
}

static bool find_place(RunWriter *self, const RunRecord *identity,
                       const char *scenario_hash, RunPlace *place, int64_t *run_id,
                       GError **error)
{
    Binder binder = binder_of(self, FIND_PLACE);
    bool has_row;

    bind_text(&binder, identity->campaign_hash);
    bind_text(&binder, scenario_hash);
    bind_integer(&binder, identity->cell);
    bind_integer(&binder, identity->replication);
    bind_text(&binder, identity->run_key);
    if (!database_step(self->database, binder.statement, &has_row, error))
        return false;
    g_assert(has_row);
    *place =
        (RunPlace){ sqlite3_column_int64(binder.statement, 0), identity->cell,
                    identity->replication, sqlite3_column_int64(binder.statement, 1) };
    *run_id = sqlite3_column_int64(binder.statement, 2);
    sqlite3_reset(binder.statement);
    return true;
}

bool run_writer_place(RunWriter *self, const RunRecord *identity, RunPlace *place,
                      int64_t *run_id, GError **error)
{
    g_autofree char *scenario_hash = scenario_hash_of(identity);

    return add_factors(self, identity, error) &&
           add_scenario(self, scenario_hash, identity->scenario_text, error) &&
           find_place(self, identity, scenario_hash, place, run_id, error);
}

bool run_writer_add(RunWriter *self, const RunRecord *record, GError **error)
{
    int64_t run_id;

    if (!add_identity(self, record, &run_id, error))
        return false;
    if (record->state == RUN_FAILED)
        return true;
    for (unsigned i = 0; i < record->domains->len; i++)
        if (!add_domain(self, record, run_id, i, error) ||
            !add_stages(self, record, run_id, i, error))
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
    return add_outcome(self, record, run_id, error);
}
