#include "cli/list_costs.h"

#include "cli/arguments.h"
#include "cli/named_profile.h"
#include "experiments/input/data_path.h"
#include "results/text_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static ExitStatus list_profiles(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = data_path_names(DATA_COSTS, &error);

    for (unsigned i = 0; names && i < names->len; i++) {
        g_autoptr(CostProfile) profile =
            named_profile_load("costs", g_ptr_array_index(names, i), &error);

        if (!profile)
            return fail_with("list", error);
        printf("%-18s %s\n", profile->name, profile->summary);
    }
    return names ? EXIT_OK : fail_with("list", error);
}

/* One profile. */

static void print_origin(Standing standing, const char *summary, const char *source)
{
    printf("  %-9s  %s\n  %s\n", standing_name(standing), summary, source);
}

static void print_figure(const CostProfile *profile, Cost cost)
{
    const CostFigure *figure = &profile->figures[cost];
    g_autofree char *interval =
        figure->low_cycles == figure->high_cycles
            ? g_strdup("")
            : g_strdup_printf("%" PRId64 " to %" PRId64, figure->low_cycles,
                              figure->high_cycles);

    printf("%-16s %8" PRId64 " cycles %9.3f us  %-17s", cost_key(cost), figure->cycles,
           (double)cost_ns(profile, cost) / 1e3, interval);
    print_origin(figure->standing, cost_summary(cost), figure->source);
}

static void print_instruction(const CostProfile *profile)
{
    g_autofree char *interval =
        profile->cpi_low_milli == profile->cpi_high_milli
            ? g_strdup("")
            : g_strdup_printf("%.3f to %.3f", (double)profile->cpi_low_milli / 1e3,
                              (double)profile->cpi_high_milli / 1e3);

    printf("%-16s %8.3f cycles %12s  %-17s", "instruction",
           (double)profile->cpi_milli / 1e3, "", interval);
    print_origin(profile->cpi_standing, "a guest's instruction", profile->cpi_source);
}

static void print_cache(CacheLevel level, const CacheFigure *cache)
{
    printf("%-16s %8" PRId64 " KiB %33s", cache_level_key(level), cache->bytes / 1024,
           "");
    print_origin(cache->standing,
                 level == CACHE_PRIVATE ? "cache of a core" : "cache of a socket",
                 cache->source);
}

static ExitStatus print_ledger(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CostProfile) profile = named_profile_load("costs", name, &error);

    if (!profile)
        return fail_with("list", error);
    printf("%s: %s\n\n%-16s %8.3f GHz %15s  %-17s", profile->name, profile->summary,
           "clock", (double)profile->clock_hz / 1e9, "", "");
    print_origin(profile->clock_standing, "the processor's rate",
                 profile->clock_source);
    print_instruction(profile);
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
        print_cache(level, &profile->caches[level]);
    for (Cost cost = 0; cost < COSTS; cost++)
        print_figure(profile, cost);
    return EXIT_OK;
}

/* Several. */

static void add_cell(TextTable *table, Standing standing, int decimals, double value)
{
    g_autofree char *cell =
        g_strdup_printf("%.*f %c", decimals, value, *standing_name(standing));

    text_table_add_cell(table, cell);
}

static void add_profile(TextTable *table, const CostProfile *profile)
{
    const char *year = strrchr(profile->name, '-');
    g_autofree char *name =
        year ? g_strndup(profile->name, (gsize)(year - profile->name)) : NULL;

    text_table_add_column(table, name ? name : profile->name, name ? year + 1 : "",
                          true);
    add_cell(table, profile->clock_standing, 2, (double)profile->clock_hz / 1e9);
    add_cell(table, profile->cpi_standing, 2, (double)profile->cpi_milli / 1e3);
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
        add_cell(table, profile->caches[level].standing, 0,
                 (double)profile->caches[level].bytes / 1024);
    for (Cost cost = 0; cost < COSTS; cost++)
        add_cell(table, profile->figures[cost].standing, 0,
                 (double)cost_ns(profile, cost));
}

static ExitStatus compare(char **names, unsigned n_names)
{
    g_autoptr(TextTable) table = text_table_new();
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    text_table_add_column(table, "", "ns", false);
    text_table_add_cell(table, "clock, GHz");
    text_table_add_cell(table, "instruction, cycles");
    text_table_add_cell(table, "private-cache, KiB");
    text_table_add_cell(table, "shared-cache, KiB");
    for (Cost cost = 0; cost < COSTS; cost++)
        text_table_add_cell(table, cost_key(cost));
    for (unsigned i = 0; i < n_names; i++) {
        g_autoptr(CostProfile) profile = named_profile_load("costs", names[i], &error);

        if (!profile)
            return fail_with("list", error);
        add_profile(table, profile);
    }
    text = text_table_print(table);
    printf("%s\nm measured, p published, a assumed\n", text);
    return EXIT_OK;
}

ExitStatus list_costs(char **profiles, unsigned n_profiles)
{
    if (n_profiles == 0)
        return list_profiles();
    return n_profiles == 1 ? print_ledger(profiles[0]) : compare(profiles, n_profiles);
}
