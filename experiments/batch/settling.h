/*
 * settling.h - how long each combination of an experiment takes to settle: what its
 * runs did in each interval of their simulated time, and where a steady state begins.
 */
#ifndef EXPERIMENTS_SETTLING_H
#define EXPERIMENTS_SETTLING_H

#include "experiments/batch/batch.h"
#include "results/interval.h"
#include "results/series.h"

/* Fewer say too little of their own spread. */
#define SETTLING_DRIFT_REPLICATIONS 3

typedef struct {
    /* That a run is cut into, with its warm-up; it is made longer than the scenario has
     * it where the warm-up would take more than two fifths of it. */
    unsigned n_intervals;
    unsigned n_jobs; /* threads, from 1 */
    const int *stop; /* as of batch.h */
    BatchListener listener;
} SettlingParams;

typedef struct {
    int64_t interval_ns;
    unsigned n_intervals;
    /* The runs went on beyond the scenario's end. Things may happen there that its own
     * runs never see, but a warm-up that takes up half of a run or more cannot be
     * judged by the other half. */
    bool is_longer;
    /* Over the replications, by interval. Owned. */
    Interval *values[SERIES_QUANTITIES];
    /* Where a steady state begins (steady_state.h), of the means over the replications;
     * 0 for what does not happen. */
    int64_t begins_ns[SERIES_QUANTITIES];
    bool has_settled[SERIES_QUANTITIES]; /* else there is no such place */
    /* The second half of what the scenario measures over its first half, by
     * replication, with 99 % confidence: the above looks at the beginning alone, and
     * sees nothing of what goes on changing. NAN with fewer than three replications, or
     * where a half has nothing of it in some of them; INFINITY or 0 where it begins or
     * ends in between in all. */
    RatioInterval drifts[SERIES_QUANTITIES];
    /* As a part of 1, what one transfer (or request, if there are none) more in one
     * half and less in the other makes: no drift can be told from that. */
    double drift_grain;
} Settling;

/* Of Settling, one for each cell, owned. NULL with an error when a run fails or is too
 * short to be cut, NULL without one when told to stop. */
GPtrArray *settling_of(const Experiment *experiment, const SettlingParams *params,
                       GError **error);

/* Beyond the end of any run. */
#define SETTLING_TO_THE_END (INT64_MAX / 2)

/* The mean of a quantity over the intervals from the one that from_ns is in to the one
 * that until_ns ends or is in; over the last one at the least. */
double settling_mean(const Settling *settling, SeriesQuantity quantity, int64_t from_ns,
                     int64_t until_ns);

#endif
