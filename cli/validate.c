#include "cli/arguments.h"
#include "cli/validate_captures.h"
#include "cli/validate_targets.h"

#define TARGETS_MAX 1000

typedef struct {
    char *captures, *profile, *output;
    int jobs;
    gboolean is_list;
} Arguments;

static void arguments_clear(Arguments *arguments)
{
    g_free(arguments->captures);
    g_free(arguments->profile);
    g_free(arguments->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static int validate(const Arguments *arguments, char **names)
{
    if (arguments->jobs < 1) {
        g_printerr("hvmsim validate: --jobs = %d: expected 1 or more\n",
                   arguments->jobs);
        return EXIT_USAGE;
    }
    if (arguments->captures && *names) {
        g_printerr(
            "hvmsim validate: expected --captures DIR without targets, or targets\n");
        return EXIT_USAGE;
    }
    if (arguments->captures)
        return validate_captures(
            &(CapturesArguments){ .folder = arguments->captures,
                                  .profile = arguments->profile,
                                  .output = arguments->output,
                                  .n_jobs = (unsigned)arguments->jobs });
    return validate_targets(names,
                            &(ValidationArguments){ .n_jobs = (unsigned)arguments->jobs,
                                                    .is_list = arguments->is_list,
                                                    .output = arguments->output });
}

static int validate_run(int argc, char **argv)
{
    g_auto(Arguments) arguments = { .jobs = (int)g_get_num_processors() };
    const GOptionEntry entries[] = {
        { "list", 'l', 0, G_OPTION_ARG_NONE, &arguments.is_list,
          "say which targets there are, and run none", NULL },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &arguments.jobs,
          "runs at once (default: one for each processor)", "N" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output,
          "write table.md, figures.csv and a figure of each target there, or "
          "captures.csv",
          "FOLDER" },
        { "captures", 0, 0, G_OPTION_ARG_FILENAME, &arguments.captures,
          "predict each capture of this folder instead, and compare", "DIR" },
        { "profile", 0, 0, G_OPTION_ARG_STRING, &arguments.profile,
          "hardware profile for captures (default: capture-4.17)", "NAME" },
        { 0 },
    };
    static const OptionRule rules[] = {
        { "list", "captures", OPTION_ALONE, "which are no targets" },
        { "output", "list", OPTION_ALONE, "which runs none" },
        { "profile", "captures", OPTION_BESIDE, NULL },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "validate",
        .usage = "[TARGET...]",
        .description =
            "Simulates what others have published or what follows from theory, and "
            "compares; all\ntargets that ship, or those named. Exit status: 0 all "
            "inside their tolerance, 3 bad input,\n6 something is outside.\n",
        .entries = entries,
        .rules = rules,
        .least = 0,
        .most = TARGETS_MAX,
    };
    ExitStatus status;

    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    return validate(&arguments, argv + 1);
}

const Command validate_command = {
    .name = "validate",
    .summary = "compare with published figures, or with captures of a real Xen",
    .run = validate_run,
};
