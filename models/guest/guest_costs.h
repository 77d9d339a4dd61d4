/*
 * guest_costs.h - what the steps of an HVM guest's exits cost, in ns.
 */
#ifndef MODELS_GUEST_COSTS_H
#define MODELS_GUEST_COSTS_H

#include "models/host/costs.h"
#include "models/host/xen_release.h"
#include "models/workload.h"

typedef struct {
    int64_t exit_port, exit_memory, xen_device, xen_other, notify, resume, entry, post;
    int64_t decode_port, decode_memory;
    int64_t halt, inject, handler;
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
