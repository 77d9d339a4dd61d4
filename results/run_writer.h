/*
 * run_writer.h - puts a run record into the tables of a database.
 *
 * A part of database.h, which puts a transaction around each record.
 */
#ifndef RESULTS_RUN_WRITER_H
#define RESULTS_RUN_WRITER_H

#include "results/run_copy.h"

typedef struct RunWriter RunWriter;

/* The database is borrowed, and must be closed after run_writer_free. */
RunWriter *run_writer_new(const Database *database, GError **error);
void run_writer_free(RunWriter *writer);

/* To be called when a transaction is taken back: which rows there are may have changed.
 */
void run_writer_forget(RunWriter *writer);

/* The place that the record's identity gives a run, made if need be; *run_id: a run
 * with its key that is to be copied there, 0 if one is there already. A run with the
 * key is known. */
bool run_writer_place(RunWriter *writer, const RunRecord *identity, RunPlace *place,
                      int64_t *run_id, GError **error);
bool run_writer_add(RunWriter *writer, RunRecord *record, GError **error);

#endif
