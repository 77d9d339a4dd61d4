#include "models/linux/linux_cpu.h"

/* A task may come to sleep on any vCPU. */
static void reserve_sleepers(Kernel *kernel)
{
    for (unsigned i = 0; i < kernel->n_cpus; i++)
        sleepers_reserve(&kernel->cpus[i].sleepers, kernel->n_tasks);
}

void task_init(Task *task, Kernel *kernel, const TaskOps *ops, void *owner)
{
    *task = (Task){ .ops = ops,
                    .owner = owner,
                    .kernel = kernel,
                    .cpu = &kernel->cpus[kernel->n_tasks % kernel->n_cpus],
                    .sleeper = { .number = kernel->n_tasks },
                    .state = TASK_SLEEPING,
                    .timeout_ns = TIME_NEVER_NS };
    kernel->scheduler->task_init(&task->sched);
    kernel->n_tasks++;
    reserve_sleepers(kernel);
}

static void await_timeout(Task *task)
{
    if (task->timeout_ns != TIME_NEVER_NS)
        sleepers_add(&task->cpu->sleepers, &task->sleeper, task->timeout_ns);
}

void task_run(Task *task, int64_t run_ns, Domain *run_for)
{
    g_assert(task->state == TASK_CURRENT);
    task->left_ns = run_ns;
    task->run_for = run_for;
}

static void sleep_until(Task *task, int64_t timeout_ns)
{
    g_assert(task->state == TASK_CURRENT);
    task->state = TASK_SLEEPING;
    task->timeout_ns = timeout_ns;
    await_timeout(task);
}

void task_sleep_to_tick(Task *task, int64_t timeout_ns)
{
    sleep_until(task, timeout_ns == TIME_NEVER_NS
                          ? TIME_NEVER_NS
                          : next_jiffy_ns(task->kernel, timeout_ns));
}

void task_sleep(Task *task, int64_t timeout_ns)
{
    if (task->kernel->scheduler->has_precise_timers)
        sleep_until(task, timeout_ns);
    else
        task_sleep_to_tick(task, timeout_ns);
}

void task_wake_at(Task *task, int64_t first_ns)
{
    task->timeout_ns = first_ns;
    await_timeout(task);
}

Vcpu *task_vcpu(const Task *task)
{
    return task->cpu->pv.vcpu;
}

/* The vCPU whose code runs now; NULL if it is not one of this kernel's. */
static KernelCpu *this_cpu(Kernel *kernel)
{
    const Vcpu *running = host_this_pcpu(kernel->domain->host)->current;

    return running->domain == kernel->domain ? &kernel->cpus[running->id] : NULL;
}

/* Where the woken task shall run: its last vCPU if that has nothing to do, else the
 * waker's, else any such, else its last. */
static KernelCpu *choose_cpu(const Task *task)
{
    Kernel *kernel = task->kernel;
    KernelCpu *waker = this_cpu(kernel);

    g_assert(kernel->cpus);
    if (has_nothing_to_run(task->cpu))
        return task->cpu;
    if (waker && has_nothing_to_run(waker))
        return waker;
    for (unsigned i = 0; i < kernel->n_cpus; i++)
        if (has_nothing_to_run(&kernel->cpus[i]))
            return &kernel->cpus[i];
    return task->cpu;
}

/* The vCPU looks for a task anew if the woken one is better than what it runs; another
 * vCPU is told by an event. */
static void preempt_if_better(KernelCpu *cpu, const Task *woken)
{
    Kernel *kernel = cpu->kernel;
    const KernelCpu *waker;

    if (cpu->current &&
        !kernel->scheduler->preempts(&cpu->queue, &woken->sched, &cpu->current->sched))
        return;
    cpu->needs_reschedule = true;
    waker = this_cpu(kernel);
    if (waker == cpu)
        return;
    if (waker)
        vcpu_count_one(waker->pv.vcpu, COUNT_EVENT_HYPERCALLS);
    event_send(cpu->pv.channels, cpu->reschedule_port);
}

static void move_to(Task *task, KernelCpu *cpu)
{
    const LinuxSchedulerOps *scheduler = task->kernel->scheduler;

    if (cpu != task->cpu && scheduler->move)
        scheduler->move(&task->cpu->queue, &cpu->queue, &task->sched);
    task->cpu = cpu;
}

void task_wake(Task *task, int64_t now_ns)
{
    KernelCpu *cpu;

    if (task->state != TASK_SLEEPING)
        return;
    sleepers_remove(&task->sleeper);
    cpu = choose_cpu(task);
    move_to(task, cpu);
    task->state = TASK_QUEUED;
    task->is_woken = true;
    task->kernel->scheduler->wake(&cpu->queue, &task->sched, clock_ns(cpu, now_ns));
    preempt_if_better(cpu, task);
}

void task_forget_timeout(Task *task)
{
    sleepers_remove(&task->sleeper);
    task->timeout_ns = TIME_NEVER_NS;
}

void task_reset(Task *task)
{
    task_forget_timeout(task);
    task->state = TASK_SLEEPING;
    task->left_ns = 0;
    task->is_woken = false;
    task->has_cpu = false;
    task->kernel->scheduler->task_init(&task->sched);
}
