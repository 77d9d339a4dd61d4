/*
 * linux_scheduler.h - the socket of the second level of scheduling: who runs on a vCPU
 * of a PV Linux.
 *
 * linux_kernel.c asks, and tells what happened; a scheduler owns a queue for each vCPU
 * and a state for each task, and is given the time. What else differs between the
 * kernels that came with these schedulers stands in the table, too.
 */
#ifndef MODELS_LINUX_SCHEDULER_H
#define MODELS_LINUX_SCHEDULER_H

#include "models/host/run_queue.h"
#include "models/linux/linux_cfs.h"
#include "models/linux/linux_o1.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    RingNode node; /* in its queue */
    union {
        O1Task o1;
        CfsTask cfs;
    };
} LinuxTask;

/* Of one vCPU. */
typedef struct {
    unsigned n_queued; /* the running task apart */
    union {
        O1Queue o1;
        CfsQueue cfs;
    };
} LinuxQueue;

typedef struct {
    const char *name; /* as scenarios write it */

    void (*queue_init)(LinuxQueue *queue, unsigned n_cpus);
    /* Asleep since long before. */
    void (*task_init)(LinuxTask *task);

    /* A sleeping task becomes runnable and enters the queue. */
    void (*wake)(LinuxQueue *queue, LinuxTask *task, int64_t now_ns);
    /* True if the woken task, now in that queue, shall run instead of the current one.
     */
    bool (*preempts)(const LinuxQueue *queue, const LinuxTask *woken,
                     const LinuxTask *current);

    /* The best task leaves the queue and begins to run; NULL when none is queued. */
    LinuxTask *(*pick_next)(LinuxQueue *queue, int64_t now_ns);
    /* The running task is preempted and queued again, or goes to sleep. */
    void (*put_back)(LinuxQueue *queue, LinuxTask *task, int64_t now_ns);
    void (*sleep)(LinuxQueue *queue, LinuxTask *task, int64_t now_ns);

    /* A queued task leaves for another vCPU's queue; NULL when none may. */
    LinuxTask *(*give)(LinuxQueue *queue, int64_t now_ns);
    /* It arrives there. */
    void (*receive)(LinuxQueue *queue, LinuxTask *task);
    /* Optional: a task that is in no queue is to wake in another one than its last. */
    void (*move)(const LinuxQueue *from, const LinuxQueue *to, LinuxTask *task);

    /* The kernel's tick while the task runs: true if it has to let another go first, as
     * which it is then put back. */
    bool (*tick)(LinuxQueue *queue, LinuxTask *current, int64_t tick_ns,
                 int64_t now_ns);

    /* Time in which Xen did not run the vCPU is not charged to its task. */
    bool sees_stolen_time;
    /* An idle vCPU keeps its tick until one has found it idle (RCU wants to know). */
    bool keeps_tick;
    /* Sleeps of processes end at their instant, not at a tick; or up to a slack later,
     * so that a tick in between may end them on its way. */
    bool has_precise_timers;
    int64_t timer_slack_ns;
} LinuxSchedulerOps;

extern const LinuxSchedulerOps linux_o1, linux_cfs;

/* Their names, NULL at the end, and the table of the one of that index. */
extern const char *const linux_scheduler_names[];
const LinuxSchedulerOps *linux_scheduler_ops(unsigned index);

#endif
