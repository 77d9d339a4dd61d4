/*
 * distribution.h - the named distributions of synthetic work.
 */
#ifndef WORKLOADS_DISTRIBUTION_H
#define WORKLOADS_DISTRIBUTION_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

typedef enum {
    DISTRIBUTION_CONSTANT,
    DISTRIBUTION_EXPONENTIAL,
    DISTRIBUTION_UNIFORM, /* from 0 to twice the mean, both included */
} Distribution;

/* As scenarios write them, in the order of the enum; ends with NULL. */
extern const char *const distribution_names[];

/* A whole number with this mean, which is 0 or more. Always draws once from the stream,
 * so that another choice of distribution moves no later draw. */
int64_t distribution_draw(Distribution distribution, gsl_rng *stream, int64_t mean);

#endif
