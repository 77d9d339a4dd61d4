/*
 * linux_o1.h - the state of the O(1) scheduler of Linux 2.6.18, as far as it decides
 * among the tasks of one vCPU; the operations are in linux_scheduler.h.
 *
 * Two arrays of priorities; a task that has used its time slice waits in the expired
 * one until the active one is empty, unless its sleeping has earned it the standing of
 * an interactive task. All tasks have nice level 0. Times in ns.
 */
#ifndef MODELS_LINUX_O1_H
#define MODELS_LINUX_O1_H

#include "models/host/run_queue.h"

#include <stdint.h>

#define O1_PRIORITIES 40u /* dynamic priorities 100 to 139, here 0 to 39 */

typedef struct {
    unsigned priority;     /* lower is better */
    int64_t sleep_avg_ns;  /* 0 to 1 s: what sleeping has earned */
    int64_t slice_left_ns; /* of its 100 ms */
    int64_t stamp_ns;      /* when it last went to sleep, or last began to run */
} O1Task;

typedef struct {
    RingNode queues[2][O1_PRIORITIES];
    uint64_t occupied[2];     /* a bit per priority */
    unsigned active;          /* which of the two is active */
    int64_t expired_since_ns; /* when the first task expired; -1: none has */
} O1Queue;

#endif
