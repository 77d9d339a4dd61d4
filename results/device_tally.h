/*
 * device_tally.h - the devices that answered requests, and how long each took.
 *
 * A device has its place from its first request on; results, which must not depend on
 * who asked first, take the places by the devices' names.
 */
#ifndef RESULTS_DEVICE_TALLY_H
#define RESULTS_DEVICE_TALLY_H

#include "models/devices/device.h"
#include "results/histogram.h"

#define DEVICES_MAX 32

/* Read freely. Begins as zeros. */
typedef struct {
    unsigned n_devices;
    const DeviceOps *ops[DEVICES_MAX];
    Histogram *latencies[DEVICES_MAX]; /* owned; of no meaning from n_devices on */
} DeviceTally;

/* Takes the memory for all places; nothing is allocated after it. Once. */
void device_tally_begin(DeviceTally *tally);
void device_tally_clear(DeviceTally *tally);

/* The device's place, below DEVICES_MAX. */
unsigned device_tally_place(DeviceTally *tally, const DeviceOps *ops);
const char *device_tally_name(const DeviceTally *tally, unsigned place);

/* The n_devices places in the order of the names. */
void device_tally_sort(const DeviceTally *tally, unsigned places[DEVICES_MAX]);

#endif
