/*
 * physical.h - the disk and the network card that dom0 drives.
 *
 * Each serves one job at a time, an SSD several, and reports by a physical interrupt,
 * which is an event for dom0's vCPU 0. Jobs live inside who waits for them.
 */
#ifndef MODELS_PHYSICAL_H
#define MODELS_PHYSICAL_H

#include "models/host/run_queue.h"
#include "models/linux/linux_kernel.h"
#include "models/physical/disk.h"

typedef struct PhysicalDevice PhysicalDevice;

typedef struct {
    RingNode node;
    int64_t bytes;
    int64_t sector; /* of the disk: where the bytes begin */
    bool is_write;
    /* Called by dom0's interrupt handler. */
    void (*complete)(void *owner, int64_t now_ns);
    /* Optional: at the end of its last byte, before any interrupt. */
    void (*ended)(void *owner, int64_t now_ns);
    void *owner;
    bool is_pending;
} PhysicalJob;

/* So many of them at most; their ids, from 0 on, are their places in the tie order. */
#define PHYSICAL_DEVICES 2u

/* interrupt_ns: dom0's handler. */
PhysicalDevice *physical_disk_new(Kernel *kernel, unsigned id, const DiskParams *disk,
                                  int64_t interrupt_ns);
/* A job takes fixed_ns and its bytes at bytes_per_s, first come first served. */
PhysicalDevice *physical_device_new(Kernel *kernel, unsigned id, int64_t fixed_ns,
                                    int64_t bytes_per_s, int64_t interrupt_ns);
void physical_device_free(PhysicalDevice *device);

/* A frame from outside; lives inside who waits for it. */
typedef struct {
    RingNode node;
    /* Called by dom0's interrupt handler, whose time is for one frame. */
    void (*deliver)(void *owner, int64_t now_ns);
    void *owner;
} PhysicalFrame;

/* The job must not be pending, and stays where it is until it completes. */
void physical_device_submit(PhysicalDevice *device, PhysicalJob *job);

/* A frame that nobody waits for; those that come while it is sent go out as one job. */
void physical_device_stream(PhysicalDevice *device, int64_t bytes);

/* Jobs that wait, and frames of a stream that do. */
unsigned physical_device_n_queued(const PhysicalDevice *device);

/* The frame, in no queue, has come in; an interrupt says so. Any number may wait. */
void physical_device_receive(PhysicalDevice *device, PhysicalFrame *frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PhysicalDevice, physical_device_free)

#endif
