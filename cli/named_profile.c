#include "cli/named_profile.h"

#include "experiments/input/data_path.h"

CostProfile *named_profile_load(const char *what, const char *name, GError **error)
{
    g_autofree char *path = data_path_find_named(DATA_COSTS, name, error);

    if (path)
        return cost_profile_load(path, error);
    g_prefix_error(error, "%s %s: expected ", what, name);
    return NULL;
}
