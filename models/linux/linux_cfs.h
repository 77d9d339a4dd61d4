/*
 * linux_cfs.h - the state of CFS, the scheduler of Linux 2.6.23 to 6.5, as far as it
 * decides among the tasks of one vCPU; the operations are in linux_scheduler.h.
 *
 * The task that has had least runs; one that has slept is taken to have had hardly less
 * than the others. All tasks have nice level 0, so what a task has had is its run time.
 * Times in ns.
 */
#ifndef MODELS_LINUX_CFS_H
#define MODELS_LINUX_CFS_H

#include "models/host/run_queue.h"

#include <stdint.h>

typedef struct {
    int64_t vruntime_ns; /* what it has had, in its queue's reckoning */
    int64_t charged_ns;  /* until when, by its vCPU's clock */
    int64_t turn_ns;     /* it has run since it was picked */
} CfsTask;

typedef struct {
    RingNode ready;          /* by vruntime_ns, equals in order of coming */
    CfsTask *current;        /* NULL: the vCPU is idle */
    int64_t min_vruntime_ns; /* of all that are runnable; never falls */
    int64_t latency_ns, min_granularity_ns, wakeup_granularity_ns;
} CfsQueue;

#endif
