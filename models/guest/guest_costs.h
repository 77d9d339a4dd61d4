/*
 * guest_costs.h - what the steps of an HVM guest's exits cost.
 */
#ifndef MODELS_GUEST_COSTS_H
#define MODELS_GUEST_COSTS_H

#include "models/host/costs.h"
#include "models/host/xen_release.h"
#include "models/workload.h"

typedef struct {
    int64_t exit_port_ns, exit_memory_ns; /* with the decoding of the access */
    int64_t decode_port_ns, decode_memory_ns;
    int64_t xen_device_ns; /* Xen serves an access itself */
    int64_t xen_other_ns;  /* any other exit that it serves alone, with the entry */
    int64_t notify_ns;     /* a request's event is sent */
    int64_t resume_ns;     /* its answer is consumed */
    int64_t entry_ns;      /* the way back into the guest */
    int64_t post_ns;       /* an access is put into the buffered page */
    int64_t halt_ns;       /* HLT exits */
    int64_t inject_ns;     /* a virtual interrupt is injected */
    int64_t handler_ns;    /* the guest's handler of it runs */
} GuestCosts;

GuestCosts guest_costs_of(const CostProfile *profile);

/* The answer to the access is consumed, and the guest entered: where reads are decoded
 * again, that too. */
int64_t guest_costs_resume_ns(const GuestCosts *costs, const Activity *access,
                              const XenRelease *xen);

/* From an access to a port or memory to its request. */
int64_t guest_costs_exit_ns(const GuestCosts *costs, const Activity *access,
                            const XenRelease *xen);

#endif
