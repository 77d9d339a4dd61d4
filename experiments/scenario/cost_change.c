#include "experiments/scenario/cost_change.h"

#include "experiments/input/error.h"
#include "experiments/scenario/cost_profile.h"
#include "models/suggest.h"

#include <string.h>

static const char instruction_key[] = "instruction";

static CostEntry entry_of(const CostProfile *profile, Cost cost)
{
    const CostFigure *figure = &profile->figures[cost];

    return (CostEntry){ cost_key(cost), figure->standing,
                        figure->low_cycles < figure->high_cycles };
}

GArray *cost_entries(const CostProfile *profile)
{
    GArray *entries = g_array_new(false, false, sizeof(CostEntry));
    const CostEntry instruction = { instruction_key, profile->cpi_standing,
                                    profile->cpi_low_milli < profile->cpi_high_milli };

    g_array_append_val(entries, instruction);
    for (Cost cost = 0; cost < COSTS; cost++) {
        const CostEntry entry = entry_of(profile, cost);

        g_array_append_val(entries, entry);
    }
    return entries;
}

static bool change_error(GError **error, const char *part, const char *expected)
{
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT, "%s in \"%s\"",
                expected, part);
    return false;
}

static bool change_instruction(CostProfile *profile, const char *to)
{
    if (strcmp(to, "low") == 0)
        profile->cpi_milli = profile->cpi_low_milli;
    else if (strcmp(to, "high") == 0)
        profile->cpi_milli = profile->cpi_high_milli;
    else
        return cost_parse_cpi_milli(to, &profile->cpi_milli);
    return true;
}

static bool change_figure(CostProfile *profile, Cost cost, const char *to)
{
    CostFigure *figure = &profile->figures[cost];

    if (strcmp(to, "low") == 0)
        figure->cycles = figure->low_cycles;
    else if (strcmp(to, "high") == 0)
        figure->cycles = figure->high_cycles;
    else
        return cost_parse_cycles(to, profile->clock_hz, &figure->cycles);
    return true;
}

static bool unknown_figure(const char *key, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    g_ptr_array_add(known, (char *)instruction_key);
    for (Cost cost = 0; cost < COSTS; cost++)
        g_ptr_array_add(known, (char *)cost_key(cost));
    choice = suggest_among(key, known);
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "none, or one of the figures %s", choice);
    return false;
}

/* "refill high". */
static bool apply_part(CostProfile *profile, const char *part, GError **error)
{
    const char *space = strchr(part, ' ');
    g_autofree char *key = space ? g_strndup(part, (gsize)(space - part)) : NULL;
    const char *to = space ? space + 1 : "";

    if (!key)
        return change_error(error, part, "a figure and low, high or a value");
    if (strcmp(key, instruction_key) == 0)
        return change_instruction(profile, to) ||
               change_error(error, part, "low, high or cycles such as 1.25 cycles");
    for (Cost cost = 0; cost < COSTS; cost++)
        if (strcmp(key, cost_key(cost)) == 0)
            return change_figure(profile, cost, to) ||
                   change_error(error, part,
                                "low, high, cycles or a time up to 1s, such as 790 "
                                "cycles or 0.3us,");
    return unknown_figure(key, error);
}

CostProfile *cost_change_apply(const CostProfile *profile, const char *change,
                               GError **error)
{
    g_autoptr(CostProfile) changed = cost_profile_copy(profile);
    g_auto(GStrv) parts = g_strsplit(change, "+", -1);

    if (strcmp(change, "none") == 0)
        return g_steal_pointer(&changed);
    for (unsigned i = 0; parts[i]; i++)
        if (!apply_part(changed, g_strstrip(parts[i]), error))
            return NULL;
    return g_steal_pointer(&changed);
}
