/*
 * evaluation.h - a target's scenario simulated, and its rows held against it.
 */
#ifndef EXPERIMENTS_VALIDATION_EVALUATION_H
#define EXPERIMENTS_VALIDATION_EVALUATION_H

#include "experiments/validation/target.h"
#include "results/interval.h"

typedef enum {
    VERDICT_INSIDE,
    VERDICT_OUTSIDE,
    VERDICT_NONE,         /* nothing is published */
    VERDICT_NOT_MODELLED, /* hvmsim cannot express it */
} Verdict;

typedef struct {
    const TargetRow *row;        /* borrowed from the target */
    double simulated, low, high; /* mean and 95 % interval over replications; NAN */
    RatioInterval ratio;         /* before it is divided; n 0 if the row is none */
    double error;                /* relative, signed; NAN if nothing is published */
    Verdict verdict;
} RowResult;

/* Runs the combinations that the rows name, n_jobs at once. Of RowResult, in the order
 * of the rows; free with g_array_unref. NULL and an error if a row names no combination
 * or subject of the scenario, or a run fails. */
GArray *target_evaluate(const Target *target, unsigned n_jobs, GError **error);

#endif
