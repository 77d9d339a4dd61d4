#include "cli/arguments.h"
#include "cli/stop_signal.h"
#include "experiments/batch/experiment.h"
#include "experiments/batch/run.h"
#include "experiments/input/error.h"
#include "models/suggest.h"
#include "results/error.h"
#include "results/output_file.h"
#include "results/xentrace_tracer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is written without --until, at the most. */
#define LENGTH_NS NS_PER_S

typedef struct {
    char **settings;
    char *output, *format, *from, *until;
    int replication;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_strfreev(arguments->settings);
    g_free(arguments->output);
    g_free(arguments->format);
    g_free(arguments->from);
    g_free(arguments->until);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static const TracerOps *find_format(const char *name)
{
    const TracerOps *const *all = tracer_ops_all();
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    if (!name)
        return all[0];
    for (; *all; all++) {
        if (strcmp((*all)->name, name) == 0)
            return *all;
        g_ptr_array_add(known, (char *)(*all)->name);
    }
    choice = suggest_among(name, known);
    g_printerr("hvmsim trace: --format = %s: expected one of %s\n", name, choice);
    return NULL;
}

static bool parse_time(const char *option, const char *text, int64_t *time_ns)
{
    if (!text || (units_parse(text, UNIT_NS, time_ns) && *time_ns >= 0))
        return true;
    g_printerr("hvmsim trace: --%s = %s: expected %s\n", option, text,
               units_describe(UNIT_NS));
    return false;
}

/* Of simulated time, from the run's beginning on. */
static bool find_times(const Arguments *arguments, const RunKeys *run,
                       RunTraceParams *params)
{
    const int64_t end_ns = run->warmup_ns + run->duration_ns;

    params->from_ns = run->warmup_ns;
    if (!parse_time("from", arguments->from, &params->from_ns))
        return false;
    params->until_ns = MIN(params->from_ns + LENGTH_NS, end_ns);
    if (!parse_time("until", arguments->until, &params->until_ns))
        return false;
    if (params->from_ns < params->until_ns && params->until_ns <= end_ns)
        return true;

    g_autofree char *from = units_format(params->from_ns, UNIT_NS);
    g_autofree char *until = units_format(params->until_ns, UNIT_NS);
    g_autofree char *end = units_format(end_ns, UNIT_NS);

    g_printerr(
        "hvmsim trace: from %s until %s: expected times in this order, up to %s, "
        "when the run ends\n",
        from, until, end);
    return false;
}

/* A trace is of one run; of a sweep the user has to choose a combination. */
static ExitStatus refuse_sweep(const char *path, const Experiment *experiment)
{
    const ExperimentCell *first = g_ptr_array_index(experiment->cells, 0);
    g_autoptr(GString) choice = g_string_new(NULL);

    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);

        if (axis->values->len > 1)
            g_string_append_printf(
                choice, " --set '%s=%s'", axis->text,
                sweep_value(experiment->sweep, i, first->combination));
    }
    g_printerr("hvmsim trace: %s: %u combinations: expected one; choose it, such as "
               "by%s\n",
               path, experiment->cells->len, choice->str);
    return EXIT_USAGE;
}

static char *output_path(const Arguments *arguments, const Scenario *scenario,
                         const TracerOps *format)
{
    return arguments->output ? g_strdup(arguments->output)
                             : g_strconcat(scenario->names.name, format->suffix, NULL);
}

static void print_done(const RunTraceParams *params, const char *path,
                       uint64_t n_records, FILE *stream)
{
    g_autofree char *length = units_format(params->until_ns - params->from_ns, UNIT_NS);
    g_autofree char *quoted = g_shell_quote(path);

    fprintf(stream, "%s: %s, %" PRIu64 " records\n", path, length, n_records);
    if (params->format == &xentrace_tracer)
        fprintf(stream,
                "xenalyze --cpu-hz %dG --summary %s\nhvmsim capture --clock %dGHz %s\n",
                (int)(XENTRACE_TRACER_HZ / 1000000000), quoted,
                (int)(XENTRACE_TRACER_HZ / 1000000000), quoted);
}

static ExitStatus stopped(void)
{
    g_printerr("hvmsim trace: interrupted: nothing is kept\n");
    return stop_signal_exit_status();
}

/* Whether all of it was written is asked of every command, in main. */
static ExitStatus write_stdout(const Scenario *scenario, uint64_t seed,
                               const RunTraceParams *params)
{
    uint64_t n_records;

    if (!run_trace(scenario, seed, params, stdout, stop_signal_catch(), &n_records))
        return stopped();
    return EXIT_OK;
}

static ExitStatus write_file(const Scenario *scenario, uint64_t seed,
                             const RunTraceParams *params, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(OutputFile) file = output_file_new(folder, name, &error);
    uint64_t n_records;

    if (!file)
        return fail_with("trace", error);
    if (!run_trace(scenario, seed, params, file->stream, stop_signal_catch(),
                   &n_records))
        return stopped();
    if (!output_file_commit(file, &error))
        return fail_with("trace", error);
    print_done(params, path, n_records, stdout);
    return EXIT_OK;
}

static ExitStatus trace(const char *path, const Arguments *arguments,
                        const TracerOps *format)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment =
        experiment_load(path, (const char *const *)arguments->settings, &error);
    RunTraceParams params = { .format = format };
    g_autofree char *output = NULL;

    if (!experiment)
        return fail_with("trace", error);
    if (experiment->cells->len != 1)
        return refuse_sweep(path, experiment);

    const ExperimentCell *cell = g_ptr_array_index(experiment->cells, 0);
    const Scenario *scenario = cell->scenario;
    const uint64_t seed =
        run_seed(scenario->run.seed, (unsigned)arguments->replication);

    if (!find_times(arguments, &scenario->run, &params))
        return EXIT_USAGE;
    output = output_path(arguments, scenario, format);
    return strcmp(output, "-") == 0 ? write_stdout(scenario, seed, &params)
                                    : write_file(scenario, seed, &params, output);
}

static int trace_run(int argc, char **argv)
{
    g_auto(Arguments) arguments = { 0 };
    const GOptionEntry entries[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output,
          "where it goes (default: NAME.xentrace or NAME.json); - for stdout", "FILE" },
        { "format", 'f', 0, G_OPTION_ARG_STRING, &arguments.format,
          "xentrace (default), for xenalyze, or json, for Perfetto", "FORMAT" },
        { "from", 0, 0, G_OPTION_ARG_STRING, &arguments.from,
          "simulated time at which it begins (default: the end of the warm-up)",
          "TIME" },
        { "until", 0, 0, G_OPTION_ARG_STRING, &arguments.until,
          "simulated time at which it ends (default: 1s later)", "TIME" },
        { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.settings,
          "override a key, such as run.duration=1s", "GROUP.KEY=TEXT" },
        { "replication", 0, 0, G_OPTION_ARG_INT, &arguments.replication,
          "which one, as results number them (default: 0)", "N" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "trace",
        .usage = "SCENARIO",
        .description =
            "Simulates one run of the scenario, and writes down what happens: "
            "who runs where, run\nstates, and every exit of HVM guests. A "
            "sweep has to be narrowed to one combination by\n--set.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    const TracerOps *format;
    ExitStatus status;

    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    if (arguments.replication < 0) {
        g_printerr("hvmsim trace: --replication = %d: expected 0 or more\n",
                   arguments.replication);
        return EXIT_USAGE;
    }
    format = find_format(arguments.format);
    return format ? trace(argv[1], &arguments, format) : EXIT_USAGE;
}

const Command trace_command = {
    .name = "trace",
    .summary = "write down one run for trace viewers: xentrace, or JSON for Perfetto",
    .run = trace_run,
};
