#include "cli/arguments.h"
#include "cli/named_profile.h"
#include "experiments/captures/calibration.h"

#include <stdio.h>

/* The issue of a fit: how far a stage's median may stay from the measured one. */
#define RESIDUAL_MAX 0.10

typedef struct {
    char *output, *start, *trace;
} CalibrateOptions;

static bool print_stages(const Calibration *calibration)
{
    bool is_inside = true;

    printf("%-14s %12s %12s %9s  %-14s %12s\n", "stage", "measured_ns", "fitted_ns",
           "residual", "free figure", "cycles");
    for (unsigned i = 0; i < TRIP_STAGES; i++) {
        const TripStage stage = (TripStage)i;
        const Cost cost = calibration_free_figure(stage);
        const double residual = calibration_residual(calibration, stage);

        printf("%-14s %12" G_GINT64_FORMAT " %12" G_GINT64_FORMAT " %7.1f %%  %-14s "
               "%12" G_GINT64_FORMAT "\n",
               trip_stage_name(stage), calibration->measured.median_ns[i],
               calibration->simulated.median_ns[i], 100 * residual, cost_key(cost),
               calibration->fitted->figures[cost].cycles);
        is_inside = is_inside && residual <= RESIDUAL_MAX;
    }
    printf("%u round trips; the fit holds for one guest whose device model sleeps "
           "between requests\n",
           calibration->measured.n_trips);
    return is_inside;
}

static int calibrate(const char *capture, const CalibrateOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *ini = g_build_filename(capture, "capture.ini", NULL);
    g_autofree char *beside = g_build_filename(capture, "trace.xtr.xz", NULL);
    const char *trace = options->trace ? options->trace : beside;
    const char *start = options->start ? options->start : "capture-4.17";
    g_autoptr(CostProfile) profile = named_profile_load("--start =", start, &error);
    g_autoptr(Calibration) calibration =
        profile ? calibration_fit(ini, trace, profile, &error) : NULL;
    bool is_inside;

    if (!calibration)
        return fail_with("calibrate", error);
    is_inside = print_stages(calibration);
    if (options->output &&
        !cost_profile_save(calibration->fitted, options->output, &error))
        return fail_with("calibrate", error);
    return is_inside ? EXIT_OK : EXIT_CHECK_FAILED;
}

static int calibrate_run(int argc, char **argv)
{
    CalibrateOptions options = { 0 };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
          "write the fitted profile", "FILE" },
        { "start", 0, 0, G_OPTION_ARG_STRING, &options.start,
          "profile to start from (default: capture-4.17)", "NAME" },
        { "trace", 0, 0, G_OPTION_ARG_FILENAME, &options.trace,
          "the capture itself (default: trace.xtr.xz in the folder)", "FILE" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "calibrate",
        .usage = "CAPTURE",
        .description = "CAPTURE is a folder, which holds capture.ini.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = calibrate(argv[1], &options);
    g_free(options.output);
    g_free(options.start);
    g_free(options.trace);
    return status;
}

const Command calibrate_command = {
    .name = "calibrate",
    .summary = "fit a hardware profile to a capture of a real Xen",
    .run = calibrate_run,
};
