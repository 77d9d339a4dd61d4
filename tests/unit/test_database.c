#include "results/database.h"

#include "results/error.h"
#include "results/outcome.h"
#include "tests/unit/made_up_runs.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    char *folder, *path;
} Place;

static void set_up(Place *place, const void *unused G_GNUC_UNUSED)
{
    place->folder = new_folder();
    place->path = g_build_filename(place->folder, "results.db", NULL);
}

static void tear_down(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_free(place->path);
    remove_folder(place->folder);
}

static Database *open_or_die(const Place *place, DatabaseMode mode)
{
    g_autoptr(GError) error = NULL;
    Database *database = database_open(place->path, mode, &error);

    g_assert_no_error(error);
    return database;
}

static int64_t count(const Database *database, const char *sql)
{
    g_autoptr(sqlite3_stmt) statement = database_prepare(database, sql, NULL);

    g_assert_nonnull(statement);
    g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
    return sqlite3_column_int64(statement, 0);
}

static RunKnowledge knowledge_of(Database *database, const char *run_key)
{
    RunKnowledge known;

    g_assert_true(database_find_run(database, run_key, &known, NULL));
    return known;
}

static void test_keeps_a_run(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = made_up_run(0, 4, 0);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    g_autoptr(GError) error = NULL;

    add_made_up_campaign(database);
    g_assert_cmpint(knowledge_of(database, record->run_key), ==, RUN_UNKNOWN);
    g_assert_true(database_add_run(database, record, &error));
    g_assert_cmpint(knowledge_of(database, record->run_key), ==, RUN_KNOWN_DONE);
    database_close(g_steal_pointer(&database));

    database = open_or_die(place, DATABASE_READ);
    g_assert_cmpint(knowledge_of(database, record->run_key), ==, RUN_KNOWN_DONE);
    g_assert_cmpint(count(database, "SELECT count(*) FROM domain"), ==, 5);
    g_assert_cmpint(count(database, "SELECT count(*) FROM stage"), ==, 4 * STAGES);
    g_assert_cmpint(count(database, "SELECT requests FROM outcome"), ==, 8000);
    g_assert_cmpint(count(database, "SELECT sum(count) FROM v_histogram"), ==, 8000);
    g_assert_cmpint(count(database, "SELECT count(*) FROM v_summary"), ==, 1);
}

/* Each with its name, in its place. */
static void test_keeps_every_count(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = made_up_run(0, 1, 0);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    DomainRecord *guest = &g_array_index(record->domains, DomainRecord, 1);

    add_made_up_campaign(database);
    for (unsigned i = 0; i < DOMAIN_COUNTS; i++)
        guest->counts[i] = 1000 + i;
    g_assert_true(database_add_run(database, record, NULL));
    for (unsigned i = 0; i < DOMAIN_COUNTS; i++) {
        g_autofree char *sql = g_strdup_printf("SELECT %s FROM domain WHERE domain = 1",
                                               domain_count_name((DomainCount)i));

        g_assert_cmpint(count(database, sql), ==, 1000 + i);
    }
    g_assert_cmpint(count(database, "SELECT count(*) FROM vm_exit"), ==, EXIT_CLASSES);
    g_assert_cmpint(
        count(database, "SELECT exits FROM vm_exit WHERE reason = 'io-instruction'"),
        ==, 1000 + EXIT_IO_INSTRUCTION);
    g_assert_cmpint(count(database, "SELECT sum(exits) FROM vm_exit"), ==,
                    count(database, "SELECT vm_exits FROM outcome"));
}

/* What SQLite leaves that is killed in the commit of a database's first transaction:
 * pages of the file, and a journal that says there were none. */
static void leave_first_journal(const Place *place)
{
    static const uint8_t header[28] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63,
                                        0xd7, 0,    0,    0,    0,    1,    2,
                                        3,    4,    0,    0,    0,    0,    0,
                                        0,    2,    0,    0,    0,    16,   0 };
    g_autofree char *journal = g_strconcat(place->path, "-journal", NULL);
    char sector[512] = { 0 };

    memcpy(sector, header, sizeof header);
    g_assert_true(g_file_set_contents(journal, sector, sizeof sector, NULL));
}

/* As if it had not come to the first page, which is written when it likes to. */
static void wipe_header(const Place *place)
{
    static const char nothing[100];
    const int fd = open(place->path, O_WRONLY);

    g_assert_cmpint(pwrite(fd, nothing, sizeof nothing, 0), ==, sizeof nothing);
    close(fd);
}

static void check_unfinished(const Place *place, bool has_header)
{
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    g_autoptr(GError) error = NULL;

    database_close(g_steal_pointer(&database));
    if (!has_header)
        wipe_header(place);
    leave_first_journal(place);
    g_assert_null(database_open(place->path, DATABASE_READ, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT);
    g_assert_nonnull(strstr(error->message, "when hvmsim was stopped"));
    database = open_or_die(place, DATABASE_WRITE);
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 0);
}

static void test_a_killed_maker_leaves_nothing(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    check_unfinished(place, true);
    check_unfinished(place, false);
}

/* In a process of its own, which may write files of 1 KiB at most. */
static int open_with_little_room(const Place *place)
{
    const struct rlimit little = { 1024, 1024 };
    g_autoptr(GError) error = NULL;
    int status = -1;
    const pid_t child = fork();

    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &little);
        _exit(database_open(place->path, DATABASE_WRITE, &error) ? 1 : 0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    return status;
}

static void test_a_failure_leaves_no_new_file(Place *place,
                                              const void *unused G_GNUC_UNUSED)
{
    g_assert_cmpint(open_with_little_room(place), ==, 0);
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_set_contents(place->path, "", 0, NULL));
    g_assert_cmpint(open_with_little_room(place), ==, 0);
    g_assert_true(g_file_test(place->path, G_FILE_TEST_EXISTS));
}

static void test_the_view_knows_the_buckets(Place *place,
                                            const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = made_up_run(0, 1, 0);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    g_autoptr(sqlite3_stmt) statement = NULL;
    const HistogramPart *part =
        &g_array_index(record->histograms, HistogramRecord, 0).values;

    add_made_up_campaign(database);
    g_assert_true(database_add_run(database, record, NULL));
    statement = database_prepare(
        database, "SELECT lower_ns, width_ns, count FROM v_histogram ORDER BY lower_ns",
        NULL);
    for (unsigned i = 0; i < part->n_buckets; i++) {
        const unsigned index = part->buckets[i].index;

        g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
        g_assert_cmpint(sqlite3_column_int64(statement, 0), ==,
                        histogram_lower_ns(index));
        g_assert_cmpint(sqlite3_column_int64(statement, 1), ==,
                        histogram_width_ns(index));
        g_assert_cmpuint((uint64_t)sqlite3_column_int64(statement, 2), ==,
                         part->buckets[i].count);
    }
}

static void test_every_metric_is_described(Place *place,
                                           const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);

    g_assert_cmpint(count(database,
                          "SELECT count(*) FROM pragma_table_info('outcome')"
                          " WHERE name NOT IN (SELECT name FROM metric) AND name NOT IN"
                          " ('campaign_id', 'cell', 'replication', 'run_id')"),
                    ==, 0);
    g_assert_cmpint(count(database, "SELECT count(*) FROM metric WHERE name NOT IN"
                                    " (SELECT name FROM pragma_table_info('outcome'))"),
                    ==, 0);
}

static void test_the_same_run_twice_is_refused(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = made_up_run(1, 1, 0);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    g_autoptr(GError) error = NULL;

    add_made_up_campaign(database);
    g_assert_true(database_add_run(database, record, NULL));
    g_assert_false(database_add_run(database, record, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_STORE);
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 1);
}

static void add_other_campaign(Database *database)
{
    const Campaign other = { "other", "made up too", "[sweep]\n", "0", 1 };

    g_assert_true(database_add_campaign(database, &other, NULL));
}

/* What another campaign, and another combination of the same one, order is copied. */
static void test_a_known_run_is_given_to_others(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    static const char same[] =
        "SELECT count(DISTINCT requests || ' ' || latency_p99_ns) FROM outcome";
    g_autoptr(RunRecord) record = made_up_run(1, 2, 0), other = made_up_run(1, 2, 0);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);

    add_made_up_campaign(database);
    add_other_campaign(database);
    g_assert_true(database_add_run(database, record, NULL));
    g_assert_true(database_adopt_run(database, record, NULL));
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 1);

    g_free(other->campaign_hash);
    other->campaign_hash = g_strdup("other");
    for (other->cell = 7; other->cell < 9; other->cell++) {
        g_assert_true(database_adopt_run(database, other, NULL));
        g_assert_true(database_adopt_run(database, other, NULL));
    }
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 3);
    g_assert_cmpint(count(database, "SELECT count(DISTINCT run_key) FROM run"), ==, 1);
    g_assert_cmpint(count(database, "SELECT count(*) FROM outcome WHERE campaign_id ="
                                    " 2 AND cell IN (7, 8)"),
                    ==, 2);
    g_assert_cmpint(count(database, same), ==, 1);
    g_assert_cmpint(count(database, "SELECT count(*) FROM stage"), ==, 3 * 2 * STAGES);
    g_assert_cmpint(count(database, "SELECT sum(count) FROM v_histogram"), ==,
                    3 * count(database, "SELECT requests FROM outcome"));
    g_assert_cmpint(
        count(database, "SELECT count(*) FROM factor WHERE campaign_id = 2"), ==, 4);
    g_assert_cmpint(count(database, "SELECT count(*) FROM pragma_foreign_key_check"),
                    ==, 0);
}

static void test_a_failed_run_can_be_done_again(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = made_up_run(1, 1, 0);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);

    add_made_up_campaign(database);
    record->state = RUN_FAILED;
    record->message = g_strdup("the disk is full");
    g_assert_true(database_add_run(database, record, NULL));
    g_assert_cmpint(knowledge_of(database, record->run_key), ==, RUN_KNOWN_FAILED);
    g_assert_cmpint(count(database, "SELECT count(*) FROM outcome"), ==, 0);
    record->state = RUN_DONE;
    g_assert_true(database_add_run(database, record, NULL));
    g_assert_cmpint(knowledge_of(database, record->run_key), ==, RUN_KNOWN_DONE);
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 1);
}

/* A copy that fails half-way leaves nothing, and the database goes on. */
static void test_a_run_is_adopted_whole_or_not(Place *place,
                                               const void *unused G_GNUC_UNUSED)
{
    g_autoptr(RunRecord) record = made_up_run(1, 1, 0);
    g_autoptr(RunRecord) twin = made_up_run(1, 1, 1);
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    g_autoptr(GError) error = NULL;

    add_made_up_campaign(database);
    g_assert_true(database_add_run(database, record, NULL));
    g_free(twin->run_key);
    twin->run_key = g_strdup(record->run_key);
    sqlite3_exec(database_handle(database),
                 "CREATE TRIGGER full BEFORE INSERT ON outcome BEGIN"
                 " SELECT RAISE(ABORT, 'no room'); END",
                 NULL, NULL, NULL);
    g_assert_false(database_adopt_run(database, twin, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_STORE);
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 1);
    g_assert_cmpint(count(database, "SELECT count(*) FROM domain WHERE run_id NOT IN"
                                    " (SELECT run_id FROM run)"),
                    ==, 0);
    sqlite3_exec(database_handle(database), "DROP TRIGGER full", NULL, NULL, NULL);
    g_assert_true(database_adopt_run(database, twin, NULL));
    g_assert_cmpint(count(database, "SELECT count(*) FROM outcome"), ==, 2);
}

/* The writer dies without closing; what was committed is there, the rest is not. */
static void test_a_killed_writer_leaves_a_usable_file(Place *place,
                                                      const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Database) database = NULL;

    if (fork() == 0) {
        Database *writer = open_or_die(place, DATABASE_WRITE);
        g_autoptr(RunRecord) record = made_up_run(0, 1, 0);

        add_made_up_campaign(writer);
        database_add_run(writer, record, NULL);
        sqlite3_exec(database_handle(writer), "BEGIN; DELETE FROM run", NULL, NULL,
                     NULL);
        _exit(0);
    }
    wait(NULL);
    database = open_or_die(place, DATABASE_READ);
    g_assert_cmpint(knowledge_of(database, "dom0/1/0"), ==, RUN_KNOWN_DONE);
    database_close(g_steal_pointer(&database));
    database = open_or_die(place, DATABASE_WRITE);
    g_assert_cmpint(knowledge_of(database, "dom0/1/0"), ==, RUN_KNOWN_DONE);
}

static void test_there_is_one_writer(Place *place, const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Database) first G_GNUC_UNUSED = open_or_die(place, DATABASE_WRITE);
    g_autoptr(GError) error = NULL;

    g_assert_null(database_open(place->path, DATABASE_WRITE, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_OPEN);
    g_assert_nonnull(strstr(error->message, place->path));
    g_assert_nonnull(strstr(error->message, "another hvmsim is writing there"));
}

static void assert_refused(const Place *place, int code, const char *message)
{
    g_autofree char *before = NULL, *after = NULL, *expected = NULL;
    size_t n_before, n_after;

    g_assert_true(g_file_get_contents(place->path, &before, &n_before, NULL));
    expected = g_strconcat(place->path, ": ", message, NULL);
    for (DatabaseMode mode = DATABASE_READ; mode <= DATABASE_WRITE; mode++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(database_open(place->path, mode, &error));
        g_assert_error(error, RESULTS_ERROR, code);
        g_assert_cmpstr(error->message, ==, expected);
    }
    g_assert_true(g_file_get_contents(place->path, &after, &n_after, NULL));
    g_assert_cmpuint(n_before, ==, n_after);
    g_assert_true(memcmp(before, after, n_before) == 0);
}

static void test_another_version_is_refused(Place *place,
                                            const void *unused G_GNUC_UNUSED)
{
    Database *database = open_or_die(place, DATABASE_WRITE);

    sqlite3_exec(database_handle(database), "PRAGMA user_version = 10", NULL, NULL,
                 NULL);
    database_close(database);
    assert_refused(place, RESULTS_ERROR_VERSION,
                   "is a results database of version 10; expected version 9, that of "
                   "this hvmsim (run --fresh begins anew)");
}

static void test_another_program_s_database_is_refused(Place *place,
                                                       const void *unused G_GNUC_UNUSED)
{
    sqlite3 *other;

    g_assert_cmpint(sqlite3_open(place->path, &other), ==, SQLITE_OK);
    sqlite3_exec(other, "CREATE TABLE cake (layers INTEGER)", NULL, NULL, NULL);
    sqlite3_close(other);
    assert_refused(place, RESULTS_ERROR_FORMAT,
                   "is a database of another program (application id 0x00000000); "
                   "expected a results database of hvmsim (0x48564d53)");
}

static void test_any_other_file_is_refused(Place *place,
                                           const void *unused G_GNUC_UNUSED)
{
    g_assert_true(g_file_set_contents(place->path, "weight,256\n", -1, NULL));
    assert_refused(place, RESULTS_ERROR_FORMAT,
                   "is no SQLite database; expected a results database of hvmsim");
}

static void test_a_folder_that_is_no_folder_is_named(Place *place,
                                                     const void *unused G_GNUC_UNUSED)
{
    g_autofree char *path = g_build_filename(place->path, "deeper.db", NULL);
    g_autofree char *expected =
        g_strconcat(path, ": cannot be written: Not a directory", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(place->path, "", -1, NULL));
    g_assert_null(database_open(path, DATABASE_WRITE, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_OPEN);
    g_assert_cmpstr(error->message, ==, expected);
}

static void test_a_read_only_folder_can_be_read(Place *place,
                                                const void *unused G_GNUC_UNUSED)
{
    g_autoptr(Database) database = open_or_die(place, DATABASE_WRITE);
    g_autoptr(GError) error = NULL;

    add_made_up_study(database, 1, 1);
    database_close(g_steal_pointer(&database));
    if (geteuid() == 0) {
        g_test_skip("root may write anywhere");
        return;
    }
    g_chmod(place->path, 0444);
    g_chmod(place->folder, 0555);
    g_assert_null(database_open(place->path, DATABASE_WRITE, &error));
    g_assert_error(error, RESULTS_ERROR, RESULTS_ERROR_OPEN);
    database = open_or_die(place, DATABASE_READ);
    g_assert_cmpint(count(database, "SELECT count(*) FROM run"), ==, 3);
    g_chmod(place->folder, 0755);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name)                                                                      \
    g_test_add("/database/" #name, Place, NULL, set_up, test_##name, tear_down)
    ADD(keeps_a_run);
    ADD(keeps_every_count);
    ADD(a_killed_maker_leaves_nothing);
    ADD(a_failure_leaves_no_new_file);
    ADD(the_view_knows_the_buckets);
    ADD(every_metric_is_described);
    ADD(the_same_run_twice_is_refused);
    ADD(a_failed_run_can_be_done_again);
    ADD(a_run_is_adopted_whole_or_not);
    ADD(a_killed_writer_leaves_a_usable_file);
    ADD(there_is_one_writer);
    ADD(a_known_run_is_given_to_others);
    ADD(another_version_is_refused);
    ADD(another_program_s_database_is_refused);
    ADD(any_other_file_is_refused);
    ADD(a_folder_that_is_no_folder_is_named);
    ADD(a_read_only_folder_can_be_read);
#undef ADD
    return g_test_run();
}
