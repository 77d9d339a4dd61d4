#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/metric_option.h"
#include "cli/results_folder.h"
#include "results/campaign_state.h"
#include "results/comparison.h"

#include <stdio.h>

typedef struct {
    char *campaign, *baseline_campaign, *metric;
    gboolean is_csv, has_groups;
} Arguments;

static char *compare_text(const Comparison *comparison, const Arguments *arguments,
                          SummaryColumn column)
{
    if (arguments->is_csv)
        return comparison_csv(comparison);
    return arguments->metric ? comparison_details(comparison, column)
                             : comparison_table(comparison);
}

/* Which is rarely what somebody wants to know. */
static void note_same_campaign(const ComparisonSide *sides)
{
    g_autoptr(CampaignState) baseline = campaign_state_new(
        sides[SIDE_BASELINE].database, sides[SIDE_BASELINE].campaign_hash, NULL);
    g_autoptr(CampaignState) other = campaign_state_new(
        sides[SIDE_OTHER].database, sides[SIDE_OTHER].campaign_hash, NULL);

    if (baseline && other && g_str_equal(baseline->hash, other->hash))
        g_printerr("hvmsim compare: both sides are the same campaign, %.*s; "
                   "--baseline-campaign and --campaign choose one that `hvmsim report "
                   "--list %s` has\n",
                   CAMPAIGN_DIGITS, baseline->hash, sides[SIDE_BASELINE].label);
}

static void note_campaigns(const ComparisonSide *sides)
{
    note_same_campaign(sides);
    for (unsigned i = 0; i < SIDES; i++)
        campaign_note_incomplete("compare", sides[i].label, sides[i].database,
                                 sides[i].campaign_hash);
}

static bool compare(char **paths, const Arguments *arguments, GError **error)
{
    SummaryColumn column = COLUMNS;

    if (arguments->metric && !metric_parse(arguments->metric, &column, error))
        return false;

    g_autoptr(Database) baseline = results_open(paths[0], error);
    g_autoptr(Database) other = baseline ? results_open(paths[1], error) : NULL;
    const ComparisonSide sides[SIDES] = {
        [SIDE_BASELINE] = { baseline, arguments->baseline_campaign, paths[0] },
        [SIDE_OTHER] = { other, arguments->campaign, paths[1] },
    };
    g_autoptr(Comparison) comparison = NULL;
    g_autofree char *text = NULL;

    if (!other)
        return false;
    comparison = comparison_new(sides, arguments->has_groups, error);
    if (!comparison)
        return false;
    text = compare_text(comparison, arguments, column);
    note_campaigns(sides); /* before what sets errno, if stdout cannot be written */
    fputs(text, stdout);
    return true;
}

static int compare_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "campaign", 'c', 0, G_OPTION_ARG_STRING, &arguments.campaign,
          "of OTHER, whose hash begins so (default: the one run last)", "HASH" },
        { "baseline-campaign", 'b', 0, G_OPTION_ARG_STRING,
          &arguments.baseline_campaign, "the same of BASELINE", "HASH" },
        { "metric", 'm', 0, G_OPTION_ARG_STRING, &arguments.metric,
          "this one alone, with its means and intervals", "NAME" },
        { "domains", 'd', 0, G_OPTION_ARG_NONE, &arguments.has_groups,
          "a row for each group of guests and neighbours", NULL },
        { "csv", 0, 0, G_OPTION_ARG_NONE, &arguments.is_csv,
          "all means, ratios and intervals as CSV", NULL },
        { 0 },
    };
    static const OptionRule rules[] = {
        { "metric", "csv", OPTION_ALONE, "which has all of them" },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "compare",
        .usage = "BASELINE OTHER",
        .description =
            "Both are databases, or output folders of `hvmsim run`; they may "
            "be the same one, with two campaigns.\n",
        .entries = entries,
        .rules = rules,
        .least = 2,
        .most = 2,
    };
    g_autoptr(GError) error = NULL;
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status))
        status = compare(argv + 1, &arguments, &error) ? EXIT_OK
                                                       : fail_with("compare", error);
    g_free(arguments.campaign);
    g_free(arguments.baseline_campaign);
    g_free(arguments.metric);
    return status;
}

const Command compare_command = {
    .name = "compare",
    .summary = "what changed from one campaign to another one, and how certainly",
    .run = compare_run,
};
