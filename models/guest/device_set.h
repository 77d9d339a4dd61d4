/*
 * device_set.h - the emulated devices of one guest: one of each kind.
 */
#ifndef MODELS_DEVICE_SET_H
#define MODELS_DEVICE_SET_H

#include "models/devices/device.h"

typedef struct {
    Device *devices; /* in the order of device_ops_all */
    unsigned n;
} DeviceSet;

/* reads_by_sector: see Device. */
void device_set_init(DeviceSet *self, bool reads_by_sector);
void device_set_clear(DeviceSet *self);
/* As after a reset. */
void device_set_reset(DeviceSet *self);

#endif
