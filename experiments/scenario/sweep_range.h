/*
 * sweep_range.h - values of a sweep that stand for several.
 *
 * 4..8 stands for 4, 5, 6, 7, 8, and 4..16 step 4 for 4, 8, 12, 16. What has a unit
 * needs a step: 0.5ms..2ms step 500us. Counted in the base unit, so always exact.
 */
#ifndef EXPERIMENTS_SWEEP_RANGE_H
#define EXPERIMENTS_SWEEP_RANGE_H

#include <glib.h>
#include <stdbool.h>

/* Adds the texts (char *, owned) that a value stands for: those of a range, which may
 * be no more than n_most, or itself. False and an error that tells what was expected.
 */
bool sweep_range_expand(const char *text, unsigned n_most, GPtrArray *values,
                        GError **error);

#endif
