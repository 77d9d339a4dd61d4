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

/* A pass takes run_ns of CPU time; the next one begins at dom0's first tick once
 * interval_ns have gone by. interval_ns 0: they sleep for ever. */
void daemons_init(Daemons *self, Kernel *dom0, int64_t run_ns, int64_t interval_ns);

#endif
