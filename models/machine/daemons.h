/*
 * daemons.h - dom0's background daemons: one task, one pass each interval.
 */
#ifndef MODELS_MACHINE_DAEMONS_H
#define MODELS_MACHINE_DAEMONS_H

#include "models/linux/linux_kernel.h"

/* At a fixed address. */
typedef struct {
    Task task;
    int64_t run_ns, interval_ns;
} Daemons;

/* A pass takes run_ns of CPU time, and begins at the first tick of dom0's from
 * interval_ns after the end of the one before on. interval_ns 0: they sleep for ever.
 */
void daemons_init(Daemons *self, Kernel *dom0, int64_t run_ns, int64_t interval_ns);

#endif
