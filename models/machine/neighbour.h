/*
 * neighbour.h - a vCPU of a PV guest that only computes: a run, a block, and so on; or
 * a run that never ends.
 */
#ifndef MODELS_NEIGHBOUR_H
#define MODELS_NEIGHBOUR_H

#include "models/machine/machine.h"

typedef struct {
    Vcpu *vcpu;
    int64_t run_ns, block_ns;
    int64_t align_ns,
        start_ns; /* wakes at start + multiples of align; 0: at any time */
    bool has_run; /* since the last block */
} Neighbour;

/* Adds a vCPU on that pCPU to the domain; it comes up when its wake timer fires. */
void neighbour_init(Neighbour *self, Domain *domain, unsigned pcpu,
                    const NeighbourParams *params);

/* It comes up then. */
void neighbour_start_at(Neighbour *self, int64_t start_ns);
/* As before its start, for another life of its vCPU, which is down. */
void neighbour_reset(Neighbour *self);

#endif
