/*
 * capture_machine.h - the machine that a capture's scenario describes, for one
 * replication.
 *
 * Credit of Xen 4.17; qemu in dom0 as a task of its Linux, or in stub domains as a task
 * of theirs. Phases of starts are drawn from the replication's number.
 */
#ifndef EXPERIMENTS_CAPTURES_CAPTURE_MACHINE_H
#define EXPERIMENTS_CAPTURES_CAPTURE_MACHINE_H

#include "experiments/captures/capture_scenario.h"
#include "models/machine/machine.h"

typedef struct CaptureMachine CaptureMachine;

/* NULL and an error. The profile is copied, and changed to what the capture's tracing
 * costs; the scenario must outlive the machine. */
CaptureMachine *capture_machine_new(const CaptureScenario *scenario,
                                    const CostProfile *profile, uint64_t replication,
                                    GError **error);
void capture_machine_free(CaptureMachine *setup);

/* Borrowed; not yet started. */
Machine *capture_machine_get(const CaptureMachine *setup);

/* Whether the domain of that number is an HVM guest that takes part. */
bool capture_machine_has_guest(const CaptureMachine *setup, unsigned domain_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureMachine, capture_machine_free)

#endif
