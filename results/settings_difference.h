/*
 * settings_difference.h - in which keys two resolved scenarios differ.
 */
#ifndef RESULTS_SETTINGS_DIFFERENCE_H
#define RESULTS_SETTINGS_DIFFERENCE_H

/* "scheduler.name: credit-3.1 → credit-4.17; run.seed: 1 → 2": of the keys that
 * both texts have, those with other values; then the groups that one alone has,
 * "[domain hog] only in the baseline". Keys that one alone has in a group of both
 * follow from these, such as the options of another scheduler. NULL if there are none,
 * or a text is no scenario. Free with g_free. */
char *settings_difference(const char *baseline, const char *other);

#endif
