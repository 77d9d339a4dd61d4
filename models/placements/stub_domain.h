/*
 * stub_domain.h - a device model in a domain of its own: Mini-OS on one vCPU.
 *
 * One level of scheduling: Mini-OS's loop is cooperative, and its system calls are
 * function calls. Disk and network still go through dom0: a front end here, a ring, a
 * back end there (Xen 3.3, extras/mini-os, stubdom).
 */
#ifndef MODELS_STUB_DOMAIN_H
#define MODELS_STUB_DOMAIN_H

#include "models/machine/machine_internal.h"

/* Adds a domain "<guest>-dm" with one vCPU that runs the guest's device model. is_adom:
 * it draws on its guest's account from the start. */
DeviceModel *stub_domain_add(Machine *machine, Domain *guest, bool is_adom);

#endif
