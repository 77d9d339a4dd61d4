/*
 * estimate.h - how long a batch will still take, from the runs that have finished.
 *
 * Each cell (combination of an experiment) has a cost of its own, learnt from its
 * finished replications; a cell of which none has finished is taken to cost as much per
 * unit of its weight as all finished runs together. Times are wall-clock ns.
 */
#ifndef EXPERIMENTS_ESTIMATE_H
#define EXPERIMENTS_ESTIMATE_H

#include <glib.h>
#include <stdint.h>

typedef struct {
    double weight;      /* how much is simulated in one run, in any unit */
    unsigned n_waiting; /* runs not started */
    unsigned n_finished;
    int64_t took_ns; /* all finished ones */
} EstimateCell;

typedef struct {
    unsigned n_cells;
    EstimateCell *cells; /* owned */
} Estimate;

void estimate_init(Estimate *estimate, unsigned n_cells);
void estimate_clear(Estimate *estimate);

/* Before the start: the cell's weight, and one more run that waits. */
void estimate_expect(Estimate *estimate, unsigned cell, double weight);
void estimate_start(Estimate *estimate, unsigned cell);
void estimate_finish(Estimate *estimate, unsigned cell, int64_t took_ns);

/* What a run of the cell takes; -1 when nothing is known. */
int64_t estimate_run_ns(const Estimate *estimate, unsigned cell);

/* Until all is done by n_jobs at once; running_ns: what the runs under way have still
 * to go, in sum. -1 when nothing is known. */
int64_t estimate_left_ns(const Estimate *estimate, unsigned n_jobs, int64_t running_ns);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Estimate, estimate_clear)

#endif
