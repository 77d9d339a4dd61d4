#include "tests/unit/io_world.h"

CostProfile *io_profile_new(void)
{
    CostProfile *profile = cost_profile_new();

    profile->clock_hz = NS_PER_S;
    profile->cpi_milli = 1000;
    for (unsigned i = 0; i < COSTS; i++)
        profile->figures[i].cycles = 100 + 7 * i;
    profile->figures[COST_SCHEDULE].cycles = 0;
    profile->figures[COST_CONTINUE].cycles = 0;
    profile->figures[COST_SWITCH].cycles = 0;
    profile->figures[COST_REFILL].cycles = 0;
    profile->figures[COST_IPI].cycles = 0;
    profile->figures[COST_TIMER_INTERRUPT].cycles = 0;
    profile->figures[COST_TRAP].cycles = 0;
    return profile;
}

Host *io_host_new(unsigned n_pcpus)
{
    return host_new(
        &(HostParams){ .topology = { n_pcpus, 1, n_pcpus },
                       .scheduler = scheduler_ops_by_name("credit-3.1", NULL) });
}

/* Workloads. */

typedef struct {
    Workload base;
    const Activity *activities;
    unsigned n, next;
    bool repeats;
} Script;

static void script_next(Workload *self, Activity *next)
{
    Script *script = (Script *)self;

    if (script->repeats && script->next == script->n)
        script->next = 0;
    *next = script->next < script->n ? script->activities[script->next++]
                                     : (Activity){ .kind = ACTIVITY_END };
}

static void script_free(Workload *self)
{
    g_free(self);
}

static const WorkloadOps script_ops = { "script", script_next, script_free };

Workload *io_workload_new(const Activity *activities, unsigned n, bool repeats)
{
    Script *script = g_new0(Script, 1);

    script->base.ops = &script_ops;
    script->activities = activities;
    script->n = n;
    script->repeats = repeats;
    return &script->base;
}

Activity io_compute(int64_t instructions)
{
    return (Activity){ .kind = ACTIVITY_COMPUTE, .instructions = instructions };
}

Activity io_read(uint64_t port)
{
    return (Activity){
        .kind = ACTIVITY_PORT, .address = port, .count = 1, .size_bytes = 1
    };
}

Activity io_write(uint64_t port, uint32_t value)
{
    Activity access = io_read(port);

    access.is_write = true;
    access.value = value;
    return access;
}

Activity io_halt(int64_t halt_ns)
{
    return (Activity){ .kind = ACTIVITY_HALT, .halt_ns = halt_ns };
}

/* Machines. */

IoMachine *io_machine_new(const char *placement, Workload *workload)
{
    IoMachine *self = g_new0(IoMachine, 1);

    self->profile = io_profile_new();
    self->workload = workload;
    self->guest = (GuestParams){ .name = "guest",
                                 .id = 1,
                                 .n_vcpus = 1,
                                 .workloads = &self->workload,
                                 .stub.id = 100 };
    self->params = (MachineParams){
        .host = { .topology = { 3, 1, 3 },
                  .scheduler = scheduler_ops_by_name("credit-3.1", NULL) },
        .profile = self->profile,
        .placement = placement_ops_by_name(placement, NULL),
        .dom0 = { .n_vcpus = 1, .hz = 100 },
        .path = { .n_posted_places = 80 },
        .disk = { .seek_ns = NS_PER_MS, .bytes_per_s = NS_PER_S },
        .nic = { .bits_per_s = NS_PER_S },
        .guests = &self->guest,
        .n_guests = 1,
    };
    return self;
}

Machine *io_machine_build(IoMachine *self)
{
    return machine_new(&self->params);
}

void io_machine_free(IoMachine *self)
{
    cost_profile_free(self->profile);
    g_free(self);
}

void io_check_laws(const Machine *machine)
{
    g_autoptr(GError) error = NULL;

    machine_check(machine, &error);
    g_assert_no_error(error);
}

/* Tasks. */

static void note(const IoTask *self, int64_t now_ns, const char *what)
{
    g_string_append_printf(self->log, "%" G_GINT64_FORMAT " %s %s\n",
                           now_ns / NS_PER_US, self->name, what);
}

static void task_advance(Task *task, int64_t now_ns)
{
    IoTask *self = task->owner;

    if (!self->is_running) {
        self->is_running = true;
        task_run(task, self->run_ns, NULL);
        return;
    }
    self->is_running = false;
    if (self->wakes)
        task_wake(self->wakes, now_ns);
    task_sleep(task, self->timeout_ns == TIME_NEVER_NS ? TIME_NEVER_NS
                                                       : now_ns + self->timeout_ns);
}

static void task_resumed(Task *task, int64_t now_ns)
{
    note(task->owner, now_ns, "+");
}

static void task_paused(Task *task, int64_t now_ns)
{
    note(task->owner, now_ns, "-");
}

static const TaskOps task_ops = {
    .name = "test",
    .advance = task_advance,
    .resumed = task_resumed,
    .paused = task_paused,
};

void io_task_init(IoTask *self, Kernel *kernel, const char *name, int64_t run_ns,
                  GString *log)
{
    *self = (IoTask){
        .name = name, .run_ns = run_ns, .timeout_ns = TIME_NEVER_NS, .log = log
    };
    task_init(&self->task, kernel, &task_ops, self);
}
