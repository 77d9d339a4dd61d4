/*
 * interval.h - what replications say about a mean: Student's t intervals.
 */
#ifndef RESULTS_INTERVAL_H
#define RESULTS_INTERVAL_H

#include <stdbool.h>

/* Of every interval that is shown. */
#define INTERVAL_CONFIDENCE 0.95

/* In the unit of the values. half is the half width of the interval; NAN with fewer
 * than two values. */
typedef struct {
    double mean, half;
    unsigned n; /* values */
} Interval;

/* Confidence as in 0.95. The values are those of independent replications. */
Interval interval_of_mean(const double *values, unsigned n, double confidence);

/* How many replications would have an interval of no more than `goal` to each side if
 * n > 1 of them, with the same spread, have one of `half`; 2 at least. */
unsigned interval_replications(double half, unsigned n, double goal, double confidence);

/*
 * The ratio of the means of a over b from n pairs (replication i of both met the same
 * workload): the t interval of the mean log ratio, taken back. The mean is then the
 * geometric mean of the ratios, and low and high are not symmetric around it.
 *
 * Pairs that lack a value (NAN), or of which both are 0, say nothing and are left out.
 * If all the others have 0 over something, the ratio is 0. If only some have, or any
 * has something over 0, there is no ratio: the mean log is infinite, and without these
 * pairs it would be that of the replications that went well.
 */
typedef struct {
    double mean, low, high; /* low and high NAN with fewer than two pairs */
    unsigned n;             /* pairs that it is of; 0: there is none, all are NAN */
    unsigned n_left_out;    /* the others */
    unsigned n_zero;        /* of these: 0 on one side alone, for which there is none */
} RatioInterval;

RatioInterval interval_of_ratio(const double *a, const double *b, unsigned n,
                                double confidence);

/* The same of independent samples: Welch's interval of the difference of the mean logs.
 * n: of the smaller sample; low and high NAN if that has fewer than two values. Values
 * that are NAN are left out; with one that is 0 there is no ratio, unless all of a are
 * 0 and none of b. */
RatioInterval interval_of_unpaired_ratio(const double *a, unsigned n_a, const double *b,
                                         unsigned n_b, double confidence);

/* ", 2 of 5 left out" or ", none: 0 on one side alone in 2 of 5"; "" if none are. Free
 * with g_free. */
char *ratio_left_out(const RatioInterval *ratio);

#endif
