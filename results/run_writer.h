/*
 * run_writer.h - puts a run record into the tables of a database.
 *
 * A part of database.h, which puts a transaction around each record.
 */
#ifndef RESULTS_RUN_WRITER_H
#define RESULTS_RUN_WRITER_H

#include "results/database.h"

typedef struct RunWriter RunWriter;

/* The database is borrowed, and must be closed after run_writer_free. */
RunWriter *run_writer_new(const Database *database, GError **error);
void run_writer_free(RunWriter *writer);

/* Marks a run as started. */
bool run_writer_mark(RunWriter *writer, const char *run_key, const char *description,
                     GError **error);
bool run_writer_add(RunWriter *writer, const RunRecord *record, GError **error);

#endif
