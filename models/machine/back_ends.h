/*
 * back_ends.h - the devices that a machine's back ends give to PV front ends.
 */
#ifndef MODELS_BACK_ENDS_H
#define MODELS_BACK_ENDS_H

#include "models/machine/machine_internal.h"
#include "models/pv/block_path.h"
#include "models/pv/net_path.h"

/* Told in the back end's context; the front end's kernel or device model handles it. */
typedef void (*FrontEndNotify)(void *front_end, int64_t now_ns);

/* A way to the guest's image, and one to the network. The machine owns them; notify
 * sends their events to the front end, which is whatever runs for the guest. */
BlockPath *machine_add_block_path(Machine *machine, Domain *guest,
                                  FrontEndNotify notify, void *front_end);
NetPath *machine_add_net_path(Machine *machine, Domain *guest, FrontEndNotify notify,
                              void *front_end);

#endif
