/*
 * precision.h - whether the means of a summary are known as precisely as a user asks,
 * and how many replications that would take.
 */
#ifndef RESULTS_PRECISION_H
#define RESULTS_PRECISION_H

#include "results/summary.h"

/* Fewer say too little about their own spread. */
#define PRECISION_LEAST_REPLICATIONS 3u

typedef struct {
    double half;                  /* asked for: of the mean, 0.05 for 5 % */
    const SummaryColumn *columns; /* of which metrics */
    unsigned n_columns;
} PrecisionGoal;

typedef struct {
    double half; /* the greatest half of an interval, of its mean; 0: of none */
    unsigned
        replications; /* how many would make that as asked, by its present spread */
    const SummaryRow *row; /* where; NULL: of none */
    SummaryColumn column;
} Precision;

/*
 * Of the mean that is known worst. An interval narrows with the root of the number of
 * replications: n of them with a half of h need n (h / goal)^2 for the goal. Means of 0
 * or of nothing, and metrics that a row does not have, are left out.
 */
Precision precision_of(const Summary *summary, const PrecisionGoal *goal);

/* How many replications to go on with from n, of at most so many; n: none. What few say
 * of their own spread is trusted with no more than three times as many. */
unsigned precision_next(const Precision *precision, unsigned n, unsigned most);

/* "latency_p99_us with device-model.placement = dom0": where. Free with g_free. */
char *precision_place(const Precision *precision, const Summary *summary);

#endif
