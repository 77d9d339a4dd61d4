#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/results_folder.h"
#include "cli/sensitivity_report.h"
#include "results/campaign_state.h"
#include "results/summary.h"

#include <stdio.h>

typedef struct {
    char *campaign;
    char **held;
    gboolean is_csv, is_list, has_groups;
} Arguments;

/* Each group of domains. */
static bool print_groups(Database *database, const Arguments *arguments, GError **error)
{
    g_autoptr(Summary) summary =
        summary_new_by_group(database, arguments->campaign, error);
    g_autofree char *text = NULL;

    if (!summary)
        return false;
    text = arguments->is_csv ? summary_csv(summary) : summary_table(summary);
    fputs(text, stdout);
    return true;
}

static void print_csv(const Summary *summary)
{
    g_autofree char *csv = summary_csv(summary);

    fputs(csv, stdout);
}

static bool print_study(const Summary *summary, const Arguments *arguments,
                        GError **error)
{
    g_autofree char *line = sensitivity_ledger_line(summary->profile_name);
    const StudyView view = { .held = (const char *const *)arguments->held };

    if (!results_print(summary, &view, error))
        return false;
    if (line)
        printf("\n%s", line);
    return true;
}

static bool print_campaigns(const Database *database, GError **error)
{
    g_autoptr(GPtrArray) states = campaign_states_new(database, error);
    g_autofree char *list = states ? campaign_states_list(states) : NULL;

    if (list)
        fputs(list, stdout);
    return list != NULL;
}

static bool print_campaign(Database *database, const Arguments *arguments,
                           GError **error)
{
    g_autoptr(Summary) summary = summary_new(database, arguments->campaign, error);
    SummaryColumn columns[COLUMNS];
    unsigned n_columns;

    if (!summary || !sensitivity_parse_metrics(NULL, columns, &n_columns, error))
        return false;
    if (sensitivity_print(summary, columns, n_columns, arguments->is_csv))
        return true;
    if (!arguments->is_csv)
        return print_study(summary, arguments, error);
    print_csv(summary);
    return true;
}

static ExitStatus report(const char *path, const Arguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = results_open(path, &error);

    if (!database)
        return fail_with("report", error);
    if (arguments->is_list)
        return print_campaigns(database, &error) ? EXIT_OK : fail_with("report", error);
    if (!(arguments->has_groups ? print_groups : print_campaign)(database, arguments,
                                                                 &error))
        return fail_with("report", error);
    campaign_note_incomplete("report", path, database, arguments->campaign);
    return EXIT_OK;
}

static int report_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "campaign", 'c', 0, G_OPTION_ARG_STRING, &arguments.campaign,
          "whose hash begins so, if there are several (default: the one run last)",
          "HASH" },
        { "at", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &arguments.held,
          "sentences of this swept key at this value (default: its first one, or the "
          "last of the axis); may be repeated",
          "KEY=VALUE" },
        { "domains", 'd', 0, G_OPTION_ARG_NONE, &arguments.has_groups,
          "a row for each group of guests and neighbours, and no sentences", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &arguments.is_csv,
          "the table as CSV, and no sentences", NULL },
        { "list", 'l', 0, G_OPTION_ARG_NONE, &arguments.is_list,
          "list the campaigns, and show none", NULL },
        { 0 },
    };
    static const char shows_none[] = "which shows no campaign";
    static const OptionRule rules[] = {
        { "campaign", "list", OPTION_ALONE, shows_none },
        { "domains", "list", OPTION_ALONE, shows_none },
        { "csv", "list", OPTION_ALONE, shows_none },
        { "at", "list", OPTION_ALONE, shows_none },
        { "at", "domains", OPTION_ALONE, "which has no sentences" },
        { "at", "csv", OPTION_ALONE, "which has no sentences" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "report",
        .usage = "DATABASE",
        .description = "DATABASE is a file, or the output folder of `hvmsim run`.\n",
        .entries = entries,
        .rules = rules,
        .least = 1,
        .most = 1,
    };
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = report(argv[1], &arguments);
    g_free(arguments.campaign);
    g_strfreev(arguments.held);
    return status;
}

const Command report_command = {
    .name = "report",
    .summary = "the table and what it shows, from a results database",
    .run = report_run,
};
