/*
 * guest_script.h - what the captured guests run: a boot sector that reads a port so
 * many times, then spins; or one that reads disk sectors through the BIOS.
 */
#ifndef EXPERIMENTS_CAPTURES_GUEST_SCRIPT_H
#define EXPERIMENTS_CAPTURES_GUEST_SCRIPT_H

#include "experiments/captures/capture_scenario.h"
#include "models/workload.h"

/* Free with its ops->free. */
Workload *guest_script_new(const CaptureDomain *domain);

#endif
