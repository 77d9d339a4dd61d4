/*
 * calibration.h - fits a hardware profile to the stages of a capture.
 *
 * Each stage of a round trip is a sum of figures; one of them, the stage's free figure,
 * takes up the difference between the measured median and what the profile gives. The
 * others keep their values, so what a single capture cannot tell apart stays assumed.
 */
#ifndef EXPERIMENTS_CAPTURES_CALIBRATION_H
#define EXPERIMENTS_CAPTURES_CALIBRATION_H

#include "experiments/captures/stages.h"

typedef struct {
    StageMedians measured, simulated; /* simulated: with the fitted profile */
    CostProfile *fitted;
} Calibration;

/* The figure that the fit of a stage changes. */
Cost calibration_free_figure(TripStage stage);

/* |simulated - measured| / measured of a stage. */
double calibration_residual(const Calibration *calibration, TripStage stage);

/* From what ran (a capture.ini) and what was traced. NULL and an error. */
Calibration *calibration_fit(const char *scenario_path, const char *trace_path,
                             const CostProfile *start, GError **error);
void calibration_free(Calibration *calibration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calibration, calibration_free)

#endif
