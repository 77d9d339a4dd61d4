/*
 * summary_notes.h - when the intervals of a summary do not mean what they seem to.
 */
#ifndef RESULTS_SUMMARY_NOTES_H
#define RESULTS_SUMMARY_NOTES_H

#include "results/summary.h"

/*
 * A line for each of these that is so, after what the text has:
 * - all replications of a row are the same in every figure, so that an interval of 0
 *   tells nothing of chance;
 * - of 8 replications or more, one lies far from the others: from their median by more
 *   than 10 times the median distance, and by more than 10 % of it. docs/metrics.md
 *   tells how often that happens by chance.
 */
void summary_append_notes(GString *text, const Summary *summary);

#endif
