/*
 * results_folder.h - the files in an output folder of `hvmsim run`.
 */
#ifndef CLI_RESULTS_FOLDER_H
#define CLI_RESULTS_FOLDER_H

#include "results/study.h"

#define RESULTS_DATABASE "results.db"
#define RESULTS_CSV      "csv"
#define RESULTS_FIGURES  "figures"
#define RESULTS_CRASHED  "crashed-runs"

/* The database, or the one in that folder. Free with g_free. */
char *results_database_path(const char *path);
/* For reading: a database, or the folder that one is in. */
Database *results_open(const char *path, GError **error);

/* The table and what it shows, on stdout; view, or NULL: what the sentences are of.
 * False, and the error of study_new_view, before anything is printed. */
bool results_print(const Summary *summary, const StudyView *view, GError **error);

#endif
