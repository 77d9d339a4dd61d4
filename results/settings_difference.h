/*
 * settings_difference.h - in which keys resolved scenarios differ.
 *
 * A swept key counts by its sweep, since the value in its own section is only the first
 * one. Keys that not all texts have follow from others, such as the options of another
 * scheduler, and are left out.
 */
#ifndef RESULTS_SETTINGS_DIFFERENCE_H
#define RESULTS_SETTINGS_DIFFERENCE_H

#include <glib.h>

/* "scheduler.name: credit-3.1 → credit-4.17; run.seed: 1 → 2": of the keys that
 * both texts have, those with other values; then the groups that one alone has,
 * "[domain hog] only in the baseline". Keys that one alone has in a group of both
 * follow from these, such as the options of another scheduler. NULL if there are none,
 * or a text is no scenario. Free with g_free. */
char *settings_difference(const char *baseline, const char *other);

/* For each of these texts (const char *), what it has for the keys in which any two of
 * them differ: "run.duration = 300ms, run.seed = 1"; "" if there are none, or a text is
 * no scenario. Of char *, owned. */
GPtrArray *settings_differences(const GPtrArray *texts);

#endif
