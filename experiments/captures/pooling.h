/*
 * pooling.h - from the figures of several runs to one prediction.
 *
 * Quantiles are those of the median run, mean durations those of all runs together,
 * everything else is the mean over the runs. Of identical guests no run can tell which
 * will be ahead in a capture: each is predicted what all of them do, and so are their
 * stub domains.
 */
#ifndef EXPERIMENTS_CAPTURES_POOLING_H
#define EXPERIMENTS_CAPTURES_POOLING_H

#include "experiments/captures/capture_scenario.h"
#include "experiments/captures/prediction.h"

/* CAPTURE_REPLICATIONS arrays of Figure, the same ones in each; into the first, whose
 * figures get all replications, too. */
void figures_pool(const CaptureScenario *scenario, GPtrArray *const *runs);

#endif
