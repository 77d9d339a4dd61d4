#include "models/linux/linux_cpu.h"

#include "models/host/interrupt.h"

static Task *task_of(LinuxTask *task)
{
    return RING_OWNER(task, Task, sched);
}

static bool has_tick(const KernelCpu *cpu)
{
    return cpu->current ||
           (cpu->kernel->scheduler->keeps_tick && !cpu->was_idle_at_a_tick);
}

/* When the first sleeper of the vCPU is due. */
static int64_t first_timeout_ns(KernelCpu *cpu)
{
    const int64_t due_ns = sleepers_first_ns(&cpu->sleepers);

    return due_ns == TIME_NEVER_NS ? due_ns
                                   : due_ns + cpu->kernel->scheduler->timer_slack_ns;
}

/* The vCPU's timer: every jiffy while a task runs, else when the first sleeper of this
 * vCPU is due (Linux's tickless idle on Xen). */
static void arm_timer(KernelCpu *cpu, int64_t now_ns)
{
    const Kernel *kernel = cpu->kernel;
    int64_t due_ns;

    cpu->tick_due_ns =
        has_tick(cpu) ? next_jiffy_ns(kernel, now_ns + 1) : TIME_NEVER_NS;
    due_ns = cpu->tick_due_ns;
    if (!cpu->current || kernel->scheduler->has_precise_timers)
        due_ns = MIN(due_ns, first_timeout_ns(cpu));
    sim_arm(kernel->domain->host->sim, &cpu->timer, due_ns);
}

/* Main level. */

static void pause_task(Task *task, int64_t now_ns)
{
    if (!task->has_cpu)
        return;
    task->has_cpu = false;
    if (task->ops->paused)
        task->ops->paused(task, now_ns);
}

static void resume_task(Task *task, int64_t now_ns)
{
    if (task->has_cpu)
        return;
    task->has_cpu = true;
    if (task->ops->resumed)
        task->ops->resumed(task, now_ns);
}

static void preempt_current(KernelCpu *cpu, int64_t now_ns)
{
    Task *task = cpu->current;

    cpu->needs_reschedule = false;
    if (!task)
        return;
    pause_task(task, now_ns);
    task->state = TASK_QUEUED;
    cpu->current = NULL;
    cpu->kernel->scheduler->put_back(&cpu->queue, &task->sched, clock_ns(cpu, now_ns));
}

/* A task that has slept asks what to do; one that was preempted goes on. */
static bool continue_task(KernelCpu *cpu, Task *task, int64_t now_ns, int64_t extra_ns)
{
    resume_task(task, now_ns);
    if (task->is_woken) {
        task->is_woken = false;
        task->ops->advance(task, now_ns);
    }
    if (task->state == TASK_SLEEPING) {
        pause_task(task, now_ns);
        cpu->kernel->scheduler->sleep(&cpu->queue, &task->sched, clock_ns(cpu, now_ns));
        cpu->current = NULL;
        return false;
    }
    if (cpu->needs_reschedule) { /* it has woken a better one */
        preempt_current(cpu, now_ns);
        return false;
    }
    pv_cpu_run(&cpu->pv, task->left_ns + extra_ns, task->run_for);
    return true;
}

static unsigned n_runnable(const KernelCpu *cpu)
{
    return cpu->queue.n_queued + (cpu->current ? 1 : 0);
}

static KernelCpu *busiest_of(Kernel *kernel)
{
    KernelCpu *busiest = &kernel->cpus[0];

    for (unsigned i = 1; i < kernel->n_cpus; i++)
        if (n_runnable(&kernel->cpus[i]) > n_runnable(busiest))
            busiest = &kernel->cpus[i];
    return busiest;
}

/* Linux's load balancing: a task comes over from a vCPU that has two more. A task that
 * is alone where it was woken stays there, though Xen may not run that vCPU yet. */
static Task *pull_task(KernelCpu *cpu, int64_t now_ns)
{
    const LinuxSchedulerOps *scheduler = cpu->kernel->scheduler;
    KernelCpu *busiest = busiest_of(cpu->kernel);
    LinuxTask *given;

    if (busiest->queue.n_queued == 0 || n_runnable(busiest) < n_runnable(cpu) + 2)
        return NULL;
    given = scheduler->give(&busiest->queue, clock_ns(busiest, now_ns));
    if (!given)
        return NULL;
    task_of(given)->cpu = cpu;
    scheduler->receive(&cpu->queue, given);
    return task_of(given);
}

static LinuxTask *pick_task(KernelCpu *cpu, int64_t now_ns)
{
    const LinuxSchedulerOps *scheduler = cpu->kernel->scheduler;
    LinuxTask *next = scheduler->pick_next(&cpu->queue, clock_ns(cpu, now_ns));

    if (next || !pull_task(cpu, now_ns))
        return next;
    return scheduler->pick_next(&cpu->queue, clock_ns(cpu, now_ns));
}

static bool run_next_task(KernelCpu *cpu, int64_t now_ns)
{
    LinuxTask *next;

    while ((next = pick_task(cpu, now_ns))) {
        Task *task = task_of(next);
        const int64_t switch_ns =
            cpu->kernel->task_switch_ns +
            (task == cpu->last ? 0 : cpu->kernel->address_space_ns);

        cpu->current = task;
        cpu->needs_reschedule = false;
        cpu->last = task;
        cpu->was_idle_at_a_tick = false;
        task->state = TASK_CURRENT;
        if (continue_task(cpu, task, now_ns, switch_ns)) {
            cpu->is_going_idle = false;
            return true;
        }
    }
    return false;
}

/* The idle task looks around before it blocks; an event then finds it awake. */
static void go_idle(KernelCpu *cpu, int64_t now_ns)
{
    if (!cpu->is_going_idle) {
        cpu->is_going_idle = true;
        pv_cpu_run(&cpu->pv, cpu->kernel->idle_ns, cpu->kernel->run_for);
        return;
    }
    cpu->is_going_idle = false;
    pv_cpu_block(&cpu->pv, now_ns);
}

static void run_tasks(PvCpu *pv, int64_t now_ns)
{
    KernelCpu *cpu = pv->owner;
    bool is_running;

    if (cpu->needs_reschedule)
        preempt_current(cpu, now_ns);
    if (cpu->current && continue_task(cpu, cpu->current, now_ns, 0))
        return;
    is_running = run_next_task(cpu, now_ns);
    arm_timer(cpu, now_ns);
    if (!is_running)
        go_idle(cpu, now_ns);
}

static void finish_task_run(PvCpu *pv, int64_t now_ns)
{
    KernelCpu *cpu = pv->owner;

    if (cpu->current) {
        cpu->current->left_ns = 0;
        cpu->current->is_woken = true;
    }
    run_tasks(pv, now_ns);
}

static void interrupt_task(PvCpu *pv, int64_t left_ns, int64_t now_ns)
{
    KernelCpu *cpu = pv->owner;

    cpu->is_going_idle = false;
    if (!cpu->current)
        return;
    cpu->current->left_ns = left_ns;
    pause_task(cpu->current, now_ns);
}

static const PvCpuOps cpu_ops = {
    .finished = finish_task_run,
    .interrupted = interrupt_task,
    .resume = run_tasks,
};

/* Events. */

static void wake_due_tasks(KernelCpu *cpu, int64_t now_ns)
{
    Sleeper *next;

    for (Sleeper *due = sleepers_take_due(&cpu->sleepers, now_ns); due; due = next) {
        next = due->next;
        task_wake(RING_OWNER(due, Task, sleeper), now_ns);
    }
}

static void balance(KernelCpu *cpu, int64_t now_ns)
{
    const Task *pulled = pull_task(cpu, now_ns);

    if (pulled &&
        (!cpu->current || cpu->kernel->scheduler->preempts(&cpu->queue, &pulled->sched,
                                                           &cpu->current->sched)))
        cpu->needs_reschedule = true;
}

static void tick(KernelCpu *cpu, int64_t now_ns)
{
    const Kernel *kernel = cpu->kernel;

    cpu->was_idle_at_a_tick = has_nothing_to_run(cpu);
    if (cpu->current && cpu->current->state == TASK_CURRENT &&
        kernel->scheduler->tick(&cpu->queue, &cpu->current->sched, kernel->jiffy_ns,
                                clock_ns(cpu, now_ns)))
        cpu->needs_reschedule = true;
}

static void handle_timer(void *owner, int64_t now_ns)
{
    KernelCpu *cpu = owner;
    const bool is_tick = cpu->is_tick_pending;

    cpu->is_tick_pending = false;
    if (is_tick)
        tick(cpu, now_ns);
    wake_due_tasks(cpu, now_ns);
    if (is_tick)
        balance(cpu, now_ns);
    arm_timer(cpu, now_ns);
}

/* Being interrupted is all it is for: run_tasks looks at needs_reschedule afterwards.
 */
static void handle_reschedule(void *owner G_GNUC_UNUSED, int64_t now_ns G_GNUC_UNUSED)
{
}

/* With timers that end at ticks only, each is one. */
static void on_timer(void *owner, int64_t now_ns)
{
    KernelCpu *cpu = owner;

    if (now_ns >= cpu->tick_due_ns || !cpu->kernel->scheduler->has_precise_timers)
        cpu->is_tick_pending = true;
    host_enter(cpu->kernel->domain->host, cpu->pv.vcpu->pcpu);
    pcpu_timer_interrupt(cpu->pv.vcpu->pcpu, now_ns);
    event_send(cpu->pv.channels, cpu->timer_port);
}

/* Life. */

void linux_cpu_init(KernelCpu *cpu, Kernel *kernel, unsigned i,
                    const CostProfile *profile)
{
    Host *host = kernel->domain->host;
    Vcpu *vcpu =
        host_add_vcpu(host, kernel->domain, (kernel->domain->index + i) % host->n_pcpus,
                      &pv_cpu_context, &cpu->pv);

    cpu->kernel = kernel;
    kernel->scheduler->queue_init(&cpu->queue, kernel->n_cpus);
    cpu->tick_due_ns = TIME_NEVER_NS;
    pv_cpu_init(&cpu->pv, vcpu, &cpu_ops, cpu, cost_ns(profile, COST_UPCALL));
    cpu->pv.upcall_for = kernel->run_for;
    cpu->timer_port = event_channels_open(
        cpu->pv.channels, &(EventPort){ .handle = handle_timer,
                                        .owner = cpu,
                                        .handler_ns = cost_ns(profile, COST_TASK_TICK),
                                        .run_for = kernel->run_for });
    cpu->reschedule_port = event_channels_open(
        cpu->pv.channels, &(EventPort){ .handle = handle_reschedule, .owner = cpu });
    sim_timer_add(host->sim, &cpu->timer, RANK_DOM0, vcpu->index, on_timer, cpu);
}

void linux_cpu_clear(KernelCpu *cpu)
{
    pv_cpu_clear(&cpu->pv);
    sleepers_clear(&cpu->sleepers);
}

void linux_cpu_stop(KernelCpu *cpu)
{
    sim_disarm(cpu->kernel->domain->host->sim, &cpu->timer);
    pv_cpu_reset(&cpu->pv);
    cpu->kernel->scheduler->queue_init(&cpu->queue, cpu->kernel->n_cpus);
    cpu->tick_due_ns = TIME_NEVER_NS;
    cpu->current = NULL;
    cpu->last = NULL;
    cpu->needs_reschedule = false;
    cpu->is_going_idle = false;
    cpu->is_tick_pending = false;
    cpu->was_idle_at_a_tick = false;
}
