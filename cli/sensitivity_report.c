#include "cli/sensitivity_report.h"

#include "cli/metric_option.h"
#include "experiments/input/data_path.h"
#include "experiments/scenario/cost_change.h"
#include "experiments/scenario/cost_profile.h"

#include <stdio.h>
#include <string.h>

static const SummaryColumn usual_columns[] = { COLUMN_TRANSFERS_PER_S,
                                               COLUMN_LATENCY_P99_US,
                                               COLUMN_DOM0_CPU_PERCENT };

bool sensitivity_parse_metrics(char *const *metrics, SummaryColumn *columns,
                               unsigned *n_columns, GError **error)
{
    if (!metrics) {
        *n_columns = G_N_ELEMENTS(usual_columns);
        memcpy(columns, usual_columns, sizeof usual_columns);
        return true;
    }
    return metric_parse_all(metrics, columns, n_columns, error);
}

/* NULL if it is not among those that ship. */
static CostProfile *load_profile(const char *name)
{
    g_autofree char *path = name ? data_path_find_named(DATA_COSTS, name, NULL) : NULL;

    return path ? cost_profile_load(path, NULL) : NULL;
}

static GHashTable *standings_of(const CostProfile *profile)
{
    GHashTable *standings = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GArray) entries = cost_entries(profile);

    for (unsigned i = 0; i < entries->len; i++) {
        const CostEntry *entry = &g_array_index(entries, CostEntry, i);

        g_hash_table_insert(standings, (char *)entry->key,
                            (char *)standing_name(entry->standing));
    }
    return standings;
}

bool sensitivity_print(const Summary *summary, const SummaryColumn *columns,
                       unsigned n_columns, bool is_csv)
{
    g_autoptr(Sensitivity) sensitivity = sensitivity_new(summary, columns, n_columns);
    g_autoptr(CostProfile) profile = load_profile(summary->profile_name);
    g_autoptr(GHashTable) standings = profile ? standings_of(profile) : NULL;
    g_autofree char *text = NULL;

    if (!sensitivity)
        return false;
    text = is_csv ? sensitivity_csv(sensitivity, standings)
                  : sensitivity_text(sensitivity, standings);
    if (!is_csv)
        printf("%s, hardware profile %s, one figure at a time at the ends of its "
               "interval;\nin percent of the unchanged profile's, with 95 %% "
               "confidence.\n\n",
               summary->scenario_name,
               summary->profile_name ? summary->profile_name : "(several)");
    fputs(text, stdout);
    return true;
}

char *sensitivity_ledger_line(const char *profile_name)
{
    g_autoptr(CostProfile) profile = load_profile(profile_name);
    g_autoptr(GArray) entries = profile ? cost_entries(profile) : NULL;
    unsigned n_assumed = 0;

    if (!profile)
        return NULL;
    for (unsigned i = 0; i < entries->len; i++)
        n_assumed += g_array_index(entries, CostEntry, i).standing == STANDING_ASSUMED;
    return g_strdup_printf(
        "%u of %u figures of %s are assumed (hvmsim list costs %s);\n"
        "hvmsim sensitivity tells which of them matter.\n",
        n_assumed, entries->len, profile->name, profile->name);
}
