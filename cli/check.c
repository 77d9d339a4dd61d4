#include "cli/arguments.h"
#include "experiments/batch/experiment_notes.h"

#include <stdio.h>

typedef struct {
    char **settings;
    gboolean is_resolved;
} Arguments;

/* The texts of an axis that some combination has. */
static GHashTable *values_that_run(const Experiment *experiment, unsigned axis)
{
    GHashTable *values = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < experiment->cells->len; i++) {
        const ExperimentCell *cell = g_ptr_array_index(experiment->cells, i);

        g_hash_table_add(
            values, (char *)sweep_value(experiment->sweep, axis, cell->combination));
    }
    return values;
}

static void print_values(const SweepAxis *axis, GHashTable *running, bool is_running)
{
    const char *separator = "";

    for (unsigned i = 0; i < axis->values->len; i++) {
        const char *text = g_ptr_array_index(axis->values, i);

        if (g_hash_table_contains(running, text) != is_running)
            continue;
        printf("%s%s", separator, text);
        separator = ", ";
    }
}

static void print_axes(const Experiment *experiment)
{
    for (unsigned i = 0; i < experiment->sweep->axes->len; i++) {
        const SweepAxis *axis = g_ptr_array_index(experiment->sweep->axes, i);
        g_autoptr(GHashTable) running = values_that_run(experiment, i);

        printf("  %s: ", axis->text);
        print_values(axis, running, true);
        if (g_hash_table_size(running) < axis->values->len) {
            fputs(" (and, in no combination that is run, ", stdout);
            print_values(axis, running, false);
            putchar(')');
        }
        putchar('\n');
    }
}

static void print_constraints(const Experiment *experiment)
{
    const unsigned n_combinations = sweep_count(experiment->sweep);

    if (experiment->cells->len < n_combinations)
        printf("  constraints leave out %u of %u combinations\n",
               n_combinations - experiment->cells->len, n_combinations);
}

static void print_experiment(const char *path, const Experiment *experiment)
{
    g_autoptr(GPtrArray) notes = experiment_notes(experiment);

    printf("%s: %u combination%s, %u run%s\n", path, experiment->cells->len,
           experiment->cells->len == 1 ? "" : "s", experiment_count_runs(experiment),
           experiment_count_runs(experiment) == 1 ? "" : "s");
    print_axes(experiment);
    print_constraints(experiment);
    for (unsigned i = 0; i < notes->len; i++)
        printf("  %s\n", (const char *)g_ptr_array_index(notes, i));
}

static ExitStatus check_file(const char *path, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment =
        experiment_load(path, (const char *const *)arguments->settings, &error);

    if (!experiment)
        return fail_with("check", error);
    if (arguments->is_resolved)
        fputs(experiment->text, stdout);
    else
        print_experiment(path, experiment);
    return EXIT_OK;
}

static int check_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "resolved", 'r', 0, G_OPTION_ARG_NONE, &arguments.is_resolved,
          "print the scenario with every key at its effective value", NULL },
        { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.settings,
          "override a key, such as run.duration=1s", "GROUP.KEY=TEXT" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "check",
        .usage = "SCENARIO...",
        .description = "Reads scenarios with all that they name, and runs nothing.\n",
        .entries = entries,
        .least = 1,
        .most = UINT32_MAX,
    };
    ExitStatus worst = EXIT_OK, status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        for (int i = 1; i < argc; i++) {
            status = check_file(argv[i], &arguments);
            worst = MAX(worst, status);
        }
    else
        worst = status;
    g_strfreev(arguments.settings);
    return worst;
}

const Command check_command = {
    .name = "check",
    .summary = "read a scenario, say what it would run, and run nothing",
    .run = check_run,
};
