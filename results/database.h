/*
 * database.h - the SQLite file in which results are kept; results/schema.sql,
 * docs/results-schema.md.
 *
 * One writer: a database open for writing belongs to one thread, and no other process
 * can open it for writing meanwhile; readers may come at any time. Whoever kills the
 * process loses at most what was not committed.
 */
#ifndef RESULTS_DATABASE_H
#define RESULTS_DATABASE_H

#include "results/run_record.h"

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

typedef struct Database Database;

typedef enum {
    DATABASE_READ, /* the file must exist; nothing is changed */
    DATABASE_WRITE /* made if it does not exist */
} DatabaseMode;

/* What a campaign orders: a scenario file with all that it sweeps. */
typedef struct {
    const char *hash; /* of everything that decides its runs */
    const char *scenario_name;
    const char *scenario_text; /* resolved */
    const char *program_version;
    unsigned n_runs;
} Campaign;

/* What the database knows of a run. */
typedef enum {
    RUN_UNKNOWN,
    RUN_KNOWN_FAILED,
    RUN_KNOWN_DONE,
} RunKnowledge;

/* NULL, and the file as it was (none, if there was none), if it cannot be opened, is
 * not ours (RESULTS_ERROR_ FORMAT), of another version (RESULTS_ERROR_VERSION), or
 * being written by another process. */
Database *database_open(const char *path, DatabaseMode mode, GError **error);
void database_close(Database *database);

/* Looks at every page: RESULTS_ERROR_FORMAT if the file is damaged, or cut short. */
bool database_check(const Database *database, GError **error);

/* Several changes as one, for speed: between the two, nothing is kept for certain. An
 * error ends the transaction, and takes back what it changed. */
bool database_begin(Database *database, GError **error);
bool database_commit(Database *database, GError **error);

/* Before its runs. One that is known becomes the one run last. */
bool database_add_campaign(Database *database, const Campaign *campaign,
                           GError **error);

/* Keeps the record, all or nothing. Replaces a failed run with
 * the same key; twice the same place in a campaign is an error. The record is prepared
 * (run_prepare.h) if it is not yet. */
bool database_add_run(Database *database, RunRecord *record, GError **error);

/* A run with the key of the record is known: gives it the record's place, campaign,
 * combination and replication, too, unless it has it; all or nothing. Of the record
 * only the identity counts. */
bool database_adopt_run(Database *database, const RunRecord *identity, GError **error);

/* By its key, whichever campaigns ordered it. */
bool database_find_run(Database *database, const char *run_key, RunKnowledge *known,
                       GError **error);

/* For the other files of this folder: export, summary, plots. */
sqlite3 *database_handle(const Database *database);
bool database_is_writable(const Database *database);
const char *database_path(const Database *database);
/* Prepared, to be finalized by the caller; NULL on error. */
sqlite3_stmt *database_prepare(const Database *database, const char *sql,
                               GError **error);
/* SQLITE_ROW: true and *has_row; SQLITE_DONE: true; else false and an error. */
bool database_step(const Database *database, sqlite3_stmt *statement, bool *has_row,
                   GError **error);
/* The campaign whose hash is, or alone begins with, this; NULL: the one run last. 0
 * and an error (RESULTS_ERROR_EMPTY, RESULTS_ERROR_AMBIGUOUS) if there is no such one.
 */
int64_t database_campaign_id(Database *database, const char *hash, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Database, database_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)

#endif
