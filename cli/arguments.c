#include "cli/arguments.h"

#include "experiments/input/error.h"
#include "models/suggest.h"
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

/* Texts that are not of the locale: GLib does not tell which option has one. */

static bool takes_text(const GOptionEntry *entry)
{
    return entry->arg == G_OPTION_ARG_STRING || entry->arg == G_OPTION_ARG_STRING_ARRAY;
}

/* The option that an argument is, of several letters the last one; *value: what stands
 * behind a =, or NULL. NULL if it is none. */
static const GOptionEntry *option_of(const ArgumentSpec *spec, const char *argument,
                                     const char **value)
{
    const char *name = g_str_has_prefix(argument, "--") ? argument + 2 : NULL;
    const char *equals = name ? strchr(name, '=') : NULL;
    const size_t length = equals ? (size_t)(equals - name) : strlen(argument);

    *value = equals ? equals + 1 : NULL;
    if (argument[0] != '-' || argument[1] == '\0')
        return NULL;
    for (const GOptionEntry *entry = spec->entries; entry->long_name; entry++)
        if (name ? strncmp(entry->long_name, name, length) == 0 &&
                       (!equals || entry->long_name[length] == '\0')
                 : entry->short_name == argument[length - 1])
            return entry;
    return NULL;
}

static bool is_of_locale(const char *text)
{
    g_autofree char *converted = g_locale_to_utf8(text, -1, NULL, NULL, NULL);

    return converted != NULL;
}

/* NULL if all of them are. */
static const GOptionEntry *option_not_of_locale(const ArgumentSpec *spec, char **argv)
{
    for (; *argv && strcmp(*argv, "--") != 0; argv++) {
        const char *value;
        const GOptionEntry *entry = option_of(spec, *argv, &value);

        if (!entry || entry->arg == G_OPTION_ARG_NONE)
            continue;
        if (!value)
            value = *++argv;
        if (!value)
            return NULL;
        if (takes_text(entry) && !is_of_locale(value))
            return entry;
    }
    return NULL;
}

static void print_locale_error(const ArgumentSpec *spec, char **argv,
                               const GError *error)
{
    const GOptionEntry *entry = option_not_of_locale(spec, argv);
    const char *charset;

    g_get_charset(&charset);
    g_printerr("hvmsim %s: %s%s: expected text of the locale, whose encoding is %s\n",
               spec->command, entry ? "--" : "",
               entry ? entry->long_name : error->message, charset);
}

static void print_parse_error(const ArgumentSpec *spec, char **argv,
                              const GError *error)
{
    const char *unknown = unknown_option(error);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const char *nearest = NULL;

    if (error->domain == G_CONVERT_ERROR) {
        print_locale_error(spec, argv, error);
        return;
    }
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

/* What options mean to each other. */

static bool is_given(const ArgumentSpec *spec, const char *name)
{
    for (const GOptionEntry *entry = spec->entries; entry->long_name; entry++) {
        if (strcmp(entry->long_name, name) != 0)
            continue;
        g_assert(entry->arg != G_OPTION_ARG_INT); /* it has a default */
        return entry->arg == G_OPTION_ARG_NONE ? *(const gboolean *)entry->arg_data
                                               : *(void **)entry->arg_data != NULL;
    }
    g_assert_not_reached();
}

static bool are_right_together(const ArgumentSpec *spec)
{
    for (const OptionRule *rule = spec->rules; rule && rule->option; rule++) {
        if (!is_given(spec, rule->option) ||
            is_given(spec, rule->other) == (rule->relation == OPTION_BESIDE))
            continue;
        g_printerr(
            "hvmsim %s: --%s: expected %s --%s%s%s\n", spec->command, rule->option,
            rule->relation == OPTION_BESIDE ? "it only beside" : "it without",
            rule->other, rule->reason ? ", " : "", rule->reason ? rule->reason : "");
        return false;
    }
    return true;
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
        print_parse_error(spec, *argv + 1, error);
        return false;
    }
    if (is_help) {
        print_help(spec);
        *status = EXIT_OK;
        return false;
    }
    drop_end_of_options(argc, *argv);
    return are_right_together(spec) && has_right_number(spec, (unsigned)*argc - 1);
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
