/*
 * device.h - the socket for an emulated device: which accesses it claims, and what
 * serving one of them sets off.
 *
 * A device is data and a small state machine; it knows neither who runs it nor when.
 * The device model asks it what an access means, and does the work where it runs.
 */
#ifndef MODELS_DEVICE_H
#define MODELS_DEVICE_H

#include "models/workload.h"

#include <stddef.h>

typedef enum {
    SERVED_BY_QEMU,   /* synchronous: the guest waits for its device model */
    SERVED_BY_XEN,    /* inside the hypervisor, no scheduling */
    SERVED_BY_POSTING /* put into the buffered page; the guest goes on at once */
} ServedBy;

typedef enum {
    EFFECT_NONE,
    EFFECT_DISK_READ,   /* the physical disk must deliver before the answer */
    EFFECT_DISK_DMA,    /* the disk works on its own, and interrupts when done */
    EFFECT_SEND_PACKET, /* a frame goes out */
    EFFECT_LOWER_IRQ,   /* the device's interrupt line goes down: a hypercall */
} EffectKind;

/* What one access sets off beside its own emulation. */
typedef struct {
    EffectKind kind;
    int64_t bytes;
    int64_t sector; /* of the disk: where the bytes begin */
    bool is_write;  /* to the disk */
} Effect;

typedef struct Device Device;

typedef struct {
    const char *name; /* as results write it: "ide" */
    const char *summary;
    size_t state_size;
    /* Whether the device claims the access, and who serves it then. */
    bool (*claims)(const Activity *access, ServedBy *served_by);
    /* The access is served now; optional: NULL has no effect. */
    Effect (*access)(Device *self, const Activity *access);
} DeviceOps;

struct Device {
    const DeviceOps *ops;
    void *state;
    bool reads_by_sector; /* a disk's image, when the guest has taken the sector before
                           */
};

/* All registered devices in the order in which they are asked; ends with NULL. The last
 * claims whatever no other does. */
const DeviceOps *const *device_ops_all(void);

#endif
