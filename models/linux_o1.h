/*
 * linux_o1.h - the O(1) scheduler of Linux 2.6.18, as far as it decides among the
 * tasks of one dom0 vCPU.
 *
 * Two arrays of priorities; a task that has used its time slice waits in the expired
 * one until the active one is empty, unless its sleeping has earned it the standing of
 * an interactive task. All tasks have nice level 0. Times in ns.
 */
#ifndef MODELS_LINUX_O1_H
#define MODELS_LINUX_O1_H

#include "models/schedulers/run_queue.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define O1_PRIORITIES 40u /* dynamic priorities 100 to 139, here 0 to 39 */

typedef struct {
    RingNode node;
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
    unsigned n_queued;
} O1Queue;

void o1_queue_init(O1Queue *queue);
void o1_task_init(O1Task *task);

/* A sleeping task becomes runnable: its sleep is credited, and it enters the active
 * array. */
void o1_wake(O1Queue *queue, O1Task *task, int64_t now_ns);
/* True if the woken task shall run instead of the current one. */
bool o1_preempts(const O1Task *woken, const O1Task *current);

/* The best task leaves the queue and begins to run; NULL when none is queued. */
O1Task *o1_pick(O1Queue *queue, int64_t now_ns);
/* The running task is preempted and queued again, or goes to sleep. */
void o1_put_back(O1Queue *queue, O1Task *task, int64_t now_ns);
void o1_sleep(O1Queue *queue, O1Task *task, int64_t now_ns);

/* A queued task leaves for another vCPU's queue: an expired one if there is any, as its
 * caches are coldest. NULL when none is queued. */
O1Task *o1_give(O1Queue *queue);
/* It arrives there, among the active ones. */
void o1_receive(O1Queue *queue, O1Task *task);

/* The kernel's tick while the task runs: true if it has to let another go first, as
 * which it is then put back by o1_put_back. */
bool o1_tick(O1Queue *queue, O1Task *current, int64_t tick_ns, int64_t now_ns);

#endif
