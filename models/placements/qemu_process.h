/*
 * qemu_process.h - qemu-dm as a process of a Linux: dom0's, or a Linux stub domain's.
 *
 * Two levels of scheduling: Xen decides when the kernel's vCPUs run, the kernel which
 * of its tasks. A disk transfer by DMA has a thread of its own (Xen 3.1).
 */
#ifndef MODELS_QEMU_PROCESS_H
#define MODELS_QEMU_PROCESS_H

#include "models/machine/machine_internal.h"

/* Starts a process for the guest on that kernel; the machine owns it. profile: what the
 * process and its kernel take, the kernel's own. */
DeviceModel *qemu_process_add(Machine *machine, Kernel *kernel,
                              const CostProfile *profile, Domain *guest);

#endif
