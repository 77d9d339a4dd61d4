/*
 * cost_profile.h - reads a hardware profile: models/costs/<name>.ini.
 *
 * [profile] has name and summary; [clock] and [instruction] what a cycle and a guest
 * instruction take, [private-cache] and [shared-cache] how large the caches of a core
 * and of a socket are; then comes a group per figure of models/host/costs.h, named by
 * its key:
 *
 *     [exit]
 *     value = 790 cycles        # or a time, such as 0.3us
 *     low = 600 cycles          # optional: the plausible interval
 *     high = 1000 cycles
 *     standing = published      # or measured, or assumed
 *     source = where the figure is from
 *
 * Every figure must be there: none is ever 0 by omission.
 */
#ifndef EXPERIMENTS_COST_PROFILE_H
#define EXPERIMENTS_COST_PROFILE_H

#include "models/host/costs.h"

#include <glib.h>

/* "790 cycles", or a time up to a second: the fewest cycles that take no less. */
bool cost_parse_cycles(const char *text, int64_t hz, int64_t *cycles);
/* "1.25 cycles" are 1250 of 1,000 instructions. */
bool cost_parse_cpi_milli(const char *text, int64_t *cpi_milli);

/* NULL and an error. Free with cost_profile_free. */
CostProfile *cost_profile_load(const char *path, GError **error);

/* Writes the profile so that cost_profile_load reads the same. */
bool cost_profile_save(const CostProfile *profile, const char *path, GError **error);

/* The SHA-256 of all figures, whatever the layout of the file. Free with g_free. */
char *cost_profile_hash(const CostProfile *profile);

#endif
