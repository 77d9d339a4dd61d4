#include "models/guest/device_set.h"

#include <glib.h>
#include <string.h>

static unsigned count_devices(void)
{
    unsigned n = 0;

    while (device_ops_all()[n])
        n++;
    return n;
}

void device_set_init(DeviceSet *self, bool reads_by_sector)
{
    self->n = count_devices();
    self->devices = g_new0(Device, self->n);
    for (unsigned i = 0; i < self->n; i++) {
        self->devices[i].ops = device_ops_all()[i];
        self->devices[i].state = g_malloc0(self->devices[i].ops->state_size);
        self->devices[i].reads_by_sector = reads_by_sector;
    }
}

void device_set_clear(DeviceSet *self)
{
    for (unsigned i = 0; i < self->n; i++)
        g_free(self->devices[i].state);
    g_clear_pointer(&self->devices, g_free);
    self->n = 0;
}

void device_set_reset(DeviceSet *self)
{
    for (unsigned i = 0; i < self->n; i++)
        if (self->devices[i].state)
            memset(self->devices[i].state, 0, self->devices[i].ops->state_size);
}
