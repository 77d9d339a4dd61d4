/*
 * hvm_guest.h - an HVM guest's vCPUs: computation, exits, requests, interrupts.
 *
 * Each vCPU walks through its workload's activities. An access that its device model
 * serves takes it off the pCPU (offline, not blocked) until the answer. What becomes of
 * the ticks of its virtual timer meanwhile is its timer mode's affair.
 */
#ifndef MODELS_HVM_GUEST_H
#define MODELS_HVM_GUEST_H

#include "models/guest/arrivals.h"
#include "models/guest/device_model.h"
#include "models/host/context.h"
#include "models/host/costs.h"
#include "models/host/virtual_timer.h"
#include "models/pv/guest_drivers.h"

typedef struct HvmGuest HvmGuest;

typedef struct {
    Workload **workloads; /* one per vCPU; taken, the array is borrowed */
    unsigned n_vcpus;
    unsigned first_pcpu;        /* where vCPU 0 is placed */
    VirtualTimerParams timer;   /* ticks on vCPU 0 */
    const CostProfile *profile; /* this and path are borrowed for its life */
    const DevicePath *path;
} HvmGuestParams;

/* Adds its vCPUs to the domain. */
HvmGuest *hvm_guest_new(Domain *domain, const HvmGuestParams *params);
void hvm_guest_free(HvmGuest *guest);

/* Who serves its requests; before it starts. Borrowed. */
void hvm_guest_set_device_model(HvmGuest *guest, DeviceModel *model);

/* Its PV drivers, before it starts; they are the guest's. */
GuestDrivers *hvm_guest_add_drivers(HvmGuest *guest);

/* Its frames from outside, and the way out for its own; before it starts. Borrowed. */
void hvm_guest_set_network(HvmGuest *guest, Arrivals *network);

/* Its vCPUs come up at start_ns; one that boots has its others up when it has booted,
 * which is told as a time since born_ns. */
void hvm_guest_start_at(HvmGuest *guest, int64_t start_ns, int64_t born_ns);
/* Before it starts: it boots, that is its vCPU 0 comes to an ACTIVITY_BOOTED. */
void hvm_guest_set_boots(HvmGuest *guest);

/* Another life. The vCPUs are down: what they did is forgotten, a request that is
 * outstanding is dropped, and the workloads are freed. Back ends of its PV drivers
 * finish what they have begun; when hvm_guest_has_ended, it may start again. */
void hvm_guest_end(HvmGuest *guest);
/* Nothing of its last life is under way any more. False while it lives. */
bool hvm_guest_has_ended(const HvmGuest *guest);
bool hvm_guest_has_workloads(const HvmGuest *guest);
/* Taken. */
void hvm_guest_set_workload(HvmGuest *guest, unsigned vcpu, Workload *workload);

/* From the device model: the request is answered. */
void hvm_guest_reply(Request *request, int64_t now_ns);
/* From the device model: a frame lies in its ring; the interrupt follows. */
void hvm_guest_receive(Domain *domain, int64_t now_ns);
/* From the device model: its interrupt line is set. */
void hvm_guest_interrupt(Domain *domain, int64_t now_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HvmGuest, hvm_guest_free)

#endif
