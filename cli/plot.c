#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/results_folder.h"
#include "results/plots.h"

#include <stdio.h>

typedef struct {
    char *campaign, *output, *axis, *lines, *group;
    char **held;
} Arguments;

static ExitStatus plot(const char *path, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = results_open(path, &error);
    const char *folder = arguments->output ? arguments->output : RESULTS_FIGURES;
    const StudyView view = { arguments->axis, arguments->lines,
                             (const char *const *)arguments->held, arguments->group };
    unsigned n_drawn;

    if (!database ||
        !plots_draw(database, arguments->campaign, &view, folder, &n_drawn, &error))
        return fail_with("plot", error);
    if (n_drawn == 0) {
        g_printerr("hvmsim plot: %s: nothing to draw; expected %s\n", path, PLOTS_NEED);
        return EXIT_IO;
    }
    campaign_note_incomplete("plot", path, database, arguments->campaign);
    printf("%u figures in %s, as SVG and PDF.\n", n_drawn, folder);
    return EXIT_OK;
}

static int plot_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "campaign", 'c', 0, G_OPTION_ARG_STRING, &arguments.campaign,
          "whose hash begins so, if there are several (default: the one run last)",
          "HASH" },
        { "axis", 'x', 0, G_OPTION_ARG_FILENAME, &arguments.axis,
          "the swept key along the axis (default: the first one of numbers)", "KEY" },
        { "lines", 'l', 0, G_OPTION_ARG_FILENAME, &arguments.lines,
          "the swept key that has a line for each value (default: the placement)",
          "KEY" },
        { "at", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.held,
          "hold this swept key at this value (default: its first one); may be repeated",
          "KEY=VALUE" },
        { "domain", 'd', 0, G_OPTION_ARG_FILENAME, &arguments.group,
          "of this group of domains alone: throughput and latency", "NAME" },
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &arguments.output,
          "where the figures go (default: " RESULTS_FIGURES ")", "FOLDER" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "plot",
        .usage = "DATABASE",
        .description = "DATABASE is a file, or the output folder of `hvmsim run`.\n"
                       "Figures are drawn by gnuplot, as SVG and PDF.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = plot(argv[1], &arguments);
    g_free(arguments.campaign);
    g_free(arguments.output);
    g_free(arguments.axis);
    g_free(arguments.lines);
    g_free(arguments.group);
    g_strfreev(arguments.held);
    return status;
}

const Command plot_command = {
    .name = "plot",
    .summary = "draw the figures from a results database",
    .run = plot_run,
};
