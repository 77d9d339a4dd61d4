/*
 * factor_title.h - what readers call a key that varies.
 *
 * Its section and its word: "dom0 weight", "hog weight" of [domain hog]. But a `name`
 * is its section ("scheduler"), a count is a number of its domain ("number of hog"), or
 * guests if that is called so, and [run], [host] and [device-model], which there is one
 * of, go without saying ("pcpus", "placement").
 */
#ifndef RESULTS_FACTOR_TITLE_H
#define RESULTS_FACTOR_TITLE_H

#include <stdbool.h>

#define FACTOR_GUESTS "guests"

/* Free with g_free. */
char *factor_title(const char *key);

/* Whether somebody may mean the key by that: its title, or the end of it, "weight" or
 * "hog.count". */
bool factor_is_called(const char *key, const char *name);

#endif
