/* Round robin: whole schedules on small hosts, derived by hand. Times in us. */
#include "tests/unit/world.h"

#define US(n) ((n)*NS_PER_US)

static const Topology one_pcpu = { 1, 1, 1 };
static const Topology two_pcpus = { 2, 1, 2 };

static World *new_world(Topology topology, const char *slice)
{
    const char *const options[] = { slice, NULL };

    return world_new("round-robin", topology, options);
}

/* web runs 4 ms and blocks for 16; batch never blocks. web blocks at 4, so it wakes at
 * 20, in the middle of batch's second slice (4 to 14, 14 to 24): a wake does not
 * preempt, and costs web 4 ms. Again: blocks at 28, wakes at 44, waits until 48. */
static void test_a_wake_waits_for_the_end_of_the_slice(void)
{
    g_autoptr(World) world = new_world(one_pcpu, "slice=10ms");

    world_add(world, "web", 0, 0, "4000/16000");
    world_add(world, "batch", 0, 0, "hog");
    world_run_until(world, US(50000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 web\n"
                    "4000 p0 batch\n"
                    "24000 p0 web\n"
                    "28000 p0 batch\n"
                    "48000 p0 web\n");
}

/* Nobody knows of weights: three hogs take turns in the order of their start. */
static void test_turns_are_equal(void)
{
    g_autoptr(World) world = new_world(one_pcpu, "slice=30ms");

    world_add(world, "a", 0, US(1), "hog");
    world_add(world, "b", 0, US(2), "hog");
    world_add(world, "c", 0, US(3), "hog");
    world_run_until(world, US(121000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "1 p0 a\n"
                    "30001 p0 b\n"
                    "60001 p0 c\n"
                    "90001 p0 a\n"
                    "120001 p0 b\n");
}

/* Both are assigned to pCPU 0: the second to wake is taken by the idle pCPU 1. */
static void test_an_idle_pcpu_takes_what_waits_elsewhere(void)
{
    g_autoptr(World) world = new_world(two_pcpus, "slice=10ms");

    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 0, US(5), "hog");
    world_run_until(world, US(30000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "5 p1 b\n");
}

/* b may run on pCPU 0 only, so pCPU 1 stays idle until a has had its slice. Then a is
 * in line, and pCPU 1 takes it at once. */
static void test_a_slice_that_ends_wakes_idle_pcpus(void)
{
    g_autoptr(World) world = new_world(two_pcpus, "slice=10ms");
    Vcpu *b;

    world_add(world, "a", 0, 0, "hog");
    b = world_add(world, "b", 0, US(5), "hog");
    world_pin(b, "0");
    world_run_until(world, US(30000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "10000 p0 b\n"
                    "10000 p1 a\n");
}

/* While a domain is being paused, vCPU by vCPU, none of it is chosen any more. */
static void test_a_paused_domain_leaves_the_queues(void)
{
    g_autoptr(World) world = new_world(one_pcpu, "slice=10ms");
    Domain *both = world_add_domain(world, "both", 256, 0);

    world_add_vcpu(world, both, 0, 0, "hog");
    world_add_vcpu(world, both, 0, 0, "hog");
    world_run_until(world, US(15000));
    domain_pause(both);
    world_run_until(world, US(20000));
    domain_unpause(both);
    host_handle_softirqs(world->host);
    world_run_until(world, US(31000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 both.0\n"
                    "10000 p0 both.1\n"
                    "15000 p0 -\n"
                    "20000 p0 both.0\n"
                    "30000 p0 both.1\n");
}

/* Called with a time of its own: the idle pCPU asks for no timer. */
static void test_idle_needs_no_slice(void)
{
    g_autoptr(World) world = new_world(one_pcpu, "slice=10ms");
    Scheduler *scheduler = &world->host->scheduler;
    Pcpu *pcpu = &world->host->pcpus[0];
    const SchedDecision decision =
        scheduler->ops->schedule(scheduler, pcpu, US(123456));

    g_assert_true(decision.next == pcpu->idle);
    g_assert_cmpint(decision.slice_ns, <, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/round-robin/a wake waits for the end of the slice",
                    test_a_wake_waits_for_the_end_of_the_slice);
    g_test_add_func("/round-robin/turns are equal", test_turns_are_equal);
    g_test_add_func("/round-robin/an idle pCPU takes what waits elsewhere",
                    test_an_idle_pcpu_takes_what_waits_elsewhere);
    g_test_add_func("/round-robin/a slice that ends wakes idle pCPUs",
                    test_a_slice_that_ends_wakes_idle_pcpus);
    g_test_add_func("/round-robin/a paused domain leaves the queues",
                    test_a_paused_domain_leaves_the_queues);
    g_test_add_func("/round-robin/idle needs no slice", test_idle_needs_no_slice);
    return g_test_run();
}
