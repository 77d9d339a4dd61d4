/*
 * steady_state.h - from where on a series of observations no longer shows how it began.
 *
 * MSER-5 (K. P. White, "An effective truncation heuristic for bias reduction in
 * simulation output", Simulation 69(6), 1997; K. P. White, M. J. Cobb, S. C. Spratt, "A
 * comparison of five steady-state truncation heuristics for simulation", Winter
 * Simulation Conference 2000): of the means of five observations each, as many are left
 * out at the beginning as make the standard error of the mean of the others least.
 */
#ifndef RESULTS_STEADY_STATE_H
#define RESULTS_STEADY_STATE_H

#include <stdbool.h>

/* Observations that are taken together; others at the end are left out. */
#define STEADY_STATE_BATCH 5u

/* How many observations to leave out, a multiple of five and less than half of them.
 * False if half or more would be better: the series is too short to tell, or has no
 * steady state. */
bool steady_state_begin(const double *values, unsigned n, unsigned *begin);

#endif
