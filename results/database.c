#include "results/database.h"

#include "results/error.h"
#include "results/outcome.h"
#include "results/resources.h"
#include "results/run_copy.h"
#include "results/run_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define APPLICATION_ID 0x48564d53 /* "HVMS"; also in schema.sql */
#define SCHEMA_VERSION 9
/* SQLite's file header: all numbers are big-endian. */
#define HEADER_BYTES          100
#define HEADER_MAGIC          "SQLite format 3"
#define HEADER_USER_VERSION   60
#define HEADER_APPLICATION_ID 68
#define BUSY_TIMEOUT_MS       10000

struct Database {
    char *path;
    sqlite3 *handle;
    int lock_fd;  /* holds the writer's lock; -1 when reading */
    bool is_made; /* by this open, which takes it away again if it fails */
    RunWriter *writer;
    RunCopier *copier;
    sqlite3_stmt *find_run;
};

static bool store_error(const Database *self, GError **error)
{
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_STORE, "%s: %s", self->path,
                sqlite3_errmsg(self->handle));
    return false;
}

static bool execute(Database *self, const char *sql, GError **error)
{
    if (sqlite3_exec(self->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_error(self, error);
    return true;
}

sqlite3 *database_handle(const Database *self)
{
    return self->handle;
}

const char *database_path(const Database *self)
{
    return self->path;
}

sqlite3_stmt *database_prepare(const Database *self, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(self->handle, sql, -1, 0, &statement, NULL) != SQLITE_OK)
        store_error(self, error);
    return statement;
}

bool database_step(const Database *self, sqlite3_stmt *statement, bool *has_row,
                   GError **error)
{
    const int result = sqlite3_step(statement);

    *has_row = result == SQLITE_ROW;
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return store_error(self, error);
    return true;
}

/* Opening. */

static uint32_t big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool open_error(const Database *self, const char *what, int code, GError **error)
{
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_OPEN, "%s: %s: %s", self->path,
                what, g_strerror(code));
    return false;
}

/* Who was killed in the commit that makes a database may have written its other pages
 * and not yet the first one. */
static bool is_unfinished(const Database *self, const uint8_t header[HEADER_BYTES])
{
    static const uint8_t nothing[HEADER_BYTES];
    g_autofree char *journal = g_strconcat(self->path, "-journal", NULL);

    return memcmp(header, nothing, HEADER_BYTES) == 0 &&
           g_file_test(journal, G_FILE_TEST_EXISTS);
}

/* Looks at the file itself: SQLite could already change it by recovering a journal. */
static bool check_header(const Database *self, int fd, bool *is_empty, GError **error)
{
    uint8_t header[HEADER_BYTES];
    const ssize_t n = pread(fd, header, sizeof header, 0);
    uint32_t version;

    *is_empty = n == 0;
    if (n == 0)
        return true;
    if (n < 0)
        return open_error(self, "cannot be read", errno, error);
    if (n == HEADER_BYTES && is_unfinished(self, header))
        return true; /* SQLite takes it back by the journal */
    if (n < HEADER_BYTES || memcmp(header, HEADER_MAGIC, sizeof HEADER_MAGIC) != 0) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT,
                    "%s: is no SQLite database; expected a results database of hvmsim",
                    self->path);
        return false;
    }
    if (big_endian(header + HEADER_APPLICATION_ID) != APPLICATION_ID) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT,
                    "%s: is a database of another program (application id 0x%08x); "
                    "expected a results database of hvmsim (0x%08x)",
                    self->path, big_endian(header + HEADER_APPLICATION_ID),
                    APPLICATION_ID);
        return false;
    }
    version = big_endian(header + HEADER_USER_VERSION);
    if (version == SCHEMA_VERSION)
        return true;
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_VERSION,
                "%s: is a results database of version %u; expected version %d, that of "
                "this hvmsim (run --fresh begins anew)",
                self->path, version, SCHEMA_VERSION);
    return false;
}

static bool check_readable(Database *self, GError **error)
{
    const int fd = open(self->path, O_RDONLY | O_CLOEXEC);
    bool is_empty, is_ours;

    if (fd < 0)
        return open_error(self, "cannot be read", errno, error);
    is_ours = check_header(self, fd, &is_empty, error);
    close(fd);
    if (is_ours && is_empty) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT,
                    "%s: is empty; expected a results database of hvmsim", self->path);
        return false;
    }
    return is_ours;
}

/* -1, and errno. */
static int open_or_make(const char *path, bool *is_made)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    *is_made = fd >= 0;
    return fd < 0 && errno == EEXIST ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666)
                                     : fd;
}

/* The lock is one of flock's: closing other descriptors of the file leaves it. */
static bool lock_for_writing(Database *self, GError **error)
{
    bool is_made, is_empty;

    self->lock_fd = open_or_make(self->path, &is_made);
    if (self->lock_fd < 0)
        return open_error(self, "cannot be written", errno, error);
    if (flock(self->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return open_error(self, "cannot be locked", errno, error);
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_OPEN,
                    "%s: another hvmsim is writing there; expected to be the only one",
                    self->path);
        return false;
    }
    self->is_made = is_made; /* and nobody else's, as we have the lock */
    return check_header(self, self->lock_fd, &is_empty, error);
}

static bool fill_metrics(Database *self, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        database_prepare(self, "INSERT INTO metric VALUES (?, ?, ?)", error);
    bool has_row;

    if (!statement)
        return false;
    for (const Metric *metric = outcome_metrics(); metric->name; metric++) {
        sqlite3_bind_text(statement, 1, metric->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, metric->unit, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, metric->meaning, -1, SQLITE_STATIC);
        if (!database_step(self, statement, &has_row, error))
            return false;
        sqlite3_reset(statement);
    }
    return true;
}

/* One transaction: whoever is killed meanwhile leaves a journal, by which SQLite takes
 * back what is in the file already. */
static bool create_schema(Database *self, GError **error)
{
    g_autoptr(GBytes) schema = results_resource("schema.sql");

    return execute(self, "BEGIN EXCLUSIVE", error) &&
           execute(self, g_bytes_get_data(schema, NULL), error) &&
           execute(self,
                   "INSERT INTO meta VALUES ('program', 'hvmsim'),"
                   " ('time_unit', 'ns')",
                   error) &&
           fill_metrics(self, error) && execute(self, "COMMIT", error);
}

static bool open_handle(Database *self, int flags, GError **error)
{
    if (sqlite3_open_v2(self->path, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return store_error(self, error);
    sqlite3_busy_timeout(self->handle, BUSY_TIMEOUT_MS);
    return execute(self, "PRAGMA mmap_size = 1073741824", error); /* speed of plots */
}

/* Asked of SQLite, which takes back what was not committed: the header, which looks
 * like that of a database, may be all that there is. */
static bool ask_for_schema(const Database *self, bool *has_schema, GError **error)
{
    g_autoptr(sqlite3_stmt) table =
        database_prepare(self, "SELECT 1 FROM sqlite_schema LIMIT 1", error);

    return table && database_step(self, table, has_schema, error);
}

/* The schema is made before the write-ahead log is switched on, so that the file's
 * header is always its own. Foreign keys are not checked row by row: the writer adds a
 * run before what belongs to it, and takes away only runs that nothing belongs to. */
static bool open_for_writing(Database *self, GError **error)
{
    bool has_schema;

    if (!lock_for_writing(self, error) ||
        !open_handle(self, SQLITE_OPEN_READWRITE, error) ||
        !ask_for_schema(self, &has_schema, error) ||
        (!has_schema && !create_schema(self, error)) ||
        !execute(self,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                 "PRAGMA wal_autocheckpoint = 8192;" /* pages: hot ones once */
                 "PRAGMA cache_size = -16384",       /* KiB */
                 error))
        return false;
    self->writer = run_writer_new(self, error);
    self->copier = self->writer ? run_copier_new(self, "main", error) : NULL;
    return self->copier != NULL;
}

/* Taking back what was not committed is writing, which readers do not. */
static bool check_finished(const Database *self, GError **error)
{
    bool has_schema;
    const bool is_asked = ask_for_schema(self, &has_schema, NULL);

    if (is_asked && has_schema)
        return true;
    if (!is_asked && sqlite3_extended_errcode(self->handle) != SQLITE_READONLY_ROLLBACK)
        return store_error(self, error);
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT,
                "%s: was being made or changed when hvmsim was stopped; expected a "
                "whole results database (the same hvmsim run goes on)",
                self->path);
    return false;
}

static bool open_for_reading(Database *self, GError **error)
{
    return check_readable(self, error) &&
           open_handle(self, SQLITE_OPEN_READONLY, error) &&
           check_finished(self, error);
}

Database *database_open(const char *path, DatabaseMode mode, GError **error)
{
    Database *self = g_new0(Database, 1);
    bool is_open = false;

    /* Its statistics of memory, which nobody reads, take a lock at every allocation.
     * Refused, and harmless, once SQLite has been used. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    self->path = g_strdup(path);
    self->lock_fd = -1;
    switch (mode) {
    case DATABASE_READ:
        is_open = open_for_reading(self, error);
        break;
    case DATABASE_WRITE:
        is_open = open_for_writing(self, error);
        break;
    }
    if (is_open)
        return self;
    if (self->is_made)
        unlink(self->path);
    database_close(self);
    return NULL;
}

/* Without its write-ahead log the file can be read where nothing can be written. */
void database_close(Database *self)
{
    if (!self)
        return;
    run_copier_free(self->copier);
    sqlite3_finalize(self->find_run);
    if (self->writer) {
        run_writer_free(self->writer);
        sqlite3_exec(self->handle, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close(self->handle);
    if (self->lock_fd >= 0)
        close(self->lock_fd);
    g_free(self->path);
    g_free(self);
}

/* Campaigns and runs. */

/* A campaign that is the last one already keeps its turn, so that going on with it
 * leaves the bytes of never having stopped. */
bool database_add_campaign(Database *self, const Campaign *campaign, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = database_prepare(
        self,
        "INSERT INTO campaign (hash, scenario_name, scenario_text, program_version,"
        " n_runs, turn)"
        " VALUES (?, ?, ?, ?, ?, (SELECT ifnull(max(turn), 0) + 1 FROM campaign))"
        " ON CONFLICT (hash) DO UPDATE SET turn = excluded.turn"
        " WHERE turn + 1 < excluded.turn",
        error);
    bool has_row;

    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, campaign->hash, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, campaign->scenario_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, campaign->scenario_text, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, campaign->program_version, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, campaign->n_runs);
    return database_step(self, statement, &has_row, error);
}

static void no_campaign(const Database *self, const char *hash, GError **error)
{
    if (hash)
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                    "%s: holds no campaign whose hash begins with %s; `hvmsim report "
                    "--list %s` has those that there are",
                    self->path, hash, self->path);
    else
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY, "%s: holds no results",
                    self->path);
}

/* Of the campaigns that a statement has found: the first, 0 and an error if there is
 * none, or a second one and the first is not called so in full. */
static int64_t choose_campaign(const Database *self, sqlite3_stmt *found,
                               const char *hash, GError **error)
{
    int64_t campaign_id;
    bool has_row, is_whole;

    if (!database_step(self, found, &has_row, error))
        return 0;
    if (!has_row) {
        no_campaign(self, hash, error);
        return 0;
    }
    campaign_id = sqlite3_column_int64(found, 0);
    is_whole = !hash || g_str_equal(hash, sqlite3_column_text(found, 1));
    if (!database_step(self, found, &has_row, error))
        return 0;
    if (is_whole || !has_row)
        return campaign_id;
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_AMBIGUOUS,
                "%s: the hashes of several campaigns begin with %s; expected more of "
                "one that `hvmsim report --list %s` has",
                self->path, hash, self->path);
    return 0;
}

int64_t database_campaign_id(Database *self, const char *hash, GError **error)
{
    g_autoptr(sqlite3_stmt) found =
        database_prepare(self,
                         "SELECT campaign_id, hash FROM campaign"
                         " WHERE ?1 IS NULL OR substr(hash, 1, length(?1)) = ?1"
                         " ORDER BY hash IS ?1 DESC, turn DESC LIMIT 2",
                         error);

    if (!found)
        return 0;
    sqlite3_bind_text(found, 1, hash, -1, SQLITE_STATIC);
    return choose_campaign(self, found, hash, error);
}

/* Takes back what the transaction, if there is one, has changed. False. */
static bool give_up(Database *self)
{
    sqlite3_exec(self->handle, "ROLLBACK", NULL, NULL, NULL);
    run_writer_forget(self->writer);
    return false;
}

bool database_begin(Database *self, GError **error)
{
    return execute(self, "BEGIN IMMEDIATE", error);
}

bool database_commit(Database *self, GError **error)
{
    return execute(self, "COMMIT", error) || give_up(self);
}

bool database_is_writable(const Database *self)
{
    return self->writer != NULL;
}

/* A change that has no transaction yet gets one of its own. */
static bool begin_alone(Database *self, bool *is_alone, GError **error)
{
    *is_alone = sqlite3_get_autocommit(self->handle);
    return !*is_alone || database_begin(self, error);
}

static bool end_alone(Database *self, bool is_alone, bool is_done, GError **error)
{
    if (!is_done)
        return give_up(self);
    return !is_alone || database_commit(self, error);
}

bool database_add_run(Database *self, RunRecord *record, GError **error)
{
    bool is_alone;

    return begin_alone(self, &is_alone, error) &&
           end_alone(self, is_alone, run_writer_add(self->writer, record, error),
                     error);
}

static bool adopt(Database *self, const RunRecord *identity, GError **error)
{
    RunPlace place;
    int64_t run_id;

    return run_writer_place(self->writer, identity, &place, &run_id, error) &&
           (run_id == 0 || run_copier_copy(self->copier, run_id, &place, error));
}

bool database_adopt_run(Database *self, const RunRecord *identity, GError **error)
{
    bool is_alone;

    return begin_alone(self, &is_alone, error) &&
           end_alone(self, is_alone, adopt(self, identity, error), error);
}

static sqlite3_stmt *find_run_statement(Database *self, GError **error)
{
    if (!self->find_run)
        self->find_run = database_prepare(
            self, "SELECT min(state) FROM run WHERE run_key = ?", error);
    return self->find_run;
}

bool database_find_run(Database *self, const char *run_key, RunKnowledge *known,
                       GError **error)
{
    sqlite3_stmt *statement = find_run_statement(self, error);
    const char *state;
    bool has_row, is_asked;

    if (!statement)
        return false;
    sqlite3_bind_text(statement, 1, run_key, -1, SQLITE_STATIC);
    is_asked = database_step(self, statement, &has_row, error);
    state = is_asked ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (!state)
        *known = RUN_UNKNOWN;
    else
        *known = g_str_equal(state, "done") ? RUN_KNOWN_DONE : RUN_KNOWN_FAILED;
    sqlite3_reset(statement);
    return is_asked;
}

bool database_check(const Database *self, GError **error)
{
    g_autoptr(sqlite3_stmt) check =
        database_prepare(self, "PRAGMA quick_check(1)", error);
    bool has_row;

    if (!check || !database_step(self, check, &has_row, error))
        return false;
    if (has_row && strcmp((const char *)sqlite3_column_text(check, 0), "ok") == 0)
        return true;
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_FORMAT,
                "%s: is damaged, or cut short: %s", self->path,
                has_row ? (const char *)sqlite3_column_text(check, 0) : "no answer");
    return false;
}
