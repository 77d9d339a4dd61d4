/*
 * settings_difference.h - in which keys two resolved scenarios differ.
 */
#ifndef RESULTS_SETTINGS_DIFFERENCE_H
#define RESULTS_SETTINGS_DIFFERENCE_H

/* "scheduler.name: credit-3.1 → credit-4.17; run.seed: 1 → 2": of the keys that
 * both texts have, those with other values. Keys that one alone has follow from these,
 * such as the options of another scheduler. NULL if there are none, or a text is no
 * scenario. Free with g_free. */
char *settings_difference(const char *baseline, const char *other);

#endif
