#include "cli/arguments.h"

#include "experiments/input/error.h"
#include "experiments/input/suggest.h"
#include "results/error.h"
#include "workloads/error.h"

#include <stdio.h>
#include <string.h>

/* GLib names the option at the end of its message: "Unknown option --sedd". */
static const char *unknown_option(const GError *error)
{
    const char *dashes = strstr(error->message, "--");

    if (!g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
        return NULL;
    return dashes ? dashes + 2 : NULL;
}

static void print_parse_error(const ArgumentSpec *spec, const GError *error)
{
    const char *unknown = unknown_option(error);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const char *nearest = NULL;

    for (const GOptionEntry *entry = spec->entries; entry->long_name; entry++)
        if (*entry->long_name)
            g_ptr_array_add(known, (char *)entry->long_name);
    g_ptr_array_add(known, (char *)"help");
    if (unknown)
        nearest = suggest_word(unknown, known);
    if (nearest)
        g_printerr("hvmsim %s: %s (did you mean --%s?)\n", spec->command,
                   error->message, nearest);
    else
        g_printerr("hvmsim %s: %s\n", spec->command, error->message);
}

/* The option that an argument such as "-j2" is, with its value; NULL if it is none. */
static const GOptionEntry *option_with_value(const ArgumentSpec *spec,
                                             const char *argument)
{
    if (argument[0] != '-' || argument[1] == '\0' || argument[1] == '-' ||
        argument[2] == '\0')
        return NULL;
    for (const GOptionEntry *entry = spec->entries; entry->long_name; entry++)
        if (entry->short_name == argument[1])
            return entry->arg == G_OPTION_ARG_NONE ? NULL : entry;
    return NULL;
}

/* "--jobs=2" for "-j2", which GLib does not understand. */
static void spell_out(const ArgumentSpec *spec, char **argv)
{
    for (; *argv && strcmp(*argv, "--") != 0; argv++) {
        const GOptionEntry *entry = option_with_value(spec, *argv);
        g_autofree char *text =
            entry ? g_strdup_printf("--%s=%s", entry->long_name, *argv + 2) : NULL;

        if (text)
            *argv = (char *)g_intern_string(text);
    }
}

static bool has_right_number(const ArgumentSpec *spec, unsigned n)
{
    if (n >= spec->least && n <= spec->most)
        return true;
    g_printerr("hvmsim %s: expected %s; `hvmsim %s --help` says more\n", spec->command,
               *spec->usage ? spec->usage : "no argument", spec->command);
    return false;
}

static GOptionContext *context_new(const ArgumentSpec *spec)
{
    GOptionContext *context = g_option_context_new(spec->usage);

    g_option_context_set_description(context, spec->description);
    g_option_context_add_main_entries(context, spec->entries, NULL);
    return context;
}

static void print_help(const ArgumentSpec *spec)
{
    g_autoptr(GOptionContext) context = context_new(spec);
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);

    fputs(help, stdout);
}

static void drop_end_of_options(int *argc, char **argv)
{
    if (*argc < 2 || strcmp(argv[1], "--") != 0)
        return;
    memmove(argv + 1, argv + 2, (size_t)(*argc - 1) * sizeof(char *));
    (*argc)--;
}

/* GLib's own --help would end the process before main can tell whether it was written.
 */
bool arguments_parse(const ArgumentSpec *spec, int *argc, char ***argv,
                     ExitStatus *status)
{
    g_autoptr(GOptionContext) context = context_new(spec);
    g_autoptr(GError) error = NULL;
    gboolean is_help = FALSE;
    const GOptionEntry help[] = {
        { "help", 'h', G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &is_help, NULL, NULL },
        { 0 },
    };

    *status = EXIT_USAGE;
    g_option_context_add_main_entries(context, help, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    spell_out(spec, *argv + 1);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        print_parse_error(spec, error);
        return false;
    }
    if (is_help) {
        print_help(spec);
        *status = EXIT_OK;
        return false;
    }
    drop_end_of_options(argc, *argv);
    return has_right_number(spec, (unsigned)*argc - 1);
}

static ExitStatus exit_status_of_experiment(ExperimentError code)
{
    switch (code) {
    case EXPERIMENT_ERROR_INPUT:
        return EXIT_INPUT;
    case EXPERIMENT_ERROR_IO:
        return EXIT_IO;
    case EXPERIMENT_ERROR_NAME:
        return EXIT_USAGE;
    }
    g_assert_not_reached();
}

ExitStatus exit_status_of(const GError *error)
{
    if (error->domain == EXPERIMENT_ERROR)
        return exit_status_of_experiment((ExperimentError)error->code);
    if (g_error_matches(error, RESULTS_ERROR, RESULTS_ERROR_VIEW))
        return EXIT_USAGE;
    if (error->domain == RESULTS_ERROR || error->domain == G_FILE_ERROR ||
        g_error_matches(error, WORKLOAD_ERROR, WORKLOAD_ERROR_READ))
        return EXIT_IO;
    return EXIT_INPUT;
}

ExitStatus fail_with(const char *command, const GError *error)
{
    g_printerr("hvmsim %s: %s\n", command, error->message);
    return exit_status_of(error);
}
