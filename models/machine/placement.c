#include "models/machine/placement.h"

#include "models/name_list.h"

#define PLACEMENT(name) extern const PlacementOps name##_placement;
#include "models/placement_list.h" /* written by CMake */
#undef PLACEMENT

static const PlacementOps *const placements[] = {
#define PLACEMENT(name) &name##_placement,
#include "models/placement_list.h"
#undef PLACEMENT
    NULL,
};

static const char *name_at(unsigned index)
{
    return placements[index] ? placements[index]->name : NULL;
}

const PlacementOps *placement_ops_by_name(const char *name, GError **error)
{
    static const NameList list = { "placement", name_at };
    unsigned index;

    return name_list_find(&list, name, &index, error) ? placements[index] : NULL;
}

const PlacementOps *const *placement_ops_all(void)
{
    return placements;
}
