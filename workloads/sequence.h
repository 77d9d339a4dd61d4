/*
 * sequence.h - a guest that boots first and does its work afterwards.
 */
#ifndef WORKLOADS_SEQUENCE_H
#define WORKLOADS_SEQUENCE_H

#include "models/workload.h"

/* What the boot does until its ACTIVITY_END, then ACTIVITY_BOOTED, then the work. Takes
 * both. */
Workload *boot_then_work_new(Workload *boot, Workload *work);

#endif
