#include "models/linux_kernel.h"

struct KernelCpu {
    PvCpu pv;
    Kernel *kernel;
    O1Queue queue;
    Sleepers sleepers; /* whose tasks sleep here until an instant */
    Task *current;     /* has the vCPU, or had it before the upcall that runs now */
    SimTimer timer;
    unsigned timer_port, reschedule_port;
    const Task *last; /* whose address space is loaded */
    bool needs_reschedule, is_going_idle;
};

struct Kernel {
    Domain *domain;
    Domain *run_for; /* its own work's beneficiary; NULL: the host */
    KernelCpu *cpus;
    unsigned n_cpus, n_tasks;
    int64_t jiffy_ns;
    int64_t task_switch_ns, address_space_ns, idle_ns;
};

static int64_t next_jiffy_ns(const Kernel *kernel, int64_t at_ns)
{
    return (at_ns + kernel->jiffy_ns - 1) / kernel->jiffy_ns * kernel->jiffy_ns;
}

static Task *task_of(O1Task *o1)
{
    return RING_OWNER(o1, Task, o1);
}

/* The vCPU's timer: every jiffy while a task runs, else when the first sleeper of this
 * vCPU is due (Linux's tickless idle on Xen). */
static void arm_timer(KernelCpu *cpu, int64_t now_ns)
{
    const Kernel *kernel = cpu->kernel;
    const int64_t due_ns = cpu->current ? next_jiffy_ns(kernel, now_ns + 1)
                                        : sleepers_first_ns(&cpu->sleepers);

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

void task_sleep(Task *task, int64_t timeout_ns)
{
    g_assert(task->state == TASK_CURRENT);
    task->state = TASK_SLEEPING;
    task->timeout_ns = timeout_ns == TIME_NEVER_NS
                           ? TIME_NEVER_NS
                           : next_jiffy_ns(task->kernel, timeout_ns);
    await_timeout(task);
}

int64_t kernel_select_ends_ns(const Kernel *kernel, int64_t now_ns, int64_t length_ns)
{
    const int64_t begun_ns = now_ns / kernel->jiffy_ns * kernel->jiffy_ns;

    return begun_ns + next_jiffy_ns(kernel, length_ns);
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

/* Where the woken task shall run: its last vCPU, or one with nothing to do. */
static KernelCpu *choose_cpu(const Task *task)
{
    Kernel *kernel = task->kernel;

    if (!task->cpu->current && task->cpu->queue.n_queued == 0)
        return task->cpu;
    for (unsigned i = 0; i < kernel->n_cpus; i++)
        if (!kernel->cpus[i].current && kernel->cpus[i].queue.n_queued == 0)
            return &kernel->cpus[i];
    return task->cpu;
}

void task_wake(Task *task, int64_t now_ns)
{
    KernelCpu *cpu;

    if (task->state != TASK_SLEEPING)
        return;
    sleepers_remove(&task->cpu->sleepers, &task->sleeper);
    cpu = choose_cpu(task);
    task->cpu = cpu;
    task->state = TASK_QUEUED;
    task->is_woken = true;
    o1_wake(&cpu->queue, &task->o1, now_ns);
    if (cpu->current && !o1_preempts(&task->o1, &cpu->current->o1))
        return;
    cpu->needs_reschedule = true;
    if (host_this_pcpu(task->kernel->domain->host)->current != cpu->pv.vcpu)
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
    o1_put_back(&cpu->queue, &task->o1, now_ns);
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
        o1_sleep(&cpu->queue, &task->o1, now_ns);
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
static Task *pull_task(KernelCpu *cpu)
{
    KernelCpu *busiest = busiest_of(cpu->kernel);
    Task *task;

    if (busiest->queue.n_queued == 0 || n_runnable(busiest) < n_runnable(cpu) + 2)
        return NULL;
    task = task_of(o1_give(&busiest->queue));
    task->cpu = cpu;
    o1_receive(&cpu->queue, &task->o1);
    return task;
}

static O1Task *pick_task(KernelCpu *cpu, int64_t now_ns)
{
    O1Task *next = o1_pick(&cpu->queue, now_ns);

    if (next || !pull_task(cpu))
        return next;
    return o1_pick(&cpu->queue, now_ns);
}

static bool run_next_task(KernelCpu *cpu, int64_t now_ns)
{
    O1Task *next;

    while ((next = pick_task(cpu, now_ns))) {
        Task *task = task_of(next);
        const int64_t switch_ns =
            cpu->kernel->task_switch_ns +
            (task == cpu->last ? 0 : cpu->kernel->address_space_ns);

        cpu->current = task;
        cpu->needs_reschedule = false;
        cpu->last = task;
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

static void balance(KernelCpu *cpu)
{
    const Task *pulled = pull_task(cpu);

    if (pulled && (!cpu->current || o1_preempts(&pulled->o1, &cpu->current->o1)))
        cpu->needs_reschedule = true;
}

static void handle_timer(void *owner, int64_t now_ns)
{
    KernelCpu *cpu = owner;

    if (cpu->current && cpu->current->state == TASK_CURRENT &&
        o1_tick(&cpu->queue, &cpu->current->o1, cpu->kernel->jiffy_ns, now_ns))
        cpu->needs_reschedule = true;
    wake_due_tasks(cpu, now_ns);
    balance(cpu);
    arm_timer(cpu, now_ns);
}

/* Being interrupted is all it is for: run_tasks looks at needs_reschedule afterwards.
 */
static void handle_reschedule(void *owner G_GNUC_UNUSED, int64_t now_ns G_GNUC_UNUSED)
{
}

static void on_timer(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    KernelCpu *cpu = owner;

    host_enter(cpu->kernel->domain->host, cpu->pv.vcpu->pcpu);
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
    o1_task_init(&task->o1);
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
    o1_queue_init(&cpu->queue);
    sleepers_init(&cpu->sleepers);
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

Kernel *kernel_new(Domain *domain, unsigned n_vcpus, int64_t hz,
                   const CostProfile *profile, Domain *run_for)
{
    Kernel *kernel = g_new0(Kernel, 1);

    kernel->domain = domain;
    kernel->run_for = run_for;
    kernel->n_cpus = n_vcpus;
    kernel->cpus = g_new0(KernelCpu, n_vcpus);
    kernel->jiffy_ns = NS_PER_S / hz;
    kernel->task_switch_ns = cost_ns(profile, COST_TASK_SWITCH);
    kernel->address_space_ns = cost_ns(profile, COST_ADDRESS_SPACE);
    kernel->idle_ns = cost_ns(profile, COST_TASK_IDLE);
    for (unsigned i = 0; i < n_vcpus; i++)
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
