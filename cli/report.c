#include "cli/arguments.h"
#include "cli/results_folder.h"
#include "results/summary.h"

#include <stdio.h>

typedef struct {
    char *campaign;
    gboolean is_csv;
} Arguments;

static bool print_csv(Database *database, const char *campaign, GError **error)
{
    g_autoptr(Summary) summary = summary_new(database, campaign, error);
    g_autofree char *csv = summary ? summary_csv(summary) : NULL;

    if (csv)
        fputs(csv, stdout);
    return csv != NULL;
}

static ExitCode report(const char *path, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = results_open(path, &error);
    bool is_printed;

    if (!database)
        return fail_with("report", error);
    is_printed = arguments->is_csv
                     ? print_csv(database, arguments->campaign, &error)
                     : results_report(database, arguments->campaign, &error);
    return is_printed ? EXIT_OK : fail_with("report", error);
}

static int report_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "campaign", 'c', 0, G_OPTION_ARG_STRING, &arguments.campaign,
          "of this hash, if the database has several (default: the one added last)",
          "HASH" },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &arguments.is_csv,
          "the table as CSV, and no sentences", NULL },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "report",
        .usage = "DATABASE",
        .description = "DATABASE is a file, or the output folder of `hvmsim run`.\n",
        .entries = entries,
        .least = 1,
        .most = 1,
    };
    ExitCode code = EXIT_USAGE;

    if (arguments_parse(&spec, &argc, &argv))
        code = report(argv[1], &arguments);
    g_free(arguments.campaign);
    return code;
}

const Command report_command = {
    .name = "report",
    .summary = "the table and what it shows, from a results database",
    .run = report_run,
};
