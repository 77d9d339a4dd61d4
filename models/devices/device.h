/*
 * device.h - the socket for an emulated device: which accesses it claims, who serves
 * them under which release of Xen, and what serving one of them sets off.
 *
 * A device is data and a small state machine; it knows neither who runs it nor when.
 * Its registers are rows of a table; device_map.h puts the tables of all together.
 */
#ifndef MODELS_DEVICE_H
#define MODELS_DEVICE_H

#include "models/host/xen_release.h"
#include "models/workload.h"

#include <stddef.h>

typedef enum {
    SERVED_BY_QEMU,     /* synchronous: the guest waits for its device model */
    SERVED_BY_XEN,      /* inside the hypervisor, no scheduling */
    SERVED_BY_POSTING,  /* put into the buffered page; the guest goes on at once */
    SERVED_BY_COPY,     /* a read that Xen answers from its copy, and posts for what it
                           does to qemu-dm's original */
    SERVED_BY_HARDWARE, /* the port is the guest's: no exit */
} ServedBy;

/* A row's columns, in the order of XenColumn. */
#define SERVED(v3_0_3, v3_0_4, v3_1, v3_2, v3_3, v4_17)                                \
    {                                                                                  \
        [XEN_3_0_3] = SERVED_BY_##v3_0_3, [XEN_3_0_4] = SERVED_BY_##v3_0_4,            \
        [XEN_3_1] = SERVED_BY_##v3_1, [XEN_3_2] = SERVED_BY_##v3_2,                    \
        [XEN_3_3] = SERVED_BY_##v3_3, [XEN_4_17] = SERVED_BY_##v4_17                   \
    }
#define SERVED_ALWAYS(by) SERVED(by, by, by, by, by, by)

/* A row: space is PORT or MEMORY, the last argument SERVED or SERVED_ALWAYS. */
#define REGISTERS(name_, source_, space_, first_, last_, accesses_, ...)               \
    {                                                                                  \
        .name = name_, .source = source_, .space = ACTIVITY_##space_, .first = first_, \
        .last = last_, .accesses = accesses_, .served_by = __VA_ARGS__                 \
    }
/* One that needs_qemu. */
#define REGISTERS_OF_QEMU(name_, source_, space_, first_, last_, accesses_)            \
    {                                                                                  \
        .name = name_, .source = source_, .space = ACTIVITY_##space_, .first = first_, \
        .last = last_, .accesses = accesses_, .needs_qemu = true                       \
    }

enum { READS = 1 << 0, WRITES = 1 << 1 };

/* A range of registers that are served alike. Several rows may have one name. */
typedef struct {
    const char *name;     /* as scenarios name it: "ide-status" */
    const char *source;   /* of who serves it, in Xen's tree or qemu-dm's */
    ActivityKind space;   /* ACTIVITY_PORT or ACTIVITY_MEMORY */
    uint64_t first, last; /* addresses, both of them included */
    unsigned accesses;    /* READS, WRITES or both */
    ServedBy served_by[XEN_COLUMNS];
    bool needs_qemu; /* for its data, or for work that it starts: cannot be served in
                        Xen, and sends an event when it is posted all the same */
} Registers;

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
    int64_t bytes;  /* that the disk moves, or of the frame */
    int64_t sector; /* of the disk: where the bytes begin */
    bool is_write;  /* to the disk */
} Effect;

typedef struct Device Device;

typedef struct {
    const char *name; /* as results write it: "ide" */
    const char *summary;
    size_t state_size;
    /* Its rows; NULL: whatever no other device claims. Ends with one without a name. */
    const Registers *registers;
    /* Optional. Where two rows share addresses: true for the second of them. */
    bool (*is_second)(const Device *self, const Activity *access);
    /* The access is served now; optional: NULL has no effect. */
    Effect (*access)(Device *self, const Activity *access);
} DeviceOps;

struct Device {
    const DeviceOps *ops;
    void *state;
    bool reads_by_sector; /* a disk's image, when the guest has taken the sector before
                           */
};

/* All registered devices; ends with NULL. The last claims whatever no other does. */
const DeviceOps *const *device_ops_all(void);

#endif
