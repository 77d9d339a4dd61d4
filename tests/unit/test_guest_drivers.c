/* PV drivers in an HVM guest: the cost of a transfer, full rings, several vCPUs. */
#include "tests/unit/io_world.h"

#define KIB 1024

typedef struct {
    uint64_t n;
    int64_t bytes, last_took_ns;
} Seen;

static void see_transfer(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Vcpu *vcpu G_GNUC_UNUSED, int64_t bytes, int64_t took_ns)
{
    Seen *seen = listener;

    seen->n++;
    seen->bytes += bytes;
    seen->last_took_ns = took_ns;
}

static Activity block(int64_t bytes)
{
    return (
        Activity){ .kind = ACTIVITY_BLOCK, .bytes = bytes, .halt_ns = TIME_NEVER_NS };
}

static Activity frame(int64_t bytes)
{
    return (
        Activity){ .kind = ACTIVITY_SEND, .bytes = bytes, .halt_ns = TIME_NEVER_NS };
}

static const Activity begin = { .kind = ACTIVITY_BEGIN };

static Activity end_of(int64_t bytes)
{
    return (Activity){ .kind = ACTIVITY_TRANSFER, .bytes = bytes };
}

static Seen run_machine(IoMachine *io, int64_t run_ns)
{
    g_autoptr(Machine) machine = NULL;
    Seen seen = { 0 };

    io->guest.has_pv_drivers = true;
    machine = io_machine_build(io);
    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &seen, .transfer = see_transfer });
    machine_run_until(machine, run_ns);
    io_check_laws(machine);
    return seen;
}

/* One request, everybody asleep: the sum of its steps, to the nanosecond. */
static void test_the_steps_of_a_transfer(void)
{
    const Activity script[] = { io_compute(NS_PER_MS), begin, block(4096),
                                end_of(4096) };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), false));
    static const Cost steps[] = {
        COST_FRONTEND,                                        /* put on the ring */
        COST_EXIT,          COST_EXIT_HANDLER,   COST_NOTIFY, /* dom0's event */
        COST_UPCALL,        COST_TASK_WAKE,      COST_TASK_SWITCH,
        COST_ADDRESS_SPACE, COST_BACKEND, /* the disk begins */
        COST_UPCALL,        COST_DISK_INTERRUPT, COST_TASK_SWITCH,
        COST_BACKEND, /* the guest's event */
        COST_INJECT,        COST_ENTRY,          COST_GUEST_INTERRUPT,
        COST_FRONTEND, /* taken off it */
    };
    int64_t expected_ns = NS_PER_MS + 4096;

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        expected_ns += cost_ns(io->profile, steps[i]);
    const Seen seen = run_machine(io, NS_PER_S);

    g_assert_cmpuint(seen.n, ==, 1);
    g_assert_cmpint(seen.last_took_ns, ==, expected_ns);
}

static void see_ring_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                             const Domain *domain, RingKind kind, int64_t took_ns)
{
    int64_t *sum_ns = listener;

    g_assert_cmpint(kind, ==, RING_BLOCK);
    g_assert_cmpstr(domain->name, ==, "guest");
    *sum_ns += took_ns;
}

/* Of a transfer's steps, those from the ring to the response. */
static void test_a_ring_request_takes_until_its_response(void)
{
    const Activity script[] = { io_compute(NS_PER_MS), begin, block(4096),
                                end_of(4096) };
    static const Cost steps[] = {
        COST_EXIT,          COST_EXIT_HANDLER,   COST_NOTIFY,
        COST_UPCALL,        COST_TASK_WAKE,      COST_TASK_SWITCH,
        COST_ADDRESS_SPACE, COST_BACKEND, /* the disk begins */
        COST_UPCALL,        COST_DISK_INTERRUPT, COST_TASK_SWITCH,
        COST_BACKEND,
    };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), false));
    g_autoptr(Machine) machine = NULL;
    int64_t expected_ns = NS_PER_MS + 4096, sum_ns = 0;

    io->guest.has_pv_drivers = true;
    machine = io_machine_build(io);
    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &sum_ns, .ring_request = see_ring_request });
    machine_run_until(machine, NS_PER_S);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        expected_ns += cost_ns(io->profile, steps[i]);
    g_assert_cmpint(sum_ns, ==, expected_ns);
    g_assert_cmpuint(domain_count(host_domain_by_name(machine_host(machine), "guest"),
                                  COUNT_RING_REQUESTS),
                     ==, 1);
}

/* 128 KiB are three requests of 44 KiB at most: three places of the disk's queue. */
static void test_a_large_transfer(void)
{
    const Activity script[] = { begin, block(128 * KIB), end_of(128 * KIB) };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), false));
    const Seen seen = run_machine(io, NS_PER_S);
    const int64_t disk_ns = 3 * NS_PER_MS + 128 * KIB;

    g_assert_cmpuint(seen.n, ==, 1);
    g_assert_cmpint(seen.last_took_ns, >, disk_ns);
    g_assert_cmpint(seen.last_took_ns, <, disk_ns + NS_PER_MS / 10);
}

/* A back end that needs 1 ms for a frame, and a ring of 4: the guest sends as many as
 * it gets through, and waits, halted, for the rest. */
static void test_a_full_ring_makes_the_sender_wait(void)
{
    const Activity script[] = { begin, frame(1500), end_of(1500) };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), true));

    io->profile->figures[COST_BACKEND].cycles = NS_PER_MS;
    io->params.rings.n_net_places = 4;
    const Seen seen = run_machine(io, NS_PER_S);

    g_assert_cmpuint(seen.n, >, 985);
    g_assert_cmpuint(seen.n, <=, 1000 + 4);
}

/* vCPU 0 has nothing to do, and yet handles the events of the others. */
static void test_vcpu_0_handles_events_for_all(void)
{
    const Activity idle[] = { io_compute(1) };
    const Activity script[] = { begin, block(4096), end_of(4096),
                                begin, frame(60),   end_of(60) };
    g_autoptr(IoMachine) io =
        io_machine_new("stub", io_workload_new(idle, G_N_ELEMENTS(idle), false));
    Workload *workloads[] = { io->workload,
                              io_workload_new(script, G_N_ELEMENTS(script), true),
                              io_workload_new(script, G_N_ELEMENTS(script), true) };

    io->params.rings.n_net_places = 1;
    io->guest.workloads = workloads;
    io->guest.n_vcpus = G_N_ELEMENTS(workloads);
    const Seen seen = run_machine(io, NS_PER_S);

    /* The disk is busy all the time: 1,004,096 ns for each pair of transfers. */
    g_assert_cmpuint(seen.n, >=, 2 * 990);
    g_assert_cmpuint(seen.n, <=, 2 * 996);
}

static int64_t guest_ran_ns(int64_t timer_hz)
{
    const Activity idle[] = { io_compute(1) };
    const Activity late[] = { io_compute(6 * NS_PER_S), begin, block(4096),
                              end_of(4096) };
    g_autoptr(IoMachine) io = io_machine_new("stub", io_workload_new(idle, 1, false));
    Workload *workloads[] = { io->workload,
                              io_workload_new(late, G_N_ELEMENTS(late), false) };
    g_autoptr(Machine) machine = NULL;

    io->guest.workloads = workloads;
    io->guest.n_vcpus = G_N_ELEMENTS(workloads);
    io->guest.has_pv_drivers = true;
    io->guest.timer.hz = timer_hz;
    machine = io_machine_build(io);
    machine_run_until(machine, 7 * NS_PER_S);
    host_book_time(machine_host(machine));
    return host_domain_by_name(machine_host(machine), io->guest.name)->ran_ns;
}

/* vCPU 0 has ended: what it is woken for later is the event, and not every tick since.
 */
static void test_who_has_ended_has_no_ticks(void)
{
    g_assert_cmpint(guest_ran_ns(100), ==, guest_ran_ns(0));
}

/* Random activities, rings from 1 place on, disks and memory: nothing gets lost. */
static void test_nothing_gets_lost(void)
{
    for (unsigned i = 0; i < 40; i++) {
        Activity script[12];
        int64_t bytes = 0;

        for (unsigned j = 0; j < G_N_ELEMENTS(script); j += 3) {
            const int64_t length = g_test_rand_int_range(1, 300000);
            const bool is_block = g_test_rand_bit();

            script[j] = begin;
            script[j + 1] = is_block ? block(length) : frame(length);
            script[j + 2] = end_of(length);
            bytes += length;
        }
        g_autoptr(IoMachine) io =
            io_machine_new(i % 2 ? "dom0" : "stub+sdom",
                           io_workload_new(script, G_N_ELEMENTS(script), false));

        io->params.rings = (RingParams){ 1u << g_test_rand_int_range(0, 4),
                                         (unsigned)g_test_rand_int_range(1, 12),
                                         1u << g_test_rand_int_range(0, 3) };
        io->guest.timer.hz = 100;
        if (i % 3 == 0)
            io->params.disk.bytes_per_s = 0;
        const Seen seen = run_machine(io, 10 * NS_PER_S);

        g_assert_cmpuint(seen.n, ==, G_N_ELEMENTS(script) / 3);
        g_assert_cmpint(seen.bytes, ==, bytes);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/guest drivers/a transfer is the sum of its steps",
                    test_the_steps_of_a_transfer);
    g_test_add_func("/guest-drivers/a ring request takes until its response",
                    test_a_ring_request_takes_until_its_response);
    g_test_add_func("/guest drivers/a large transfer takes several requests",
                    test_a_large_transfer);
    g_test_add_func("/guest drivers/who has ended has no ticks",
                    test_who_has_ended_has_no_ticks);
    g_test_add_func("/guest drivers/a full ring makes the sender wait",
                    test_a_full_ring_makes_the_sender_wait);
    g_test_add_func("/guest drivers/vCPU 0 handles events for all",
                    test_vcpu_0_handles_events_for_all);
    g_test_add_func("/guest drivers/nothing gets lost", test_nothing_gets_lost);
    return g_test_run();
}
