/*
 * guest_workload.h - what a vCPU of an HVM guest does: the workloads of its domain,
 * mixed by their shares.
 */
#ifndef EXPERIMENTS_GUEST_WORKLOAD_H
#define EXPERIMENTS_GUEST_WORKLOAD_H

#include "experiments/scenario/scenario.h"

/* Its random streams are named after the vCPU, "web3/vcpu0/...", so that neither other
 * guests nor the placement change what it does; in a life after the first, which is 0,
 * "web3/life1/vcpu0/...". vCPU 0 boots first if the domain does. */
Workload *guest_workload_new(const ScenarioDomain *domain, const char *guest_name,
                             unsigned life, unsigned vcpu, uint64_t seed);

#endif
