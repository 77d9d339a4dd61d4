/*
 * linux_guest.h - a PV guest with a Linux and a process on each vCPU that runs and
 * sleeps in turn.
 *
 * Beside its process's the vCPU has the wakes of its kernel's tick, which goes on until
 * it finds the vCPU idle.
 */
#ifndef MODELS_LINUX_GUEST_H
#define MODELS_LINUX_GUEST_H

#include "models/linux/linux_kernel.h"

typedef struct LinuxGuest LinuxGuest;

/* Adds the vCPUs to the domain. Each process first runs at start_ns, and always for
 * run_ns, after sleeps of sleep_ns. */
LinuxGuest *linux_guest_new(Domain *domain, const KernelParams *params,
                            int64_t start_ns, int64_t run_ns, int64_t sleep_ns);
void linux_guest_free(LinuxGuest *guest);
/* All vCPUs come up. After host_start. */
void linux_guest_start(LinuxGuest *guest);

#endif
