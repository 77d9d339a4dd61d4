/*
 * burst_workload.h - the common part of synthetic workloads: one burst after another.
 *
 * A source says how to make one burst; making it is appending its activities. A burst
 * is made when the guest asks for its first activity, and drawn from the vCPU's own
 * stream.
 */
#ifndef WORKLOADS_BURST_WORKLOAD_H
#define WORKLOADS_BURST_WORKLOAD_H

#include "models/workload.h"
#include "workloads/distribution.h"

#include <gsl/gsl_rng.h>

typedef struct BurstWorkload BurstWorkload;
typedef void (*BurstMaker)(BurstWorkload *self);

struct BurstWorkload {
    Workload workload;
    BurstMaker make;
    const void *options;
    gsl_rng *stream;
    uint64_t n_made; /* bursts before the one that is being made */
    Activity *activities;
    unsigned n_activities, capacity, at;
};

/* make appends at least one activity. options are borrowed. */
Workload *burst_workload_new(BurstMaker make, const void *options, uint64_t run_seed,
                             const char *stream_name);

/* Nothing is appended for 0 instructions. */
void burst_compute(BurstWorkload *self, int64_t instructions);
void burst_in(BurstWorkload *self, uint64_t port, uint8_t size_bytes);
void burst_out(BurstWorkload *self, uint64_t port, uint8_t size_bytes, uint32_t value);
/* rep ins or rep outs. */
void burst_string(BurstWorkload *self, uint64_t port, uint8_t size_bytes,
                  uint32_t count, bool is_write);
/* One access to device memory. */
void burst_memory(BurstWorkload *self, uint64_t address, uint8_t size_bytes,
                  bool is_write);
void burst_exit(BurstWorkload *self, ExitClass exit);
void burst_begin(BurstWorkload *self);
void burst_transfer(BurstWorkload *self, int64_t bytes);
/* Nothing is appended for 0 ns. TIME_NEVER_NS: until an interrupt. */
void burst_halt(BurstWorkload *self, int64_t halt_ns);
/* A halt whose length is drawn: of that Distribution, with that mean. */
void burst_rest(BurstWorkload *self, int distribution, int64_t mean_ns);
/* Through the PV drivers; sector: of the guest's disk. */
void burst_block(BurstWorkload *self, int64_t sector, int64_t bytes, bool is_write);
/* Waits for a frame from outside, and takes it. */
void burst_receive(BurstWorkload *self);
void burst_send(BurstWorkload *self, int64_t bytes);
/* HLT until the next of n_buffers is free, one every period_ns; and that it is
 * refilled.
 */
void burst_period(BurstWorkload *self, int64_t period_ns, uint32_t n_buffers);
void burst_refilled(BurstWorkload *self);
void burst_end(BurstWorkload *self);

#endif
