#include "results/device_tally.h"

#include <string.h>

/* Zeroing a histogram takes longer than recording hundreds of values: that waits for
 * the first request. */
void device_tally_begin(DeviceTally *tally)
{
    for (unsigned i = 0; i < DEVICES_MAX; i++)
        tally->latencies[i] = g_new(Histogram, 1);
}

void device_tally_clear(DeviceTally *tally)
{
    for (unsigned i = 0; i < DEVICES_MAX; i++)
        g_free(tally->latencies[i]);
}

unsigned device_tally_place(DeviceTally *tally, const DeviceOps *ops)
{
    for (unsigned i = 0; i < tally->n_devices; i++)
        if (tally->ops[i] == ops)
            return i;
    g_assert(tally->n_devices < DEVICES_MAX);
    tally->ops[tally->n_devices] = ops;
    histogram_init(tally->latencies[tally->n_devices]);
    return tally->n_devices++;
}

const char *device_tally_name(const DeviceTally *tally, unsigned place)
{
    return tally->ops[place]->name;
}

void device_tally_sort(const DeviceTally *tally, unsigned places[DEVICES_MAX])
{
    for (unsigned i = 0; i < tally->n_devices; i++) {
        unsigned rank = i;

        for (; rank > 0 && strcmp(device_tally_name(tally, places[rank - 1]),
                                  device_tally_name(tally, i)) > 0;
             rank--)
            places[rank] = places[rank - 1];
        places[rank] = i;
    }
}
