/*
 * cost_change.h - a hardware profile with some figures changed, as [host] cost-change
 * writes it.
 *
 *     none
 *     refill high
 *     exit low + entry low + refill 3us
 *
 * A figure goes to an end of the interval that its profile states, or to a value of
 * one's own; "instruction" is the cycles of a guest's instruction.
 */
#ifndef EXPERIMENTS_COST_CHANGE_H
#define EXPERIMENTS_COST_CHANGE_H

#include "models/host/costs.h"

#include <glib.h>

/* NULL and an error that says what was expected. Free with cost_profile_free. */
CostProfile *cost_change_apply(const CostProfile *profile, const char *change,
                               GError **error);

/* One figure of a profile, as sensitivity looks at it. */
typedef struct {
    const char *key; /* static */
    Standing standing;
    bool has_interval;
} CostEntry;

/* "instruction" first, then the others in their order; all of CostEntry. Free with
 * g_array_unref. */
GArray *cost_entries(const CostProfile *profile);

#endif
