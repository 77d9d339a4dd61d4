/*
 * merge.h - puts the campaigns and runs of one database into another one.
 */
#ifndef RESULTS_MERGE_H
#define RESULTS_MERGE_H

#include "results/database.h"

/*
 * Adds what the database at the path has and `into`, which is open for writing, has
 * not; a run that is finished there replaces one that failed here. All or nothing.
 * *n_runs: how many runs were added.
 */
bool merge_database(Database *into, const char *path, unsigned *n_runs, GError **error);

#endif
