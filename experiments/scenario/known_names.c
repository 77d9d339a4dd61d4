#include "experiments/scenario/known_names.h"

#include "models/host/scheduler.h"
#include "models/host/xen_release.h"
#include "models/machine/placement.h"
#include "models/suggest.h"
#include "workloads/source.h"

static void list_schedulers(GPtrArray *names)
{
    for (const SchedulerOps *const *ops = scheduler_ops_all(); *ops; ops++)
        g_ptr_array_add(names, (char *)(*ops)->name);
}

static void list_placements(GPtrArray *names)
{
    for (const PlacementOps *const *ops = placement_ops_all(); *ops; ops++)
        g_ptr_array_add(names, (char *)(*ops)->name);
}

static void list_releases(GPtrArray *names)
{
    for (const XenRelease *xen = xen_releases_all(); xen->name; xen++)
        g_ptr_array_add(names, (char *)xen->name);
}

static void list_sources(GPtrArray *names)
{
    for (const WorkloadSourceOps *const *ops = workload_sources_all(); *ops; ops++)
        g_ptr_array_add(names, (char *)(*ops)->name);
}

typedef struct {
    const char *kind, *key;
    const char *what;
    void (*list)(GPtrArray *names);
} NamingKey;

static const NamingKey naming_keys[] = {
    { "scheduler", "name", "schedulers", list_schedulers },
    { "device-model", "placement", "placements", list_placements },
    { "domain", "placement", "placements", list_placements },
    { "host", "xen", "releases", list_releases },
    { "workload", "source", "workload sources", list_sources },
};

static const NamingKey *find_naming_key(const char *kind, const char *key)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(naming_keys); i++)
        if (g_str_equal(naming_keys[i].kind, kind) &&
            g_str_equal(naming_keys[i].key, key))
            return &naming_keys[i];
    return NULL;
}

bool known_names_are_alike(const char *kind, const char *key, const char *other_kind,
                           const char *other_key)
{
    const NamingKey *naming = find_naming_key(kind, key);
    const NamingKey *other = find_naming_key(other_kind, other_key);

    if (naming && other)
        return naming->list == other->list;
    return !naming && !other && g_str_equal(key, other_key);
}

char *known_names_described(const char *kind, const char *key)
{
    const NamingKey *naming = find_naming_key(kind, key);

    return naming ? g_strdup_printf("one of the %s", naming->what) : NULL;
}

char *known_names_expected(const char *kind, const char *key, const char *text)
{
    const NamingKey *naming = find_naming_key(kind, key);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *choice = NULL;

    if (!naming)
        return NULL;
    naming->list(names);
    if (g_ptr_array_find_with_equal_func(names, text, g_str_equal, NULL))
        return NULL;
    choice = suggest_among(text, names);
    return g_strdup_printf("one of the %s %s", naming->what, choice);
}
