/*
 * linux_cpu.h - what the parts of a PV Linux share: linux_kernel.c, the kernel as a
 * whole; linux_cpu.c, what one of its vCPUs runs; linux_task.c, how tasks sleep and
 * wake. A "cpu" is here what Linux calls one, a vCPU; Xen's are pCPUs.
 */
#ifndef MODELS_LINUX_CPU_H
#define MODELS_LINUX_CPU_H

#include "models/linux/linux_kernel.h"

struct KernelCpu {
    PvCpu pv;
    Kernel *kernel;
    LinuxQueue queue;
    Sleepers sleepers; /* whose tasks sleep here until an instant */
    Task *current;     /* has the vCPU, or had it before the upcall that runs now */
    SimTimer timer;
    int64_t tick_due_ns; /* TIME_NEVER_NS: the tick is stopped */
    unsigned timer_port, reschedule_port;
    const Task *last; /* whose address space is loaded */
    bool needs_reschedule, is_going_idle;
    bool is_tick_pending;    /* the timer's event stands for a tick */
    bool was_idle_at_a_tick; /* a tick has found it idle, and no task has run since */
};

struct Kernel {
    Domain *domain;
    const LinuxSchedulerOps *scheduler;
    Domain *run_for; /* its own work's beneficiary; NULL: the host */
    KernelCpu *cpus;
    unsigned n_cpus, n_tasks;
    int64_t jiffy_ns, tick_phase_ns;
    int64_t task_switch_ns, address_space_ns, idle_ns;
};

/* The last tick until then; before the first one, a jiffy before that. */
static inline int64_t begun_jiffy_ns(const Kernel *kernel, int64_t at_ns)
{
    const int64_t since_ns = at_ns - kernel->tick_phase_ns;
    const int64_t past_ns = since_ns % kernel->jiffy_ns;

    return at_ns - past_ns - (past_ns < 0 ? kernel->jiffy_ns : 0);
}

static inline int64_t next_jiffy_ns(const Kernel *kernel, int64_t at_ns)
{
    return begun_jiffy_ns(kernel, at_ns + kernel->jiffy_ns - 1);
}

static inline bool has_nothing_to_run(const KernelCpu *cpu)
{
    return !cpu->current && cpu->queue.n_queued == 0;
}

/* The clock of the vCPU's scheduler. */
static inline int64_t clock_ns(const KernelCpu *cpu, int64_t now_ns)
{
    const Runstate *runstate = &cpu->pv.vcpu->runstate;

    if (!cpu->kernel->scheduler->sees_stolen_time)
        return now_ns;
    return now_ns - runstate_total_ns(runstate, RUNSTATE_RUNNABLE, now_ns) -
           runstate_total_ns(runstate, RUNSTATE_OFFLINE, now_ns);
}

/* Adds the kernel's i-th vCPU to its domain. */
void linux_cpu_init(KernelCpu *cpu, Kernel *kernel, unsigned i,
                    const CostProfile *profile);
void linux_cpu_clear(KernelCpu *cpu);
/* As it was before it started; its tasks are the caller's affair. */
void linux_cpu_stop(KernelCpu *cpu);

#endif
