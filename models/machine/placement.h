/*
 * placement.h - the socket for where a guest's device model runs.
 */
#ifndef MODELS_PLACEMENT_H
#define MODELS_PLACEMENT_H

#include "models/guest/request.h"
#include "models/option.h"

typedef struct Machine Machine;
typedef struct DeviceModel DeviceModel;

typedef struct {
    const char *name;    /* as scenarios write it: "dom0", "stub", "stub+sdom" */
    const char *summary; /* one line for `hvmsim list` */
    bool attaches_stub;  /* the stub domain draws on its guest's account */
    int64_t stub_bytes;  /* memory of a stub domain; 0: qemu-dm is in dom0 */
    /* Gives the guest its device model; called once per guest while building. */
    DeviceModel *(*add_guest)(Machine *machine, Domain *guest);
} PlacementOps;

/* NULL and an error that lists the known names if there is no such placement. */
const PlacementOps *placement_ops_by_name(const char *name, GError **error);

/* All registered placements in the order of the build's list; ends with NULL. */
const PlacementOps *const *placement_ops_all(void);

#endif
