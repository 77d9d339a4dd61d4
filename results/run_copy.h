/*
 * run_copy.h - gives a run that is already kept to another campaign, or to another
 * database.
 *
 * A part of database.h. Runs are known by their key: what decides one is the same, so
 * what was measured is, too.
 */
#ifndef RESULTS_RUN_COPY_H
#define RESULTS_RUN_COPY_H

#include "results/database.h"

typedef struct RunCopier RunCopier;

/* Which place the copy has. */
typedef struct {
    int64_t campaign_id, cell, replication, scenario_id;
} RunPlace;

/* schema: where runs are copied from: "main", or the name of an attached database of
 * the same version. The database is borrowed, and must be closed after
 * run_copier_free. */
RunCopier *run_copier_new(const Database *database, const char *schema, GError **error);
void run_copier_free(RunCopier *copier);

/* Within a transaction of the caller's. */
bool run_copier_copy(RunCopier *copier, int64_t run_id, const RunPlace *place,
                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunCopier, run_copier_free)

#endif
