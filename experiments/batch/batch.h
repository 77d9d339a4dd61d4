/*
 * batch.h - all runs of an experiment, several at once, into one database.
 *
 * Each run is a job of a crew of threads; the calling thread alone touches the
 * database. A run is kept within a tenth of a second of its end, together with the
 * others that ended meanwhile, so that whatever ends the batch (Ctrl-C, a failed
 * assertion, a power cut), the same call goes on where it stopped. Results do not
 * depend on the number of threads or on the order in which runs finish.
 */
#ifndef EXPERIMENTS_BATCH_H
#define EXPERIMENTS_BATCH_H

#include "experiments/batch/experiment.h"
#include "results/database.h"

typedef struct {
    unsigned n_runs;     /* that the experiment orders, of this shard */
    unsigned n_known;    /* of these, kept from before */
    unsigned n_done;     /* finished now */
    unsigned n_failed;   /* ended in an error, now or before */
    unsigned n_left_out; /* not tried: they took the program down before */
    bool is_interrupted;
    int64_t took_ns; /* the finished ones, each by the wall clock, added up */
} BatchTotals;

typedef struct {
    const BatchTotals *totals;
    int64_t elapsed_ns, left_ns; /* wall clock; left_ns is -1 while unknown */
} BatchProgress;

/* Called by the thread that called batch_run. Either may be NULL. */
typedef struct {
    void *data;
    /* A run has ended, or some tenths of a second have gone by. */
    void (*progress)(void *data, const BatchProgress *progress);
    /* What is odd about the experiment, before the first run; a run has failed, is left
     * out, or is run again; at the end, who starved. */
    void (*note)(void *data, const char *message);
} BatchListener;

typedef struct {
    unsigned n_jobs; /* threads, from 1 */
    /* Of every n_shards runs that one alone, from 0; n_shards 0: all of them. */
    unsigned shard, n_shards;
    bool is_retry;   /* also what failed or crashed before */
    const int *stop; /* set by g_atomic_int_set: give up runs under way, and return */
    const char *crash_path; /* where a crashing run's key is left */
    BatchListener listener;
} BatchParams;

/* False and an error when the database fails, not when runs do. Fills *totals in any
 * case. */
bool batch_run(const Experiment *experiment, Database *database,
               const BatchParams *params, BatchTotals *totals, GError **error);

#endif
