/*
 * device_map.h - who serves which access of a guest: the tables of all devices, in the
 * column of one release of Xen, and what a scenario moves elsewhere.
 *
 * Built once, then shared, read-only, by all guests of a machine and by all runs.
 */
#ifndef MODELS_DEVICE_MAP_H
#define MODELS_DEVICE_MAP_H

#include "models/devices/device.h"

#include <glib.h>

typedef struct DeviceMap DeviceMap;

/* What the map says of one access. */
typedef struct {
    const Registers *registers; /* NULL: claimed by the last device */
    unsigned device;            /* its place in device_ops_all */
    ServedBy served_by;
    bool sends_event; /* though it is posted */
} Served;

DeviceMap *device_map_new(const XenRelease *xen);
void device_map_free(DeviceMap *map);

/* The names of registers and devices that can be moved there: SERVED_BY_XEN or
 * SERVED_BY_POSTING. Of char *, borrowed from the devices; free with
 * g_ptr_array_unref. */
GPtrArray *device_map_names(ServedBy where);

/* One of those names: its registers, or all of the device that can be moved (of which
 * posting takes the writes). */
void device_map_move(DeviceMap *map, const char *name, ServedBy where);

/* devices: one of each kind, in the order of device_ops_all. The result lives as long
 * as the map. */
const Served *device_map_find(const DeviceMap *map, const Device *devices,
                              const Activity *access);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeviceMap, device_map_free)

#endif
