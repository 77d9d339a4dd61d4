/*
 * host_paces.h - the part of the host that slows vCPUs down: threads of one core, and
 * cold caches. Nothing of it happens unless host->is_paced.
 */
#ifndef MODELS_HOST_PACES_H
#define MODELS_HOST_PACES_H

#include "models/host/host.h"

/* Before the pCPUs are made; afterwards each of them. */
void host_init_paces(Host *host, const HostParams *params);
void pcpu_init_caches(Pcpu *pcpu);

/* prev has lost the pCPU, next has it, and has not begun. */
void host_change_paces(Pcpu *pcpu, Vcpu *prev, Vcpu *next, int64_t now_ns);

#endif
