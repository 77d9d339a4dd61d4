#include "models/linux/linux_kernel.h"

#include "models/host/interrupt.h"

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
    bool was_idle_at_a_tick; /* since a task last ran */
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

/* The last tick until then. */
static int64_t begun_jiffy_ns(const Kernel *kernel, int64_t at_ns)
{
    return (at_ns - kernel->tick_phase_ns) / kernel->jiffy_ns * kernel->jiffy_ns +
           kernel->tick_phase_ns;
}

static int64_t next_jiffy_ns(const Kernel *kernel, int64_t at_ns)
{
    return begun_jiffy_ns(kernel, at_ns + kernel->jiffy_ns - 1);
}

static Task *task_of(LinuxTask *task)
{
    return RING_OWNER(task, Task, sched);
}

static bool has_nothing_to_run(const KernelCpu *cpu)
{
    return !cpu->current && cpu->queue.n_queued == 0;
}

/* The clock of the vCPU's scheduler. */
static int64_t clock_ns(const KernelCpu *cpu, int64_t now_ns)
{
    const Runstate *runstate = &cpu->pv.vcpu->runstate;

    if (!cpu->kernel->scheduler->sees_stolen_time)
        return now_ns;
    return now_ns - runstate_total_ns(runstate, RUNSTATE_RUNNABLE, now_ns) -
           runstate_total_ns(runstate, RUNSTATE_OFFLINE, now_ns);
}

static bool has_tick(const KernelCpu *cpu)
{
    return cpu->current ||
           (cpu->kernel->scheduler->keeps_tick && !cpu->was_idle_at_a_tick);
}

/* When the first sleeper of the vCPU is due. */
static int64_t first_timeout_ns(const KernelCpu *cpu)
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

/* Tasks. */

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

int64_t kernel_select_ends_ns(const Kernel *kernel, int64_t now_ns, int64_t length_ns)
{
    const int64_t n_jiffies = (length_ns + kernel->jiffy_ns - 1) / kernel->jiffy_ns;

    if (kernel->scheduler->has_precise_timers)
        return now_ns + length_ns;
    return begun_jiffy_ns(kernel, now_ns) + n_jiffies * kernel->jiffy_ns;
}

Vcpu *task_vcpu(const Task *task)
{
    return task->cpu->pv.vcpu;
}

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

void task_wake(Task *task, int64_t now_ns)
{
    const LinuxSchedulerOps *scheduler = task->kernel->scheduler;
    KernelCpu *cpu;

    if (task->state != TASK_SLEEPING)
        return;
    sleepers_remove(&task->cpu->sleepers, &task->sleeper);
    cpu = choose_cpu(task);
    if (cpu != task->cpu && scheduler->move)
        scheduler->move(&task->cpu->queue, &cpu->queue, &task->sched);
    task->cpu = cpu;
    task->state = TASK_QUEUED;
    task->is_woken = true;
    scheduler->wake(&cpu->queue, &task->sched, clock_ns(cpu, now_ns));
    if (cpu->current &&
        !scheduler->preempts(&cpu->queue, &task->sched, &cpu->current->sched))
        return;
    cpu->needs_reschedule = true;
    if (host_this_pcpu(task->kernel->domain->host)->current == cpu->pv.vcpu)
        return;
    if (this_cpu(task->kernel))
        vcpu_count_one(this_cpu(task->kernel)->pv.vcpu, COUNT_EVENT_HYPERCALLS);
    event_send(cpu->pv.channels, cpu->reschedule_port);
}

/* Main level of a vCPU. */

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
    LinuxTask *next = scheduler->pick(&cpu->queue, clock_ns(cpu, now_ns));

    if (next || !pull_task(cpu, now_ns))
        return next;
    return scheduler->pick(&cpu->queue, clock_ns(cpu, now_ns));
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

unsigned kernel_open_port(Kernel *kernel, const EventPort *port)
{
    return event_channels_open(kernel->cpus[0].pv.channels, port);
}

Vcpu *kernel_event_vcpu(const Kernel *kernel)
{
    return kernel->cpus[0].pv.vcpu;
}

void kernel_send(Kernel *kernel, unsigned port)
{
    event_send(kernel->cpus[0].pv.channels, port);
}

/* Life. */

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

void task_wake_at(Task *task, int64_t first_ns)
{
    task->timeout_ns = first_ns;
    await_timeout(task);
}

static void init_cpu(Kernel *kernel, unsigned i, const CostProfile *profile)
{
    KernelCpu *cpu = &kernel->cpus[i];
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

Kernel *kernel_new(Domain *domain, const KernelParams *params)
{
    const CostProfile *profile = params->profile;
    Kernel *kernel = g_new0(Kernel, 1);

    kernel->domain = domain;
    kernel->scheduler = params->scheduler;
    kernel->run_for = params->run_for;
    kernel->n_cpus = params->n_vcpus;
    kernel->cpus = g_new0(KernelCpu, params->n_vcpus);
    kernel->jiffy_ns = NS_PER_S / params->hz;
    kernel->tick_phase_ns = params->tick_phase_ns % kernel->jiffy_ns;
    kernel->task_switch_ns = cost_ns(profile, COST_TASK_SWITCH);
    kernel->address_space_ns = cost_ns(profile, COST_ADDRESS_SPACE);
    kernel->idle_ns = cost_ns(profile, COST_TASK_IDLE) +
                      (params->n_vcpus > 1 ? params->balance_ns : 0);
    for (unsigned i = 0; i < params->n_vcpus; i++)
        init_cpu(kernel, i, profile);
    return kernel;
}

void kernel_free(Kernel *kernel)
{
    if (!kernel)
        return;
    for (unsigned i = 0; i < kernel->n_cpus; i++) {
        pv_cpu_clear(&kernel->cpus[i].pv);
        sleepers_clear(&kernel->cpus[i].sleepers);
    }
    g_free(kernel->cpus);
    g_free(kernel);
}

Host *kernel_host(const Kernel *kernel)
{
    return kernel->domain->host;
}

void kernel_start(Kernel *kernel)
{
    for (unsigned i = 0; i < kernel->n_cpus; i++) {
        host_enter(kernel->domain->host, kernel->cpus[i].pv.vcpu->pcpu);
        vcpu_start(kernel->cpus[i].pv.vcpu, false);
    }
}

void task_forget_timeout(Task *task)
{
    sleepers_remove(&task->cpu->sleepers, &task->sleeper);
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

static void stop_cpu(KernelCpu *cpu)
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

void kernel_stop(Kernel *kernel)
{
    for (unsigned i = 0; i < kernel->n_cpus; i++)
        stop_cpu(&kernel->cpus[i]);
}
