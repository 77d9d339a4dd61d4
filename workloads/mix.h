/*
 * mix.h - one guest vCPU doing the work of several workloads.
 *
 * Whole bursts are interleaved, never two at once: a part goes on until it completes a
 * transfer, or halts outside one; then the next part is drawn, by share. What a part
 * does between two transfers (preparing, thinking) comes when its turn does.
 */
#ifndef WORKLOADS_MIX_H
#define WORKLOADS_MIX_H

#include "models/workload.h"

typedef struct {
    Workload *workload;
    int64_t share; /* above 0: a part with twice the share has twice the bursts */
} MixPart;

/* Takes the workloads of its parts. A part that ends leaves the mix; the last one ends
 * it. */
Workload *mix_new(const MixPart *parts, unsigned n_parts, uint64_t run_seed,
                  const char *stream_name);

#endif
