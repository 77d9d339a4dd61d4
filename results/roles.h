/*
 * roles.h - which domain plays which part in a machine.
 */
#ifndef RESULTS_ROLES_H
#define RESULTS_ROLES_H

#include "models/machine/machine.h"
#include "results/collector.h"

/* Tells the collector of the machine's host what its domains are, and who belongs
 * together: a stub domain to its guest. */
void collector_set_machine_roles(Collector *collector, const Machine *machine,
                                 const MachineParams *params);

#endif
