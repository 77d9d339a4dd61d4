#include "experiments/captures/calibration.h"

#include <math.h>

/* Quantities that depend on each other through scheduling settle in a few rounds. */
#define ROUNDS 8

/* What takes up a stage's difference: the largest share of it that belongs to no other
 * stage. */
static const Cost free_figures[TRIP_STAGES] = {
    [TRIP_EXIT_TO_WAKE] = COST_DECODE_PORT, [TRIP_WAKE_TO_RUN] = COST_SCHEDULE,
    [TRIP_RUN_TO_REPLY] = COST_QEMU_WAKE,   [TRIP_REPLY_TO_RUN] = COST_QEMU_LOOP,
    [TRIP_RUN_TO_ENTRY] = COST_RESUME,
};

Cost calibration_free_figure(TripStage stage)
{
    return free_figures[stage];
}

double calibration_residual(const Calibration *calibration, TripStage stage)
{
    const double measured_ns = (double)calibration->measured.median_ns[stage];

    return fabs((double)calibration->simulated.median_ns[stage] - measured_ns) /
           MAX(1.0, measured_ns);
}

static int64_t ns_to_cycles(int64_t ns, int64_t hz)
{
    return (int64_t)llround((double)ns * (double)hz / (double)NS_PER_S);
}

/* A cost cannot be negative; what is left over then shows as a residual. */
static void correct(Calibration *calibration, TripStage stage, const char *source)
{
    CostProfile *profile = calibration->fitted;
    CostFigure *figure = &profile->figures[free_figures[stage]];
    const int64_t missing_ns = calibration->measured.median_ns[stage] -
                               calibration->simulated.median_ns[stage];

    figure->cycles =
        MAX(0, figure->cycles + ns_to_cycles(missing_ns, profile->clock_hz));
    figure->low_cycles = figure->cycles;
    figure->high_cycles = figure->cycles;
    figure->standing = STANDING_MEASURED;
    g_free(figure->source);
    figure->source = g_strdup_printf("%s: fitted to the median of %s", source,
                                     trip_stage_name(stage));
}

static bool fit(Calibration *calibration, const CaptureScenario *scenario,
                const char *source, GError **error)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        if (!stages_simulate(scenario, calibration->fitted, &calibration->simulated,
                             error))
            return false;
        if (round + 1 == ROUNDS)
            break;
        for (unsigned stage = 0; stage < TRIP_STAGES; stage++)
            correct(calibration, (TripStage)stage, source);
    }
    return true;
}

/* "hvm-disk-1p" of ".../hvm-disk-1p/capture.ini". */
static char *name_of(const char *scenario_path)
{
    g_autofree char *folder = g_path_get_dirname(scenario_path);

    return g_path_get_basename(folder);
}

Calibration *calibration_fit(const char *scenario_path, const char *trace_path,
                             const CostProfile *start, GError **error)
{
    g_autofree char *source = name_of(scenario_path);
    g_autoptr(CaptureScenario) scenario = capture_scenario_load(scenario_path, error);
    g_autoptr(Calibration) calibration = g_new0(Calibration, 1);

    calibration->fitted = cost_profile_copy(start);
    if (!scenario ||
        !stages_measure(trace_path, scenario, &calibration->measured, error) ||
        !fit(calibration, scenario, source, error))
        return NULL;
    return g_steal_pointer(&calibration);
}

void calibration_free(Calibration *calibration)
{
    if (!calibration)
        return;
    cost_profile_free(calibration->fitted);
    g_free(calibration);
}
