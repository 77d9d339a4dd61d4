/*
 * constraint.h - a line of [sweep] that keeps some of the combinations.
 *
 *     constraint = domain guest.count <= host.pcpus or device-model.placement = stub
 *
 * Comparisons are joined by "or". Left of each stands a key, right of it a key with the
 * same unit or texts, or a text that could stand at the left one. What is written on
 * one side and could never be there is an error, as it would decide nothing.
 */
#ifndef EXPERIMENTS_CONSTRAINT_H
#define EXPERIMENTS_CONSTRAINT_H

#include "experiments/scenario/key_name.h"

/* The line, and the combination that it is asked of. All borrowed. */
typedef struct {
    const IniGroup *sweep;
    const IniEntry *entry;
    const IniFile *document;     /* of the combination */
    const GPtrArray *schedulers; /* of SchedulerOps: those of all combinations */
} Constraint;

bool constraint_check(const Constraint *constraint, bool *holds, GError **error);

#endif
