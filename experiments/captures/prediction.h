/*
 * prediction.h - what hvmsim says a capture's scenario gives, as figures.
 *
 * The scenario is simulated under credit of Xen 4.17 with the profile given, and
 * measured as captures are measured: shares of a pCPU, switches, waits from a wake to
 * running, round trips from the exit to the next entry. Percentiles are exact order
 * statistics; where there was no wait or round trip, the rate is 0 and nothing is said
 * of durations. One that did not end stands for itself if none did.
 */
#ifndef EXPERIMENTS_CAPTURES_PREDICTION_H
#define EXPERIMENTS_CAPTURES_PREDICTION_H

#include "experiments/captures/capture_scenario.h"
#include "models/host/costs.h"

/* A capture shows one second of guests that were started by hand, at phases that are
 * not recorded. As many runs with drawn phases are put together. */
#define CAPTURE_REPLICATIONS 10

typedef struct {
    int64_t domain; /* -1: the host */
    char *metric;
    const char *unit; /* as figures.csv has it; static */
    double value;     /* NAN: there is none */
    double low, high; /* the least and the greatest of all replications */
    /* What each gave, in their order; NAN: nothing, and not among the others. */
    double replications[CAPTURE_REPLICATIONS];
} Figure;

/* Of Figure, owned; NULL and an error. n_jobs: runs at once. */
GPtrArray *capture_predict(const CaptureScenario *scenario, const CostProfile *profile,
                           unsigned n_jobs, GError **error);

#endif
