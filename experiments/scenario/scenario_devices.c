#include "experiments/scenario/scenario_reader.h"
#include "models/suggest.h"

#include <string.h>

const PlacementOps *section_find_placement(const Section *section, const char *name,
                                           GError **error)
{
    const PlacementOps *ops = placement_ops_by_name(name, NULL);

    if (!ops)
        section_refuse_name(section, "placement", name, error);
    return ops;
}

/* What the release of Xen decides stands for an absent key. */
static void set_defaults_of_release(Section *section, const XenRelease *xen)
{
    const Option *table = section->bindings[0].table;
    const DeviceModelKeys keys = { .n_posted_places = xen->n_posted_places,
                                   .completion = (int)xen->completion };
    static const char *const names[] = { "buffered-entries", "completion" };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = option_format(option_find(table, names[i]), &keys);

        if (!ini_group_find(section->group, names[i]))
            ini_group_set(section->group, names[i], text, section->group->place);
    }
}

/* The list's registers and devices are served there. */
static bool move(DeviceMap *map, const Section *section, const char *key,
                 const char *list, ServedBy where, GError **error)
{
    g_auto(GStrv) names = g_strsplit_set(list, ", ", -1);
    g_autoptr(GPtrArray) known = device_map_names(where);

    for (unsigned i = 0; names[i]; i++) {
        const char *name = names[i];
        g_autofree char *choice = NULL;

        if (*name == '\0' || strcmp(list, "none") == 0)
            continue;
        if (g_ptr_array_find_with_equal_func(known, name, g_str_equal, NULL)) {
            device_map_move(map, name, where);
            continue;
        }
        choice = suggest_among(name, known);
        section_error(section, key, list, error,
                      where == SERVED_BY_XEN
                          ? "registers or devices that need no qemu-dm: %s"
                          : "registers or devices that are written: %s",
                      choice);
        return false;
    }
    return true;
}

/* What is only found when select() returns must find it returning. */
static bool check_completion(const Section *section, const DeviceModelKeys *keys,
                             GError **error)
{
    if (keys->completion != COMPLETION_LOST || keys->select_timeout_ns > 0)
        return true;
    section_error(section, "completion", "lost", error,
                  "a select-timeout above 0 beside it");
    return false;
}

bool read_device_model(const Reader *reader, GError **error)
{
    Scenario *scenario = reader->scenario;
    DeviceModelKeys *keys = &scenario->device_model;
    g_auto(Section) section = { 0 };

    section_open(&section, reader, "device-model", keys);
    set_defaults_of_release(&section, scenario->xen);
    if (!section_resolve(&section, reader, error) ||
        !check_completion(&section, keys, error))
        return false;
    scenario->placement = section_find_placement(&section, keys->placement, error);
    if (!scenario->placement)
        return false;
    scenario->device_map = device_map_new(scenario->xen);
    return move(scenario->device_map, &section, "posted", keys->posted,
                SERVED_BY_POSTING, error) &&
           move(scenario->device_map, &section, "in-xen", keys->in_xen, SERVED_BY_XEN,
                error);
}
