/*
 * reference.h - the host that the whole simulator is measured on.
 *
 * Every guest reads the IDE status
 * eight times and computes in between, so that all of them together make some 50,000
 * emulated I/O a second.
 */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include "models/machine/machine.h"

typedef struct {
    const char *placement, *scheduler;
    unsigned n_pcpus, n_guests;
    bool is_lean; /* no listener but one that counts requests; else all statistics */
} ReferenceParams;

/* The host of 16 pCPUs and 64 guests, under credit of Xen 3.1. */
#define REFERENCE_GUESTS 64u
#define REFERENCE_HOST(placement, is_lean)                                             \
    (ReferenceParams)                                                                  \
    {                                                                                  \
        placement, "credit-3.1", 16, REFERENCE_GUESTS, is_lean                         \
    }

typedef struct Reference Reference;

/* Warmed up. Free with reference_free. */
Reference *reference_new(const ReferenceParams *params);
void reference_free(Reference *reference);

void reference_run(Reference *reference, int64_t duration_ns);

/* Since the warm-up. */
typedef struct {
    uint64_t events, decisions, requests;
    int64_t simulated_ns;
} ReferenceCounts;

ReferenceCounts reference_counts(const Reference *reference);
unsigned reference_vcpus(const Reference *reference);

#endif
