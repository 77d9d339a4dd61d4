#include "models/machine/placement.h"

#include "models/error.h"

#include <string.h>

#define PLACEMENT(name) extern const PlacementOps name##_placement;
#include "models/placement_list.h" /* written by CMake */
#undef PLACEMENT

static const PlacementOps *const placements[] = {
#define PLACEMENT(name) &name##_placement,
#include "models/placement_list.h"
#undef PLACEMENT
    NULL,
};

const PlacementOps *placement_ops_by_name(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);

    for (unsigned i = 0; placements[i]; i++) {
        if (strcmp(placements[i]->name, name) == 0)
            return placements[i];
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", placements[i]->name);
    }
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_UNKNOWN_NAME,
                "no placement is called \"%s\" (known: %s)", name, known->str);
    return NULL;
}

const PlacementOps *const *placement_ops_all(void)
{
    return placements;
}
