/*
 * guest_workload.h - what a vCPU of an HVM guest does: the workloads of its domain,
 * mixed by their shares.
 */
#ifndef EXPERIMENTS_GUEST_WORKLOAD_H
#define EXPERIMENTS_GUEST_WORKLOAD_H

#include "experiments/scenario.h"

/* Its random streams are named after the vCPU, "web3/vcpu0/...", so that neither other
 * guests nor the placement change what it does. */
Workload *guest_workload_new(const ScenarioDomain *domain, const char *guest_name,
                             unsigned vcpu, uint64_t seed);

#endif
