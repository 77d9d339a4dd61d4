/* The trace reader in dom0: how long its passes take. */
#include "models/machine/trace_reader.h"

#include "tests/unit/io_world.h"

#define US NS_PER_US

/* dom0's run time until then, with a guest that makes so many round trips a second, or
 * without a reader when poll_us is 0. */
static int64_t dom0_ran_us(int64_t poll_us, bool traces_hypercalls, int64_t end_us)
{
    const Activity activities[] = { io_read(0x1f7), io_compute(50000) };
    g_autoptr(IoMachine) world =
        io_machine_new("stub", io_workload_new(activities, 2, true));
    g_autoptr(Machine) machine = NULL;

    world->params.dom0.scheduler = &linux_cfs;
    world->params.trace_reader = (TraceReaderParams){
        .poll_ns = poll_us * US,
        .pass_ns = 100 * US,
        .kilobyte_ns = 1000,
        .traces_hypercalls = traces_hypercalls,
    };
    machine = io_machine_build(world);
    machine_run_until(machine, end_us * US);
    host_book_time(machine_host(machine));
    return host_domain_by_name(machine_host(machine), "Domain-0")->ran_ns / US;
}

/* Two passes in 250 ms. What 200 ms of round trips leave takes far longer than the
 * passes alone, and the hypercalls of two wakes a trip add to it. */
static void test_a_pass_takes_as_long_as_there_are_records(void)
{
    const int64_t without_us = dom0_ran_us(0, false, 250000);
    const int64_t with_us = dom0_ran_us(100000, false, 250000) - without_us;
    const int64_t all_us = dom0_ran_us(100000, true, 250000) - without_us;

    g_assert_cmpint(with_us, >, 2 * 100 + 1000);
    g_assert_cmpint(with_us, <, 2 * 100 + 3000);
    g_assert_cmpint(all_us, >, with_us + 500);
}

static void test_and_the_fewer_the_shorter(void)
{
    const int64_t without_us = dom0_ran_us(0, false, 250000);
    const int64_t often_us = dom0_ran_us(10000, false, 250000) - without_us;
    const int64_t seldom_us = dom0_ran_us(100000, false, 250000) - without_us;

    /* The records are the same and are copied once: the passes differ, 24 to 2. */
    g_assert_cmpint(often_us - seldom_us, >, 22 * 100);
    g_assert_cmpint(often_us - seldom_us, <, 22 * 100 + 1000);
}

/* dom0's run time in 250 ms beside a PV guest that runs so long, then sleeps 1 ms. */
static int64_t dom0_ran_beside_us(int64_t run_ns, bool traps_rdtsc)
{
    const Activity activities[] = { io_compute(NS_PER_S) };
    g_autoptr(IoMachine) world =
        io_machine_new("dom0", io_workload_new(activities, 1, true));
    const NeighbourParams neighbour = { .name = "neighbour",
                                        .id = 9,
                                        .n_vcpus = 1,
                                        .run_ns = run_ns,
                                        .block_ns = 1000 * US,
                                        .has_linux = true };
    g_autoptr(Machine) machine = NULL;

    world->params.neighbours = &neighbour;
    world->params.n_neighbours = 1;
    world->params.host.topology = (Topology){ 1, 1, 1 };
    world->params.dom0.scheduler = &linux_cfs;
    world->params.trace_reader = (TraceReaderParams){ .poll_ns = 100000 * US,
                                                      .kilobyte_ns = 1000 * US,
                                                      .traces_hypercalls = true,
                                                      .traps_rdtsc = traps_rdtsc };
    machine = io_machine_build(world);
    machine_run_until(machine, 250000 * US);
    host_book_time(machine_host(machine));
    return host_domain_by_name(machine_host(machine), "Domain-0")->ran_ns / US;
}

/* The guest's ticks while it computes for some 100 ms; its wakes, some 100 of them. */
static void test_trapped_clock_reads_leave_records_too(void)
{
    const int64_t computes_us = dom0_ran_beside_us(TIME_NEVER_NS, true) -
                                dom0_ran_beside_us(TIME_NEVER_NS, false);
    const int64_t sleeps_us =
        dom0_ran_beside_us(100 * US, true) - dom0_ran_beside_us(100 * US, false);

    g_assert_cmpint(computes_us, >, 2000);
    g_assert_cmpint(computes_us, <, 10000);
    g_assert_cmpint(sleeps_us, >, 15000);
    g_assert_cmpint(sleeps_us, <, 80000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace-reader/a pass takes as long as there are records",
                    test_a_pass_takes_as_long_as_there_are_records);
    g_test_add_func("/trace-reader/and the fewer, the shorter",
                    test_and_the_fewer_the_shorter);
    g_test_add_func("/trace-reader/trapped clock reads leave records too",
                    test_trapped_clock_reads_leave_records_too);
    return g_test_run();
}
