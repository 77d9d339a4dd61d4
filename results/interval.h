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
 * geometric mean of the ratios, and low and high are not symmetric around it. Pairs
 * with a value that is not positive are left out.
 */
typedef struct {
    double mean, low, high; /* low and high NAN with fewer than two pairs */
    unsigned n;             /* pairs that are in it */
} RatioInterval;

RatioInterval interval_of_ratio(const double *a, const double *b, unsigned n,
                                double confidence);

/* The same of independent samples: Welch's interval of the difference of the mean logs.
 * n: of the smaller sample; low and high NAN if that has fewer than two values. */
RatioInterval interval_of_unpaired_ratio(const double *a, unsigned n_a, const double *b,
                                         unsigned n_b, double confidence);

#endif
