/*
 * guest_costs.h - what the steps of an HVM guest's vCPU cost, exits and entries
 * included.
 */
#ifndef MODELS_GUEST_COSTS_H
#define MODELS_GUEST_COSTS_H

#include "models/costs.h"

/* In ns. */
typedef struct {
    int64_t exit_port, exit_memory, xen_device, xen_other, notify, entry, post;
    int64_t halt, interrupt;
} GuestCosts;

GuestCosts guest_costs(const CostProfile *profile);

#endif
