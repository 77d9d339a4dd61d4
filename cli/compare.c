#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/metric_option.h"
#include "cli/results_folder.h"
#include "results/campaign_state.h"
#include "results/comparison.h"
#include "results/error.h"

#include <stdio.h>

typedef struct {
    char *campaign, *baseline_campaign, *metric, *factor, *baseline;
    gboolean is_csv, has_groups;
} Arguments;

/* is_first: of what is printed. */
static void print(const Comparison *comparison, const Arguments *arguments,
                  SummaryColumn column, bool is_first)
{
    g_autofree char *head =
        arguments->is_csv ? comparison_csv_head(comparison) : g_strdup("\n");
    g_autofree char *text = arguments->is_csv   ? comparison_csv(comparison)
                            : arguments->metric ? comparison_details(comparison, column)
                                                : comparison_table(comparison);

    if (is_first == arguments->is_csv)
        fputs(head, stdout);
    fputs(text, stdout);
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

static bool compare_campaigns(char **paths, const Arguments *arguments,
                              SummaryColumn column, GError **error)
{
    g_autoptr(Database) baseline = results_open(paths[0], error);
    g_autoptr(Database) other = baseline ? results_open(paths[1], error) : NULL;
    const ComparisonSide sides[SIDES] = {
        [SIDE_BASELINE] = { .database = baseline,
                            .campaign_hash = arguments->baseline_campaign,
                            .label = paths[0] },
        [SIDE_OTHER] = { .database = other,
                         .campaign_hash = arguments->campaign,
                         .label = paths[1] },
    };
    g_autoptr(Comparison) comparison = NULL;

    if (!other)
        return false;
    comparison = comparison_new(sides, arguments->has_groups, error);
    if (!comparison)
        return false;
    note_campaigns(sides); /* before what sets errno, if stdout cannot be written */
    print(comparison, arguments, column, true);
    return true;
}

/* Values of one factor. */

/* The first one, unless another is asked for; NULL and an error if there is no such
 * one. */
static const char *choose_baseline(const char *const *values, const char *factor,
                                   const char *asked, GError **error)
{
    g_autofree char *known = NULL;

    if (!asked)
        return values[0];
    if (g_strv_contains(values, asked))
        return asked;
    known = g_strjoinv(", ", (char **)(uintptr_t)values);
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "--baseline = %s: expected one of %s, which %s is", asked, known,
                factor);
    return NULL;
}

static bool compare_values(Database *database, const Arguments *arguments,
                           const char *factor, const char *const *values,
                           SummaryColumn column, GError **error)
{
    const char *baseline = choose_baseline(values, factor, arguments->baseline, error);
    bool is_first = true;

    for (; baseline && *values; values++) {
        const ComparisonSide sides[SIDES] = {
            [SIDE_BASELINE] = { database, arguments->campaign, baseline, factor,
                                baseline },
            [SIDE_OTHER] = { database, arguments->campaign, *values, factor, *values },
        };
        g_autoptr(Comparison) comparison = NULL;

        if (g_str_equal(*values, baseline))
            continue;
        comparison = comparison_new(sides, arguments->has_groups, error);
        if (!comparison)
            return false;
        print(comparison, arguments, column, is_first);
        is_first = false;
    }
    return baseline != NULL;
}

static bool compare_factor(const char *path, const Arguments *arguments,
                           SummaryColumn column, GError **error)
{
    g_autoptr(Database) database = results_open(path, error);
    g_autofree char *factor = NULL;
    g_auto(GStrv) values = database
                               ? comparison_values(database, arguments->campaign,
                                                   arguments->factor, &factor, error)
                               : NULL;

    if (!values)
        return false;
    campaign_note_incomplete("compare", path, database, arguments->campaign);
    return compare_values(database, arguments, factor, (const char *const *)values,
                          column, error);
}

static bool compare(char **paths, const Arguments *arguments, GError **error)
{
    SummaryColumn column = COLUMNS;

    if (arguments->metric && !metric_parse(arguments->metric, &column, error))
        return false;
    return arguments->factor ? compare_factor(paths[0], arguments, column, error)
                             : compare_campaigns(paths, arguments, column, error);
}

/* One database with --factor, else two. */
static bool has_right_number(int n_paths, const Arguments *arguments)
{
    if ((n_paths == 1) == (arguments->factor != NULL))
        return true;
    g_printerr("hvmsim compare: expected %s; `hvmsim compare --help` says more\n",
               arguments->factor ? "one DATABASE beside --factor"
                                 : "BASELINE OTHER, or --factor KEY and one DATABASE");
    return false;
}

static int compare_run(int argc, char **argv)
{
    Arguments arguments = { 0 };
    const GOptionEntry entries[] = {
        { "campaign", 'c', 0, G_OPTION_ARG_STRING, &arguments.campaign,
          "of OTHER, or with --factor, whose hash begins so (default: the one run "
          "last)",
          "HASH" },
        { "baseline-campaign", 'b', 0, G_OPTION_ARG_STRING,
          &arguments.baseline_campaign, "the same of BASELINE", "HASH" },
        { "factor", 'f', 0, G_OPTION_ARG_FILENAME, &arguments.factor,
          "compare the values of this swept key in one campaign", "KEY" },
        { "baseline", 0, 0, G_OPTION_ARG_FILENAME, &arguments.baseline,
          "the value that others are held against (default: the first one)", "VALUE" },
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
        { "baseline-campaign", "factor", OPTION_ALONE, "which looks at one campaign" },
        { "baseline", "factor", OPTION_BESIDE, NULL },
        { 0 },
    };
    const ArgumentSpec spec = {
        .command = "compare",
        .usage = "BASELINE [OTHER]",
        .description =
            "Both are databases, or output folders of `hvmsim run`; they may "
            "be the same one, with two campaigns.\nWith --factor there is one "
            "alone.\n",
        .entries = entries,
        .rules = rules,
        .least = 1,
        .most = 2,
    };
    g_autoptr(GError) error = NULL;
    ExitStatus status;

    if (arguments_parse(&spec, &argc, &argv, &status)) {
        if (!has_right_number(argc - 1, &arguments))
            status = EXIT_USAGE;
        else
            status = compare(argv + 1, &arguments, &error)
                         ? EXIT_OK
                         : fail_with("compare", error);
    }
    g_free(arguments.campaign);
    g_free(arguments.baseline_campaign);
    g_free(arguments.metric);
    g_free(arguments.factor);
    g_free(arguments.baseline);
    return status;
}

const Command compare_command = {
    .name = "compare",
    .summary = "what changed from one campaign to another one, and how certainly",
    .run = compare_run,
};
