/* Tasks on the vCPUs of a dom0 kernel. */
#include "models/linux/linux_kernel.h"

#include "tests/unit/io_world.h"

#define US NS_PER_US

/* Costs that make instants easy to read. */
#define UPCALL_US        1
#define TASK_SWITCH_US   2
#define ADDRESS_SPACE_US 3
#define IDLE_US          4
#define TICK_US          5
#define HANDLER_US       6

typedef struct {
    CostProfile *profile;
    Host *host;
    Kernel *kernel;
    GString *log;
    IoTask tasks[4];
    unsigned port; /* wakes tasks[0], then wakes_too */
    Task *wakes_too;
    uint64_t n_wakes;
    SimTimer timer; /* sends to that port */
} Fixture;

static void set_cost(CostProfile *profile, Cost cost, int64_t us)
{
    profile->figures[cost].cycles = us * US;
}

static void handle_port(void *owner, int64_t now_ns)
{
    Fixture *self = owner;

    task_wake(&self->tasks[0].task, now_ns);
    if (self->wakes_too)
        task_wake(self->wakes_too, now_ns);
}

static void send(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Fixture *self = owner;

    kernel_send(self->kernel, self->port);
}

static void count_wake(void *listener, int64_t now_ns G_GNUC_UNUSED,
                       const Vcpu *vcpu G_GNUC_UNUSED)
{
    Fixture *self = listener;

    self->n_wakes++;
}

static void set_up_with(Fixture *self, gconstpointer n_vcpus,
                        const LinuxSchedulerOps *scheduler)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };

    *self = (Fixture){ .profile = io_profile_new(), .host = io_host_new(2) };
    set_cost(self->profile, COST_UPCALL, UPCALL_US);
    set_cost(self->profile, COST_TASK_SWITCH, TASK_SWITCH_US);
    set_cost(self->profile, COST_ADDRESS_SPACE, ADDRESS_SPACE_US);
    set_cost(self->profile, COST_TASK_IDLE, IDLE_US);
    set_cost(self->profile, COST_TASK_TICK, TICK_US);
    self->log = g_string_new(NULL);
    self->kernel = kernel_new(host_add_domain(self->host, 0, "Domain-0", &params),
                              &(KernelParams){ .scheduler = scheduler,
                                               .n_vcpus = GPOINTER_TO_UINT(n_vcpus),
                                               .hz = 100,
                                               .profile = self->profile });
    self->port =
        kernel_open_port(self->kernel, &(EventPort){ .handle = handle_port,
                                                     .owner = self,
                                                     .handler_ns = HANDLER_US * US });
    sim_timer_add(self->host->sim, &self->timer, RANK_DEVICE, 99, send, self);
    for (unsigned i = 0; i < G_N_ELEMENTS(self->tasks); i++) {
        static const char *const names[] = { "a", "b", "c", "d" };

        io_task_init(&self->tasks[i], self->kernel, names[i], 20 * US, self->log);
    }
    host_add_probe(self->host, &(Probe){ .listener = self, .woken = count_wake });
}

static void set_up(Fixture *self, gconstpointer n_vcpus)
{
    set_up_with(self, n_vcpus, &linux_o1);
}

static void set_up_cfs(Fixture *self, gconstpointer n_vcpus)
{
    set_up_with(self, n_vcpus, &linux_cfs);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    kernel_free(self->kernel);
    host_free(self->host);
    cost_profile_free(self->profile);
    g_string_free(self->log, true);
}

/* dom0 comes up and finds nothing to do; then the port is sent at send_us. */
static void run(Fixture *self, int64_t send_us, int64_t end_us)
{
    host_start(self->host);
    kernel_start(self->kernel);
    host_handle_softirqs(self->host);
    host_run_until(self->host, 100 * US);
    self->n_wakes = 0;
    sim_arm(self->host->sim, &self->timer, send_us * US);
    host_run_until(self->host, end_us * US);
}

static int64_t ran_us(const Fixture *self)
{
    host_book_time(self->host);
    return host_domain_by_name(self->host, "Domain-0")->ran_ns / US;
}

static void test_an_event_wakes_a_task(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    run(self, 1000, 2000);
    /* Upcall 1 and handler 6 until 1007; then the switch, 5, belongs to the run. */
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1032 a -\n");
    g_assert_cmpuint(self->n_wakes, ==, 1);
    g_assert_cmpint(ran_us(self), ==, IDLE_US + 7 + 5 + 20 + IDLE_US);
}

/* The event enters through vCPU 0, whatever vCPU the task was on. */
static void test_a_task_elsewhere_needs_a_second_wake(Fixture *self,
                                                      gconstpointer data G_GNUC_UNUSED)
{
    self->wakes_too = &self->tasks[1].task; /* on vCPU 1, which is idle */
    run(self, 1000, 2000);
    /* vCPU 1: woken at 1007, upcall 1, its handler nothing. */
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1008 b +\n"
                    "1032 a -\n"
                    "1033 b -\n");
    g_assert_cmpuint(self->n_wakes, ==, 2);
}

static void test_one_vcpu_runs_them_in_turn(Fixture *self,
                                            gconstpointer data G_GNUC_UNUSED)
{
    self->wakes_too = &self->tasks[1].task;
    run(self, 1000, 2000);
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1032 a -\n"
                    "1032 b +\n"
                    "1057 b -\n");
}

/* It has slept, so it is better than one whose sleep has earned nothing, which goes on
 * where it was. */
static void test_a_better_task_preempts(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    self->tasks[1].run_ns = 10000 * US;
    self->tasks[1].task.sched.o1.sleep_avg_ns = 0;
    task_wake_at(&self->tasks[1].task, 5000 * US); /* the first tick */
    run(self, 9000, 30000);
    g_assert_cmpstr(self->log->str, ==,
                    "5006 b +\n"
                    "9000 b -\n"
                    "9007 a +\n"
                    "9032 a -\n"
                    "9032 b +\n"
                    "10000 b -\n" /* the tick */
                    "10006 b +\n"
                    "15054 b -\n");
}

/* Of two equals on the vCPU, the one that is interrupted goes on first. */
static void test_an_interrupted_task_goes_on(Fixture *self,
                                             gconstpointer data G_GNUC_UNUSED)
{
    self->tasks[0].run_ns = 100 * US;
    self->wakes_too = &self->tasks[1].task;
    run(self, 1000, 1050);
    sim_arm(self->host->sim, &self->timer, 1060 * US);
    host_run_until(self->host, 2000 * US);
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1060 a -\n"
                    "1067 a +\n"
                    "1119 a -\n"
                    "1119 b +\n"
                    "1144 b -\n");
}

/* A task that wakes another and then sleeps: the other runs once, and is not put behind
 * its equals by the call to reschedule that the wake had made. */
static void test_a_sleeper_takes_its_call_with_it(Fixture *self,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    self->tasks[0].wakes = &self->tasks[1].task;
    self->tasks[1].wakes = &self->tasks[2].task;
    self->tasks[0].task.sched.o1.sleep_avg_ns = 0;
    run(self, 1000, 2000);
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1032 a -\n"
                    "1032 b +\n"
                    "1057 b -\n"
                    "1057 c +\n"
                    "1082 c -\n");
}

/* A sleep ends at the first tick from its timeout on; none but the first task's switch
 * is to another address space. */
static void test_a_sleep_ends_at_a_tick(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    self->tasks[0].timeout_ns = 10 * NS_PER_MS;
    run(self, 1000, 45000);
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1032 a -\n"
                    "20006 a +\n"
                    "20028 a -\n"
                    "40006 a +\n"
                    "40028 a -\n");
}

/* Xen 3.1's qemu-dm, select()ing for 10 ms at 100 Hz, wakes at every tick. */
static void test_a_select_ends_at_the_next_tick(Fixture *self,
                                                gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        int64_t now_us, length_ms, ends_ms;
    } cases[] = { { 10028, 10, 20 },
                  { 19999, 10, 20 },
                  { 20000, 10, 30 },
                  { 10028, 11, 30 },
                  { 10028, 1, 20 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(kernel_select_ends_ns(self->kernel, cases[i].now_us * US,
                                              cases[i].length_ms * NS_PER_MS),
                        ==, cases[i].ends_ms * NS_PER_MS);
}

/* The first tick comes at 3 ms; what is before it is in a jiffy, too. */
static void test_a_select_before_the_first_tick(void)
{
    Host *host = io_host_new(1);
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };
    CostProfile *profile = io_profile_new();
    Kernel *kernel = kernel_new(host_add_domain(host, 0, "Domain-0", &params),
                                &(KernelParams){ .scheduler = &linux_o1,
                                                 .n_vcpus = 1,
                                                 .hz = 100,
                                                 .tick_phase_ns = 3 * NS_PER_MS,
                                                 .profile = profile });

    for (int64_t now_ms = 0; now_ms < 3; now_ms++)
        g_assert_cmpint(
            kernel_select_ends_ns(kernel, now_ms * NS_PER_MS, 10 * NS_PER_MS), ==,
            3 * NS_PER_MS);
    g_assert_cmpint(kernel_select_ends_ns(kernel, 3 * NS_PER_MS, 10 * NS_PER_MS), ==,
                    13 * NS_PER_MS);
    kernel_free(kernel);
    host_free(host);
    cost_profile_free(profile);
}

/* Four tasks wake on one vCPU; the other, when it has none, takes some over. */
static void test_an_idle_vcpu_takes_tasks_over(Fixture *self,
                                               gconstpointer data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(self->tasks); i++) {
        self->tasks[i].run_ns = 40 * NS_PER_MS;
        self->tasks[i].task.cpu = self->tasks[0].task.cpu;
        task_wake_at(&self->tasks[i].task, 10 * NS_PER_MS);
    }
    run(self, 50000, 100000);
    /* 160 ms of tasks in less than 100 ms of each vCPU. */
    g_assert_cmpint(ran_us(self), >, 160000);
    for (unsigned i = 0; i < G_N_ELEMENTS(self->tasks); i++)
        g_assert_cmpint(self->tasks[i].task.state, ==, TASK_SLEEPING);
}

/* An event during the idle task's look round does not spare the next one. */
static void test_each_idling_is_paid(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    run(self, 1000, 1034); /* in the idle task's run since 1032 */
    sim_arm(self->host->sim, &self->timer, 1034 * US);
    host_run_until(self->host, 2000 * US);
    g_assert_cmpstr(self->log->str, ==,
                    "1007 a +\n"
                    "1032 a -\n"
                    "1041 a +\n"
                    "1063 a -\n");
    g_assert_cmpint(ran_us(self), ==, IDLE_US + (1063 - 1000) + IDLE_US);
}

/* Upcall, tick, idle: from 10000 once, as the tick finds the vCPU idle. */
static void
test_the_tick_goes_on_until_it_finds_it_idle(Fixture *self,
                                             gconstpointer data G_GNUC_UNUSED)
{
    run(self, 12000, 60000);
    g_assert_cmpstr(self->log->str, ==,
                    "12007 a +\n"
                    "12032 a -\n");
    /* The event; the ticks after the start and after the task. */
    g_assert_cmpuint(self->n_wakes, ==, 3);
    g_assert_cmpint(ran_us(self), ==,
                    IDLE_US + 2 * (UPCALL_US + TICK_US + IDLE_US) + 7 + 5 + 20 +
                        IDLE_US);
}

/* 13 ms and a slack of 50 us; events of other ports do not look at timers. */
static void test_a_sleep_ends_after_its_slack(Fixture *self,
                                              gconstpointer data G_GNUC_UNUSED)
{
    task_wake_at(&self->tasks[1].task, 13000 * US);
    self->tasks[1].timeout_ns = 2000 * US;
    run(self, 15100, 17000);
    g_assert_cmpstr(self->log->str, ==,
                    "13056 b +\n"
                    "13081 b -\n"
                    "15107 a +\n"
                    "15131 a -\n"
                    "15137 a +\n"
                    "15138 a -\n"
                    "15138 b +\n"
                    "15163 b -\n");
}

/* Xen ran another vCPU for 50 ms of the task's turn: it is not charged for that. */
static void test_stolen_time_is_not_charged(Fixture *self,
                                            gconstpointer data G_GNUC_UNUSED)
{
    Domain *domain = host_domain_by_name(self->host, "Domain-0");

    self->tasks[0].run_ns = 3 * NS_PER_MS;
    run(self, 1000, 2000);
    domain_pause(domain);
    host_handle_softirqs(self->host);
    host_run_until(self->host, 52000 * US);
    domain_unpause(domain);
    host_handle_softirqs(self->host);
    host_run_until(self->host, 60000 * US);
    g_assert_cmpint(self->tasks[0].task.sched.cfs.vruntime_ns, <, 4 * NS_PER_MS);
    g_assert_cmpint(self->tasks[0].task.sched.cfs.vruntime_ns, >, 3 * NS_PER_MS);
}

#define ADD_CFS(name, n_vcpus, test)                                                   \
    g_test_add("/linux-kernel/cfs/" name, Fixture, GUINT_TO_POINTER(n_vcpus),          \
               set_up_cfs, test, tear_down)

#define ADD(name, n_vcpus, test)                                                       \
    g_test_add("/linux-kernel/" name, Fixture, GUINT_TO_POINTER(n_vcpus), set_up,      \
               test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("an event wakes a task", 1, test_an_event_wakes_a_task);
    ADD("a task elsewhere needs a second wake", 2,
        test_a_task_elsewhere_needs_a_second_wake);
    ADD("one vCPU runs them in turn", 1, test_one_vcpu_runs_them_in_turn);
    ADD("a better task preempts", 1, test_a_better_task_preempts);
    ADD("an interrupted task goes on", 1, test_an_interrupted_task_goes_on);
    ADD("a sleeper takes its call with it", 1, test_a_sleeper_takes_its_call_with_it);
    ADD("a sleep ends at a tick", 1, test_a_sleep_ends_at_a_tick);
    ADD("a select ends at the next tick", 1, test_a_select_ends_at_the_next_tick);
    ADD("an idle vCPU takes tasks over", 2, test_an_idle_vcpu_takes_tasks_over);
    ADD("each idling is paid", 1, test_each_idling_is_paid);
    ADD_CFS("the tick goes on until it finds it idle", 1,
            test_the_tick_goes_on_until_it_finds_it_idle);
    ADD_CFS("a sleep ends after its slack", 1, test_a_sleep_ends_after_its_slack);
    ADD_CFS("stolen time is not charged", 1, test_stolen_time_is_not_charged);
    g_test_add_func("/linux_kernel/a select before the first tick",
                    test_a_select_before_the_first_tick);
    return g_test_run();
}
