#include "models/devices/device.h"

#define DEVICE(name) extern const DeviceOps name##_device;
#include "models/device_list.h" /* written by CMake */
#undef DEVICE

static const DeviceOps *const devices[] = {
#define DEVICE(name) &name##_device,
#include "models/device_list.h"
#undef DEVICE
    NULL,
};

const DeviceOps *const *device_ops_all(void)
{
    return devices;
}
