/*
 * bench_database.c - a database of very many finished runs, and how long a figure of it
 * takes.
 *
 * usage: bench_database FOLDER [RUNS]      (default: 100,000)
 *
 * A tenth of the runs are campaigns of 90 runs each; the others are one campaign.
 * "small" asks one of the former, "great" the latter. summary: the table and the
 * sentences of `hvmsim report`; figures: the data of all that `hvmsim plot` draws;
 * first: as the `hvmsim run` that made the runs draws them, which keeps what it found.
 * The first runs go through the writer; the others are copies of them, made by SQL in
 * the same tables. Times are of the wall clock, with the file in the page cache.
 */
#include "bench/measure.h"
#include "results/plot_data.h"
#include "results/summary.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS       6u /* of guests: 1, 2, 4... */
#define REPLICATIONS 5u
#define N_GUESTS     2u /* that details are kept of */
#define SAMPLES      300u
#define TURNS        3u

static const char *const placements[] = { "dom0", "stub", "stub+sdom" };
#define TEMPLATE_RUNS ((unsigned)G_N_ELEMENTS(placements) * COUNTS * REPLICATIONS)

/* A campaign of made-up runs, through the writer. */

static void add_histogram(RunRecord *record, Quantity quantity, const char *subject,
                          unsigned salt)
{
    HistogramRecord part = { .quantity = quantity, .subject = g_strdup(subject) };
    g_autofree Histogram *values = histogram_new();

    for (unsigned i = 0; i < SAMPLES; i++)
        histogram_record(values, 20000 + (i * i * (salt + 3)) % 60000);
    histogram_part_init(&part.values, values);
    g_array_append_val(record->histograms, part);
}

static void add_guest(RunRecord *record, unsigned index, unsigned salt)
{
    const DomainRecord guest = {
        .id = index,
        .name = g_strdup_printf("guest%u", index),
        .role = ROLE_GUEST,
        .owner = NO_DOMAIN,
        .account = (int)index,
        .n_vcpus = 1,
        .weight = 256,
        .requests = SAMPLES,
        .latency_sum_ns = 50000 * SAMPLES,
        .transfers = SAMPLES / 10 + salt,
        .stage_ns = { 100, 200, 300, 400, 500, 600, 700, 800, 900 },
        .ran_ns = 400000000,
        .attributed_ns = 400000000,
        .booked_ns = 400000000,
    };
    const DeviceRecord device = { .domain = index,
                                  .device = g_strdup("ide"),
                                  .requests = SAMPLES };

    g_array_append_val(record->domains, guest);
    g_array_append_val(record->devices, device);
    add_histogram(record, QUANTITY_REQUEST, guest.name, salt);
}

static RunRecord *make_run(unsigned placement, unsigned count, unsigned replication)
{
    const DomainRecord dom0 = {
        .name = g_strdup("dom0"), .owner = NO_DOMAIN, .n_vcpus = 2, .ran_ns = 1000000000
    };
    g_autofree char *guests = g_strdup_printf("%u", 1u << count);
    const unsigned salt = placement * 7 + count * 3 + replication;
    RunRecord *record = run_record_new();

    record->cell = placement * COUNTS + count;
    record->replication = replication;
    record->run_key = g_strdup_printf("%u/%u", record->cell, replication);
    record->campaign_hash = g_strdup("made up");
    record->scenario_name = g_strdup("made up");
    record->scenario_text = g_strdup_printf("%u", record->cell);
    record->profile_name = g_strdup("none");
    record->program_version = g_strdup("0");
    record->measured_ns = NS_PER_S;
    record->host = (HostRecord){ .n_pcpus = 8, .events = 100000, .decisions = 50000 };
    run_record_add_factor(record, "device-model.placement", placements[placement], NAN);
    run_record_add_factor(record, "domain guest.count", guests, 1u << count);
    g_array_append_val(record->domains, dom0);
    for (unsigned i = 1; i <= N_GUESTS; i++)
        add_guest(record, i, salt + i);
    add_histogram(record, QUANTITY_WAKE, "guest", salt);
    add_histogram(record, QUANTITY_DEVICE, "ide", salt);
    return record;
}

static void add_template(Database *database)
{
    const Campaign campaign = { "made up", "made up", "", "0", TEMPLATE_RUNS };
    g_autoptr(GError) error = NULL;

    database_add_campaign(database, &campaign, &error);
    for (unsigned i = 0; i < TEMPLATE_RUNS && !error; i++) {
        const unsigned cell = i / REPLICATIONS;
        g_autoptr(RunRecord) record =
            make_run(cell / COUNTS, cell % COUNTS, i % REPLICATIONS);

        database_add_run(database, record, &error);
    }
    g_assert_no_error(error);
}

/* Copies of it. */

static void execute(Database *database, const char *sql)
{
    char *message = NULL;

    sqlite3_exec(database_handle(database), sql, NULL, NULL, &message);
    g_assert_cmpstr(message, ==, NULL);
}

/* What a column of the copy is: ?1 is added to run_id, ?2 to campaign_id, ?3 to
 * replication. */
static const char *copied(const char *column)
{
    static const char *const changes[][2] = {
        { "run_id", "run_id + ?1" },
        { "campaign_id", "campaign_id + ?2" },
        { "replication", "replication + ?3" },
        { "run_key", "run_key || '/' || ?1" },
        { "hash", "hash || ?2" },
        { "turn", "turn + ?2" }, /* made one after the other */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++)
        if (strcmp(changes[i][0], column) == 0)
            return changes[i][1];
    return column;
}

static char *copy_sql(Database *database, const char *table)
{
    g_autofree char *question = g_strdup_printf("SELECT * FROM %s", table);
    g_autoptr(sqlite3_stmt) columns = database_prepare(database, question, NULL);
    GString *sql = g_string_new(NULL);
    bool has_run = false;

    g_string_printf(sql, "INSERT INTO %s SELECT ", table);
    for (int i = 0; i < sqlite3_column_count(columns); i++) {
        const char *name = sqlite3_column_name(columns, i);

        g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", copied(name));
        has_run = has_run || strcmp(name, "run_id") == 0;
    }
    g_string_append_printf(sql, " FROM %s WHERE %s <= %u", table,
                           has_run ? "run_id" : "campaign_id",
                           has_run ? TEMPLATE_RUNS : 1);
    return g_string_free(sql, FALSE);
}

static void copy_table(Database *database, const char *table, unsigned first,
                       unsigned n_copies, bool is_campaign)
{
    g_autofree char *sql = copy_sql(database, table);
    g_autoptr(GError) error = NULL;
    g_autoptr(sqlite3_stmt) copy = database_prepare(database, sql, &error);
    bool has_row;

    for (unsigned i = first; copy && i < first + n_copies && !error; i++) {
        sqlite3_bind_int64(copy, 1, (int64_t)i * TEMPLATE_RUNS);
        sqlite3_bind_int64(copy, 2, is_campaign ? i : 0);
        sqlite3_bind_int64(copy, 3, is_campaign ? 0 : i * REPLICATIONS);
        database_step(database, copy, &has_row, &error);
        sqlite3_reset(copy);
    }
    g_assert_no_error(error);
}

/* Each copy adds 90 runs: to a campaign of its own, or to the first one. */
static void copy_template(Database *database, unsigned n_small, unsigned n_great)
{
    static const char *const of_campaigns[] = { "campaign", "factor" };
    static const char *const of_runs[] = { "run", "outcome", "domain", "device",
                                           "histogram" };

    execute(database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN");
    for (unsigned i = 0; i < G_N_ELEMENTS(of_campaigns); i++)
        copy_table(database, of_campaigns[i], 1, n_small, true);
    for (unsigned i = 0; i < G_N_ELEMENTS(of_runs); i++) {
        copy_table(database, of_runs[i], 1, n_small, true);
        copy_table(database, of_runs[i], 1 + n_small, n_great, false);
    }
    execute(database, "COMMIT");
}

/* What a figure takes. */

typedef struct {
    Database *database;
    const char *hash, *folder;
    unsigned n_runs;
} Question;

static void ask_summary(const Question *question)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Summary) summary =
        summary_new(question->database, question->hash, &error);
    g_autoptr(Study) study = NULL;
    g_autofree char *table = NULL, *conclusions = NULL;

    g_assert_no_error(error);
    table = summary_table(summary);
    study = study_new(summary);
    conclusions = study_conclusions(study);
}

static void ask_figures(const Question *question)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Summary) summary =
        summary_new(question->database, question->hash, &error);
    g_autoptr(Study) study = study_new(summary);
    const int64_t campaign_id =
        database_campaign_id(question->database, question->hash, &error);

    plot_data_write(question->database, campaign_id, study, question->folder, &error);
    g_assert_no_error(error);
}

static void measure(const Question *question, void (*ask)(const Question *question),
                    const char *metric, unsigned n_turns)
{
    int64_t best_us = INT64_MAX;

    for (unsigned turn = 0; turn < n_turns; turn++) {
        const int64_t before_us = g_get_monotonic_time();

        ask(question);
        best_us = MIN(best_us, g_get_monotonic_time() - before_us);
    }
    bench_print("database", question->n_runs, metric, (double)best_us / 1e6, "s");
}

static void ask_once(const char *path, const Question *question, const char *size)
{
    g_autofree char *figures = g_strdup_printf("figures-%s-first", size);
    g_autoptr(Database) database = database_open(path, DATABASE_WRITE, NULL);
    Question of_writer = *question;

    of_writer.database = database;
    measure(&of_writer, ask_figures, figures, 1);
}

static void ask_again(const char *path, const Question *question, const char *size)
{
    g_autofree char *figures = g_strdup_printf("figures-%s", size);
    g_autofree char *summary = g_strdup_printf("summary-%s", size);
    g_autoptr(Database) database = database_open(path, DATABASE_READ, NULL);
    Question of_reader = *question;

    of_reader.database = database;
    measure(&of_reader, ask_summary, summary, TURNS);
    measure(&of_reader, ask_figures, figures, TURNS);
}

int main(int argc, char **argv)
{
    static const char *const sizes[] = { "small", "great" };
    static const char *const hashes[] = { NULL /* the last */, "made up" };
    const char *folder = argc > 1 ? argv[1] : ".";
    const unsigned n_runs = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 100000;
    const unsigned n_copies = n_runs / TEMPLATE_RUNS, n_small = n_copies / 10;
    g_autofree char *path = g_build_filename(folder, "many.db", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = NULL;
    GStatBuf state;

    bench_print_header();
    g_unlink(path);
    database = database_open(path, DATABASE_WRITE, &error);
    g_assert_no_error(error);
    add_template(database);
    copy_template(database, n_small, n_copies - n_small - 1);
    g_clear_pointer(&database, database_close);
    g_stat(path, &state);
    bench_print("database", n_runs, "size", (double)state.st_size / 1048576, "MiB");

    for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
        const Question question = { NULL, hashes[i], folder, n_runs };

        ask_once(path, &question, sizes[i]);
        ask_again(path, &question, sizes[i]);
    }
    return 0;
}
