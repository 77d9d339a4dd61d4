/*
 * guest_vcpu.h - what the parts of an HVM guest's vCPU share: hvm_guest.c, its life and
 * its workload; guest_access.c, its accesses to devices; guest_interrupts.c.
 */
#ifndef MODELS_GUEST_VCPU_H
#define MODELS_GUEST_VCPU_H

#include "models/guest/guest_announce.h"
#include "models/guest/guest_costs.h"
#include "models/guest/hvm_guest.h"
#include "models/guest/interrupt_gate.h"
#include "models/guest/play_ring.h"

typedef enum {
    DOING_START,     /* not yet up */
    DOING_COMPUTE,   /* guest code */
    DOING_EXIT,      /* an access has left the guest; Xen decodes it */
    DOING_NOTIFY,    /* its request is posted, the event is being sent */
    DOING_CHECK,     /* it has been sent; the answer is looked for on the way back */
    DOING_WAIT,      /* the device model has it */
    DOING_ENTRY,     /* the answer is consumed; back to the guest */
    DOING_XEN,       /* an exit that Xen serves alone, and the entry after it */
    DOING_POST,      /* one whose posted access sends an event before the entry */
    DOING_HALT,      /* HLT */
    DOING_INTERRUPT, /* a virtual interrupt is injected and handled */
    DOING_DRIVER,    /* a step of a PV driver, for the present activity */
    DOING_HANDLER,   /* the handler of a back end's event */
    DOING_NOTHING,   /* the workload has ended */
} Doing;

/* What every activity needs comes first: see Vcpu. */
typedef struct {
    HvmGuest *guest;
    Vcpu *vcpu;
    Workload *workload;
    Doing doing;
    unsigned pending_interrupts; /* of devices, and wakes */
    uint32_t elements_left; /* of a string, beyond the page that is being accessed */
    bool is_answered;       /* before it waited */
    bool is_computation_broken;
    bool is_driving; /* the present activity is the PV driver's, and not over */
    bool has_device_interrupt;   /* since the last ACTIVITY_BEGIN */
    int64_t interrupted_left_ns; /* of the computation that an interrupt broke off */
    int64_t transfer_since_ns;
    Activity activity;
    Request request;
    PlayRing ring;
} GuestVcpu;

struct HvmGuest {
    Domain *domain;
    DeviceModel *device_model;
    GuestDrivers *drivers; /* NULL: none */
    const XenRelease *xen;
    const CostProfile *profile;
    GuestVcpu *vcpus;
    Arrivals *network;
    unsigned n_frames;  /* in the ring, not taken */
    VirtualTimer timer; /* ticks on vCPU 0 */
    GuestCosts costs;
    InterruptGate gate; /* of its devices */
    bool boots;
    bool is_dead; /* a life has ended, and no other has begun */
    int64_t born_ns;
    uint64_t counts[GUEST_COUNTS];
};

static inline Host *guest_host(const GuestVcpu *self)
{
    return self->guest->domain->host;
}

static inline void guest_run(GuestVcpu *self, Doing doing, int64_t run_ns)
{
    self->doing = doing;
    vcpu_set_run(self->vcpu, run_ns, self->guest->domain);
}

static inline void guest_count(const GuestVcpu *self, DomainCount count)
{
    self->guest->counts[count]++;
}

/* access: NULL for an exit that is for none. */
static inline void guest_exit_for(const GuestVcpu *self, ExitClass exit,
                                  const Activity *access)
{
    guest_count(self, (DomainCount)(COUNT_EXITS + exit));
    if (guest_host(self)->has_exit_probe)
        guest_announce_exit(self->vcpu, exit, access);
}

static inline void guest_exit(const GuestVcpu *self, ExitClass exit)
{
    guest_exit_for(self, exit, NULL);
}

static inline void guest_enter(const GuestVcpu *self)
{
    guest_count(self, COUNT_ENTRIES);
    if (guest_host(self)->has_exit_probe)
        guest_announce_entry(self->vcpu);
}

static inline GuestVcpu *guest_first_vcpu(const Domain *domain)
{
    const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, 0);

    return vcpu->context;
}

/* The activity is an access: who serves it, and the first step of that. */
void guest_begin_access(GuestVcpu *self);
/* The event of its request is sent. */
void guest_send_request(GuestVcpu *self, int64_t now_ns);
/* The way back into the guest has come to where 3.0.3 looks for the answer. */
void guest_end_check(GuestVcpu *self);

/* Interrupts. One is injected at each entry: a backlog is delivered one by one. */

bool guest_has_interrupt(const GuestVcpu *self);
/* Its handler runs, if one is pending. */
bool guest_take_interrupt(GuestVcpu *self);
/* Guest code is left for one that is pending. */
void guest_break_off(GuestVcpu *self, int64_t now_ns);
void guest_raise_interrupt(GuestVcpu *self, int64_t now_ns);
/* The same, of a GuestVcpu: by a device, through the gate; by the timer's tick. */
void guest_device_interrupt(void *owner, int64_t now_ns);
void guest_tick(void *owner, int64_t now_ns);
/* A physical interrupt hits it: an exit and an entry if it runs guest code. */
int64_t guest_interrupted(Vcpu *vcpu);

#endif
