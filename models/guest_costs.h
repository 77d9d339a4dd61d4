/*
 * guest_costs.h - what the steps of an HVM guest's vCPU cost, exits and entries
 * included.
 */
#ifndef MODELS_GUEST_COSTS_H
#define MODELS_GUEST_COSTS_H

#include "models/costs.h"
#include "models/workload.h"

/* In ns. */
typedef struct {
    int64_t exit_port, exit_memory, xen_device, xen_other, notify, entry, post;
    int64_t emulation; /* of an instruction that has its answer */
    int64_t halt, interrupt;
    bool emulates_strings; /* accesses to ports, as those to memory are */
} GuestCosts;

GuestCosts guest_costs(const CostProfile *profile);

/* From an access to a port or memory to its request; from the answer back to the guest.
 */
int64_t guest_costs_exit_ns(const GuestCosts *costs, const Activity *access);
int64_t guest_costs_entry_ns(const GuestCosts *costs, const Activity *access);

#endif
