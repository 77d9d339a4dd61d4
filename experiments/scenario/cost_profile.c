#include "experiments/scenario/cost_profile.h"

#include "experiments/input/error.h"
#include "experiments/input/ini.h"
#include "models/suggest.h"

#include <string.h>

static const char *const standings[] = {
    [STANDING_MEASURED] = "measured",
    [STANDING_PUBLISHED] = "published",
    [STANDING_ASSUMED] = "assumed",
    NULL,
};

typedef struct {
    char *name, *summary;
} ProfileKeys;

static const Option profile_keys[] = {
    OPTION_TEXT_FIELD(ProfileKeys, name, "name", "", "the profile's name"),
    OPTION_TEXT_FIELD(ProfileKeys, summary, "summary", "", "one line about it"),
    { 0 },
};

typedef struct {
    char *value, *low, *high, *source;
    int standing;
} FigureKeys;

static const Option figure_keys[] = {
    OPTION_TEXT_FIELD(FigureKeys, value, "value", "", "cycles or a time"),
    OPTION_TEXT_FIELD(FigureKeys, low, "low", "", "the least plausible value"),
    OPTION_TEXT_FIELD(FigureKeys, high, "high", "", "the greatest plausible value"),
    OPTION_CHOICE_FIELD(FigureKeys, standing, "standing", "assumed", standings,
                        "how well it is known"),
    OPTION_TEXT_FIELD(FigureKeys, source, "source", "", "where it is from"),
    { 0 },
};

static void figure_keys_clear(FigureKeys *keys)
{
    option_clear(figure_keys, keys);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FigureKeys, figure_keys_clear)

static bool require_key(const IniGroup *group, const char *key, GError **error)
{
    if (ini_group_find(group, key))
        return true;
    ini_group_error(group, error, "needs %s", key);
    return false;
}

static bool read_figure_keys(const IniGroup *group, FigureKeys *keys, GError **error)
{
    const IniBinding binding = { figure_keys, keys };

    return ini_group_read(group, &binding, 1, error) &&
           require_key(group, "value", error) &&
           require_key(group, "standing", error) && require_key(group, "source", error);
}

static IniGroup *need_group(const IniFile *file, const char *head, const char *summary,
                            GError **error)
{
    IniGroup *group = ini_file_find(file, head);

    if (!group)
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                    "%s: [%s]: expected this group: %s", file->path, head, summary);
    return group;
}

static bool read_header(const IniFile *file, CostProfile *profile, GError **error)
{
    const IniGroup *group = need_group(file, "profile", "its name and summary", error);
    ProfileKeys keys = { 0 };
    const IniBinding binding = { profile_keys, &keys };
    const bool is_valid = group && ini_group_read(group, &binding, 1, error) &&
                          require_key(group, "name", error);

    profile->name = keys.name;
    profile->summary = keys.summary;
    return is_valid;
}

static bool read_clock(const IniFile *file, CostProfile *profile, GError **error)
{
    const IniGroup *group =
        need_group(file, "clock", "the rate of the processor's clock", error);
    g_auto(FigureKeys) keys = { 0 };

    if (!group || !read_figure_keys(group, &keys, error))
        return false;
    if (!units_parse(keys.value, UNIT_HZ, &profile->clock_hz) ||
        profile->clock_hz < 1000000 || profile->clock_hz > INT64_C(9200000000)) {
        ini_entry_error(group, ini_group_find(group, "value"), error,
                        "%s, from 1MHz to 9.2GHz", units_describe(UNIT_HZ));
        return false;
    }
    profile->clock_standing = (Standing)keys.standing;
    profile->clock_source = g_steal_pointer(&keys.source);
    return true;
}

bool cost_parse_cpi_milli(const char *text, int64_t *cpi_milli)
{
    const char *unit = strstr(text, " cycles");
    g_autofree char *thousands = NULL;
    int64_t scaled;

    if (!unit || strcmp(unit, " cycles") != 0)
        return false;
    /* A unit of 1,000 leaves the exact decimals to units_parse. */
    thousands = g_strdup_printf("%.*skHz", (int)(unit - text), text);
    if (!units_parse(thousands, UNIT_HZ, &scaled) || scaled < 1 || scaled > 1000000)
        return false;
    *cpi_milli = scaled;
    return true;
}

static bool read_cpi(const IniGroup *group, const char *key, int64_t *cpi_milli,
                     GError **error)
{
    const IniEntry *entry = ini_group_find(group, key);

    if (!entry || cost_parse_cpi_milli(entry->text, cpi_milli))
        return true;
    ini_entry_error(group, entry, error, "cycles of the clock, such as 1.25 cycles");
    return false;
}

static bool check_interval(const IniGroup *group, int64_t low, int64_t value,
                           int64_t high, GError **error)
{
    if (low <= value && value <= high)
        return true;
    ini_entry_error(group, ini_group_find(group, "value"), error,
                    "a value from low to high");
    return false;
}

static bool read_instruction(const IniFile *file, CostProfile *profile, GError **error)
{
    const IniGroup *group =
        need_group(file, "instruction", "what a guest's instruction takes", error);
    g_auto(FigureKeys) keys = { 0 };

    if (!group || !read_figure_keys(group, &keys, error) ||
        !read_cpi(group, "value", &profile->cpi_milli, error))
        return false;
    profile->cpi_low_milli = profile->cpi_high_milli = profile->cpi_milli;
    if (!read_cpi(group, "low", &profile->cpi_low_milli, error) ||
        !read_cpi(group, "high", &profile->cpi_high_milli, error) ||
        !check_interval(group, profile->cpi_low_milli, profile->cpi_milli,
                        profile->cpi_high_milli, error))
        return false;
    profile->cpi_standing = (Standing)keys.standing;
    profile->cpi_source = g_steal_pointer(&keys.source);
    return true;
}

bool cost_parse_cycles(const char *text, int64_t hz, int64_t *cycles)
{
    const char *unit = strstr(text, " cycles");
    int64_t ns;

    if (unit && strcmp(unit, " cycles") == 0) {
        g_autofree char *number = g_strndup(text, (gsize)(unit - text));

        return units_parse(number, UNIT_NONE, cycles) && *cycles >= 0 &&
               *cycles <= hz; /* a second: no step takes as long */
    }
    if (!units_parse(text, UNIT_NS, &ns) || ns < 0 || ns > NS_PER_S)
        return false;
    *cycles = (ns * hz + NS_PER_S - 1) / NS_PER_S; /* fits: hz is below 9.22e9 */
    return true;
}

static bool read_cycles(const IniGroup *group, const char *key, int64_t hz,
                        int64_t *cycles, GError **error)
{
    const IniEntry *entry = ini_group_find(group, key);

    if (!entry || cost_parse_cycles(entry->text, hz, cycles))
        return true;
    ini_entry_error(group, entry, error,
                    "cycles or a time up to 1s, such as 790 cycles or 0.3us");
    return false;
}

static bool read_cache(const IniFile *file, CacheLevel level, CostProfile *profile,
                       GError **error)
{
    const IniGroup *group =
        need_group(file, cache_level_key(level), "the size of a cache", error);
    CacheFigure *cache = &profile->caches[level];
    g_auto(FigureKeys) keys = { 0 };

    if (!group || !read_figure_keys(group, &keys, error))
        return false;
    if (!units_parse(keys.value, UNIT_BYTES, &cache->bytes) || cache->bytes < 0 ||
        cache->bytes > INT64_C(1) << 32) {
        ini_entry_error(group, ini_group_find(group, "value"), error, "%s, up to 4GiB",
                        units_describe(UNIT_BYTES));
        return false;
    }
    cache->standing = (Standing)keys.standing;
    cache->source = g_steal_pointer(&keys.source);
    return true;
}

static bool read_caches(const IniFile *file, CostProfile *profile, GError **error)
{
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
        if (!read_cache(file, level, profile, error))
            return false;
    return true;
}

static bool read_figure(const IniFile *file, Cost cost, CostProfile *profile,
                        GError **error)
{
    const IniGroup *group = need_group(file, cost_key(cost), cost_summary(cost), error);
    CostFigure *figure = &profile->figures[cost];
    g_auto(FigureKeys) keys = { 0 };

    if (!group || !read_figure_keys(group, &keys, error) ||
        !read_cycles(group, "value", profile->clock_hz, &figure->cycles, error))
        return false;
    figure->low_cycles = figure->high_cycles = figure->cycles;
    if (!read_cycles(group, "low", profile->clock_hz, &figure->low_cycles, error) ||
        !read_cycles(group, "high", profile->clock_hz, &figure->high_cycles, error))
        return false;
    if (!check_interval(group, figure->low_cycles, figure->cycles, figure->high_cycles,
                        error))
        return false;
    figure->standing = (Standing)keys.standing;
    figure->source = g_steal_pointer(&keys.source);
    return true;
}

/* A group that is no figure is a misspelt one. */
static bool check_groups(const IniFile *file, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    g_ptr_array_add(known, (char *)"profile");
    g_ptr_array_add(known, (char *)"clock");
    g_ptr_array_add(known, (char *)"instruction");
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
        g_ptr_array_add(known, (char *)cache_level_key(level));
    for (Cost cost = 0; cost < COSTS; cost++)
        g_ptr_array_add(known, (char *)cost_key(cost));
    for (unsigned i = 0; i < file->groups->len; i++) {
        const IniGroup *group = g_ptr_array_index(file->groups, i);

        if (g_ptr_array_find_with_equal_func(known, group->head, g_str_equal, NULL))
            continue;
        choice = suggest_among(group->head, known);
        ini_group_error(group, error, "is none of the groups %s", choice);
        return false;
    }
    return true;
}

CostProfile *cost_profile_load(const char *path, GError **error)
{
    g_autoptr(IniFile) file = ini_file_load(path, NULL, error);
    g_autoptr(CostProfile) profile = cost_profile_new();

    if (!file || !check_groups(file, error) || !read_header(file, profile, error) ||
        !read_clock(file, profile, error) || !read_instruction(file, profile, error) ||
        !read_caches(file, profile, error))
        return NULL;
    for (Cost cost = 0; cost < COSTS; cost++)
        if (!read_figure(file, cost, profile, error))
            return NULL;
    return g_steal_pointer(&profile);
}

char *cost_profile_hash(const CostProfile *profile)
{
    g_autoptr(GString) text = g_string_new(profile->name);

    g_string_append_printf(text, "\n%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                           profile->clock_hz, profile->cpi_milli);
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
        g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n",
                               cache_level_key(level), profile->caches[level].bytes);
    for (Cost cost = 0; cost < COSTS; cost++)
        g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n", cost_key(cost),
                               profile->figures[cost].cycles);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str,
                                         (gssize)text->len);
}

static void append_origin(GString *text, Standing standing, const char *source)
{
    g_string_append_printf(text, "standing = %s\nsource = %s\n",
                           standing_name(standing), source);
}

static void append_cpi(GString *text, const char *key, int64_t cpi_milli)
{
    g_string_append_printf(text,
                           "%s = %" G_GINT64_FORMAT ".%03" G_GINT64_FORMAT " cycles\n",
                           key, cpi_milli / 1000, cpi_milli % 1000);
}

static void append_instruction(GString *text, const CostProfile *profile)
{
    g_string_append(text, "\n[instruction]\n");
    append_cpi(text, "value", profile->cpi_milli);
    if (profile->cpi_low_milli != profile->cpi_high_milli) {
        append_cpi(text, "low", profile->cpi_low_milli);
        append_cpi(text, "high", profile->cpi_high_milli);
    }
    append_origin(text, profile->cpi_standing, profile->cpi_source);
}

static void append_cache(GString *text, CacheLevel level, const CacheFigure *cache)
{
    g_autofree char *size = units_format(cache->bytes, UNIT_BYTES);

    g_string_append_printf(text, "\n[%s]\nvalue = %s\n", cache_level_key(level), size);
    append_origin(text, cache->standing, cache->source);
}

static void append_figure(GString *text, Cost cost, const CostFigure *figure)
{
    g_string_append_printf(text, "\n[%s]\nvalue = %" G_GINT64_FORMAT " cycles\n",
                           cost_key(cost), figure->cycles);
    if (figure->low_cycles != figure->cycles || figure->high_cycles != figure->cycles)
        g_string_append_printf(text,
                               "low = %" G_GINT64_FORMAT " cycles\n"
                               "high = %" G_GINT64_FORMAT " cycles\n",
                               figure->low_cycles, figure->high_cycles);
    append_origin(text, figure->standing, figure->source);
}

bool cost_profile_save(const CostProfile *profile, const char *path, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *clock = units_format(profile->clock_hz, UNIT_HZ);

    g_string_append_printf(text, "[profile]\nname = %s\nsummary = %s\n\n",
                           profile->name, profile->summary);
    g_string_append_printf(text, "[clock]\nvalue = %s\n", clock);
    append_origin(text, profile->clock_standing, profile->clock_source);
    append_instruction(text, profile);
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++)
        append_cache(text, level, &profile->caches[level]);
    for (unsigned i = 0; i < COSTS; i++)
        append_figure(text, (Cost)i, &profile->figures[i]);
    return g_file_set_contents(path, text->str, (gssize)text->len, error);
}
