#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/metric_option.h"
#include "cli/results_folder.h"
#include "results/plots.h"

#include <stdio.h>

#define LEAST_WIDTH_CM 5
#define MOST_WIDTH_CM  100

typedef struct {
    char *campaign, *output, *axis, *lines, *group, *width_cm;
    char **held, **metrics;
    gboolean is_log;
} Arguments;

/* How many there are, and what is to be known of them. */
static void tell(const PlotsDrawn *drawn, const char *folder)
{
    if (drawn->n_drawn > 0)
        printf("%u figure%s in %s, as SVG and PDF.\n", drawn->n_drawn,
               drawn->n_drawn == 1 ? "" : "s", folder);
    for (unsigned i = 0; i < drawn->notes->len; i++)
        g_printerr("hvmsim plot: %s\n", (char *)g_ptr_array_index(drawn->notes, i));
}

static const char *what_is_needed(const PlotRequest *request)
{
    if (request->n_metrics > 0)
        return "a number that varies in [sweep], and such a metric";
    return request->view.group
               ? "requests of these guests, and a number that varies in "
                 "[sweep]; --metric may have other figures"
               : PLOTS_NEED;
}

static ExitStatus plot(const char *path, const Arguments *arguments,
                       const PlotRequest *request)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = results_open(path, &error);
    const char *folder = arguments->output ? arguments->output : RESULTS_FIGURES;
    g_auto(PlotsDrawn) drawn = { 0 };

    if (!database ||
        !plots_draw(database, arguments->campaign, request, folder, &drawn, &error))
        return fail_with("plot", error);
    if (drawn.n_drawn == 0) {
        g_printerr("hvmsim plot: %s: nothing to draw; expected %s\n", path,
                   what_is_needed(request));
        return EXIT_IO;
    }
    campaign_note_incomplete("plot", path, database, arguments->campaign);
    tell(&drawn, folder);
    return EXIT_OK;
}

static bool parse_width(const char *text, double *width_cm)
{
    char *end;

    if (!text)
        return true;
    *width_cm = g_ascii_strtod(text, &end);
    if (*text && !*end && *width_cm >= LEAST_WIDTH_CM && *width_cm <= MOST_WIDTH_CM)
        return true;
    g_printerr("hvmsim plot: --width-cm = %s: expected a number from %d to %d, such as "
               "8.5\n",
               text, LEAST_WIDTH_CM, MOST_WIDTH_CM);
    return false;
}

static ExitStatus plot_arguments(const char *path, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    SummaryColumn metrics[COLUMNS];
    PlotRequest request = {
        .view = { arguments->axis, arguments->lines,
                  (const char *const *)arguments->held, arguments->group },
        .metrics = metrics,
        .style.is_log = arguments->is_log,
    };

    if (!parse_width(arguments->width_cm, &request.style.width_cm))
        return EXIT_USAGE;
    if (arguments->metrics &&
        !metric_parse_all(arguments->metrics, metrics, &request.n_metrics, &error))
        return fail_with("plot", error);
    return plot(path, arguments, &request);
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
        { "metric", 'm', 0, G_OPTION_ARG_STRING_ARRAY, &arguments.metrics,
          "this column of the table (hvmsim list columns) over the axis, instead of "
          "the "
          "usual figures; may be repeated",
          "NAME" },
        { "width-cm", 'w', 0, G_OPTION_ARG_STRING, &arguments.width_cm,
          "how wide they are, such as 8.5 for a column of a paper", "NUMBER" },
        { "log", 0, 0, G_OPTION_ARG_NONE, &arguments.is_log,
          "a logarithmic scale for values over the axis", NULL },
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
        status = plot_arguments(argv[1], &arguments);
    g_free(arguments.campaign);
    g_free(arguments.output);
    g_free(arguments.axis);
    g_free(arguments.lines);
    g_free(arguments.group);
    g_free(arguments.width_cm);
    g_strfreev(arguments.metrics);
    g_strfreev(arguments.held);
    return status;
}

const Command plot_command = {
    .name = "plot",
    .summary = "draw the figures from a results database",
    .run = plot_run,
};
