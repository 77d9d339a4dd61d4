/*
 * stages.h - the stages of a round trip as a capture shows them, of a simulated run.
 *
 * A capture stamps: the exit, the wake-up of the server's vCPU, its first instruction,
 * the wake-up of the guest, the guest running, its entry. The same instants are taken
 * from a simulated machine with one HVM guest and one pCPU; a vCPU runs from when
 * schedule() and the switch have been paid for, as the stamps of a capture do.
 */
#ifndef EXPERIMENTS_CAPTURES_STAGES_H
#define EXPERIMENTS_CAPTURES_STAGES_H

#include "experiments/captures/capture_scenario.h"
#include "models/host/costs.h"
#include "workloads/capture_figures.h"

/* Medians in ns. */
typedef struct {
    int64_t median_ns[TRIP_STAGES];
    unsigned n_trips;
} StageMedians;

/* Of the capture's only HVM guest; false and an error if it has none, or several. */
bool stages_measure(const char *trace_path, const CaptureScenario *scenario,
                    StageMedians *medians, GError **error);

/* Of the same scenario, simulated with that profile. */
bool stages_simulate(const CaptureScenario *scenario, const CostProfile *profile,
                     StageMedians *medians, GError **error);

#endif
