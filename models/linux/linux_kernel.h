/*
 * linux_kernel.h - a PV Linux: tasks on vCPUs, the second level of scheduling.
 *
 * A task is a process or kernel thread that runs, sleeps and is woken; which one runs
 * is the affair of a Linux scheduler (linux_scheduler.h). Every device-model event and
 * physical interrupt enters through vCPU 0: Linux 2.6.18's event-channel driver does
 * not rebind; Linux 6.1's deals the ports of processes out to the vCPUs in turn, and as
 * each guest has an even number of them, those of the requests meet again on vCPU 0 of
 * two (seen in capture hvm2-2p, docs/captures.md). A task woken on another vCPU needs a
 * second wake, through the hypervisor, of that vCPU.
 */
#ifndef MODELS_LINUX_KERNEL_H
#define MODELS_LINUX_KERNEL_H

#include "models/host/costs.h"
#include "models/linux/linux_scheduler.h"
#include "models/linux/pv_cpu.h"
#include "models/linux/sleepers.h"

typedef struct Kernel Kernel;
typedef struct KernelCpu KernelCpu;
typedef struct Task Task;

typedef struct {
    const char *name;
    /* Its run is used up, or it has been woken. Must give a run by task_run, or sleep
     * by task_sleep. */
    void (*advance)(Task *task, int64_t now_ns);
    /* Optional: it has got a vCPU of its domain / lost it to an interrupt or another
     * task.
     */
    void (*resumed)(Task *task, int64_t now_ns);
    void (*paused)(Task *task, int64_t now_ns);
} TaskOps;

typedef enum {
    TASK_SLEEPING,
    TASK_QUEUED,
    TASK_CURRENT,
} TaskState;

struct Task {
    const TaskOps *ops;
    void *owner;
    Kernel *kernel;
    KernelCpu *cpu; /* where it runs, or ran last */
    LinuxTask sched;
    Sleeper sleeper;
    TaskState state;
    int64_t left_ns; /* of its run, as of its last pause */
    Domain *run_for;
    int64_t timeout_ns; /* when a sleep ends by itself, until task_take_timeout;
                           TIME_NEVER_NS: never */
    bool is_woken;      /* between its wake and the advance that it causes */
    bool has_cpu;       /* resumed and not yet paused */
};

typedef struct {
    const LinuxSchedulerOps *scheduler;
    unsigned n_vcpus;
    int64_t hz;            /* of its tick */
    int64_t tick_phase_ns; /* an instant of one of its ticks */
    const CostProfile *profile;
    int64_t balance_ns; /* of going idle beside other vCPUs: looks there for work */
    Domain *run_for; /* to whom its own work is attributed: the guest of a stub domain,
                     or NULL, the host */
} KernelParams;

/* The kernel of this domain, whose vCPUs it adds, at first on successive pCPUs, dom0's
 * from pCPU 0 on. params are copied. */
Kernel *kernel_new(Domain *domain, const KernelParams *params);
void kernel_free(Kernel *kernel);
/* All vCPUs come up. After host_start. */
void kernel_start(Kernel *kernel);

/* Its domain is destroyed, and its tasks have been reset: they forget what they did,
 * and sleep. */
void kernel_stop(Kernel *kernel);
void task_reset(Task *task);
/* A task that sleeps will not wake by itself. */
void task_forget_timeout(Task *task);

Host *kernel_host(const Kernel *kernel);

/* Sleeps until its first wake. Tasks are spread over the vCPUs in turn. */
void task_init(Task *task, Kernel *kernel, const TaskOps *ops, void *owner);
/* Its first sleep ends then, too; TIME_NEVER_NS: not by itself. Before it has run. */
void task_wake_at(Task *task, int64_t first_ns);
void task_run(Task *task, int64_t run_ns, Domain *run_for);
/* timeout_ns: an instant, or TIME_NEVER_NS. The sleep ends at the first tick from then
 * on, unless the scheduler's kernel has precise timers. */
void task_sleep(Task *task, int64_t timeout_ns);
/* The same, in any case at a tick: timers of the kernel itself. */
void task_sleep_to_tick(Task *task, int64_t timeout_ns);
/* For TaskOps.advance, before it gives the next run or sleep: whether the timeout of
 * the last sleep has come. Told once, so that a task that sleeps by timeouts only knows
 * the end of a sleep (true) from the end of a run. */
static inline bool task_take_timeout(Task *task, int64_t now_ns)
{
    const bool has_come = task->timeout_ns <= now_ns;

    task->timeout_ns = TIME_NEVER_NS;
    return has_come;
}
/* When a select() of that length that begins now returns: its jiffies, rounded up,
 * count from the tick before, so 10 ms at 100 Hz end at the next tick (Linux 2.6.18).
 */
int64_t kernel_select_ends_ns(const Kernel *kernel, int64_t now_ns, int64_t length_ns);
/* Only from code that its domain runs: a task, or an event's handler. Not while it
 * runs. */
void task_wake(Task *task, int64_t now_ns);

/* The vCPU on which the task runs, or ran last. */
Vcpu *task_vcpu(const Task *task);

/* Opens a port on vCPU 0. */
unsigned kernel_open_port(Kernel *kernel, const EventPort *port);
/* That vCPU: whatever is sent waits until it runs. */
Vcpu *kernel_event_vcpu(const Kernel *kernel);
/* A physical interrupt or another domain's event for its domain. */
void kernel_send(Kernel *kernel, unsigned port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Kernel, kernel_free)

#endif
