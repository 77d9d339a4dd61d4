/*
 * guest_drivers.h - blkfront and netfront in an HVM guest.
 *
 * A vCPU walks through the steps of an activity (ACTIVITY_BLOCK, ACTIVITY_SEND): it
 * fills a place of the ring for each request, then sends the back end an event if that
 * one sleeps, which for an HVM guest is an exit (VMCALL). Responses bring an event, an
 * interrupt of vCPU 0, whose handler takes them. The guest's vCPUs run the steps.
 */
#ifndef MODELS_PV_GUEST_DRIVERS_H
#define MODELS_PV_GUEST_DRIVERS_H

#include "models/host/costs.h"
#include "models/pv/block_path.h"
#include "models/pv/net_path.h"
#include "models/workload.h"

typedef struct GuestDrivers GuestDrivers;

typedef enum {
    DRIVER_RUNS,  /* for so long, then advance again */
    DRIVER_WAITS, /* until an interrupt, then advance again */
    DRIVER_DONE,
} DriverProgress;

typedef struct {
    /* The vCPU's, called from whatever context brings it. */
    void (*interrupt)(void *guest, unsigned vcpu, int64_t now_ns);
    /* The handler has taken a frame off the ring. */
    void (*receive)(void *guest, int64_t now_ns);
    /* An event is about to be sent to a back end. */
    void (*hypercall)(void *guest);
} GuestDriverOps;

/* Ops and guest are borrowed. */
GuestDrivers *guest_drivers_new(const CostProfile *profile, unsigned n_vcpus,
                                const GuestDriverOps *ops, void *guest);
void guest_drivers_free(GuestDrivers *drivers);
/* What they drive; once, before the guest starts. The paths notify by
 * guest_drivers_notified. Borrowed. */
void guest_drivers_connect(GuestDrivers *drivers, BlockPath *block, NetPath *net);
/* A back end's event for the guest; its front_end is the GuestDrivers. */
void guest_drivers_notified(void *drivers, int64_t now_ns);

/* The guest is destroyed: what its vCPUs did is forgotten, and the back ends finish
 * what they have begun. When that has ended, they may be opened for another life. */
void guest_drivers_close(GuestDrivers *drivers);
bool guest_drivers_have_ended(const GuestDrivers *drivers);
void guest_drivers_open(GuestDrivers *drivers);

/* An activity begins; the first advance follows. */
void guest_drivers_begin(GuestDrivers *drivers, unsigned vcpu,
                         const Activity *activity);
DriverProgress guest_drivers_advance(GuestDrivers *drivers, unsigned vcpu,
                                     int64_t now_ns, int64_t *run_ns);

/* On vCPU 0, in its interrupt handler. True: it goes on for run_ns, then call again. */
bool guest_drivers_handle(GuestDrivers *drivers, int64_t now_ns, int64_t *run_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestDrivers, guest_drivers_free)

#endif
