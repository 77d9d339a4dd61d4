#include "cli/arguments.h"
#include "cli/progress.h"
#include "cli/stop_signal.h"
#include "cli/warmup_table.h"

#include <stdio.h>

#define INTERVALS       200
#define LEAST_INTERVALS 50
#define MOST_INTERVALS  100000

typedef struct {
    char **settings;
    char *progress;
    int jobs, n_intervals;
    gboolean is_csv, is_quiet;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_strfreev(arguments->settings);
    g_free(arguments->progress);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static void show_progress(void *data, const BatchProgress *state)
{
    progress_show(data, state);
}

/* NULL after a message, or when told to stop. */
static GPtrArray *measure(const Experiment *experiment, const Arguments *arguments,
                          ProgressMode mode, ExitStatus *status)
{
    g_autoptr(GError) error = NULL;
    Progress progress;
    const SettlingParams params = {
        .n_intervals = (unsigned)arguments->n_intervals,
        .n_jobs = (unsigned)arguments->jobs,
        .stop = stop_signal_catch(),
        .listener = { .data = &progress, .progress = show_progress },
    };
    GPtrArray *settlings;

    progress_init(&progress, mode);
    settlings = settling_of(experiment, &params, &error);
    progress_clear(&progress);
    stop_signal_release();
    if (settlings)
        return settlings;
    if (error) {
        *status = fail_with("warmup", error);
        return NULL;
    }
    g_printerr("hvmsim warmup: interrupted: nothing is kept\n");
    *status = stop_signal_exit_status();
    return NULL;
}

static ExitStatus warmup(const char *path, const Arguments *arguments,
                         ProgressMode mode)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment =
        experiment_load(path, (const char *const *)arguments->settings, &error);
    g_autoptr(GPtrArray) settlings = NULL;
    g_autofree char *text = NULL;
    ExitStatus status;

    if (!experiment)
        return fail_with("warmup", error);
    settlings = measure(experiment, arguments, mode, &status);
    if (!settlings)
        return status;
    text = arguments->is_csv ? warmup_csv(experiment, settlings)
                             : warmup_table(experiment, settlings);
    fputs(text, stdout);
    return warmup_is_enough(experiment, settlings) ? EXIT_OK : EXIT_PRECISION;
}

static bool check(const Arguments *arguments, ProgressMode *mode)
{
    if (!progress_parse("warmup", arguments->progress, arguments->is_quiet, mode))
        return false;
    if (arguments->jobs < 1) {
        g_printerr("hvmsim warmup: --jobs = %d: expected 1 or more\n", arguments->jobs);
        return false;
    }
    if (arguments->n_intervals < LEAST_INTERVALS ||
        arguments->n_intervals > MOST_INTERVALS) {
        g_printerr("hvmsim warmup: --intervals = %d: expected a number from %d to %d\n",
                   arguments->n_intervals, LEAST_INTERVALS, MOST_INTERVALS);
        return false;
    }
    return true;
}

static int warmup_run(int argc, char **argv)
{
    g_auto(Arguments)
        arguments = { .jobs = (int)g_get_num_processors(), .n_intervals = INTERVALS };
    const GOptionEntry entries[] = {
        { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.settings,
          "override a key, such as run.duration=1s", "GROUP.KEY=TEXT" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &arguments.jobs,
          "runs at once (default: one for each processor)", "N" },
        { "intervals", 0, 0, G_OPTION_ARG_INT, &arguments.n_intervals,
          "that a run is cut into (default: 200)", "N" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &arguments.is_csv,
          "what happened in each interval, as CSV", NULL },
        { "progress", 0, 0, G_OPTION_ARG_STRING, &arguments.progress,
          "auto (on a terminal), always or never", "WHEN" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &arguments.is_quiet, "no progress",
          NULL },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "warmup",
        .usage = "SCENARIO",
        .description =
            "Simulates every run of the scenario from its beginning, and tells where a "
            "steady state\nbegins: whether its warm-up is long enough. Nothing is "
            "kept.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ProgressMode mode;
    ExitStatus status;

    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    return check(&arguments, &mode) ? warmup(argv[1], &arguments, mode) : EXIT_USAGE;
}

const Command warmup_command = {
    .name = "warmup",
    .summary = "whether the warm-up is long enough, and what runs did before and after",
    .run = warmup_run,
};
