/* The null scheduler of Xen 4.17: who gets which pCPU. Times in us. */
#include "tests/unit/world.h"

#define US(n) ((n)*NS_PER_US)

static const Topology one_pcpu = { 1, 1, 1 };
static const Topology two_pcpus = { 2, 1, 2 };
static const Topology three_pcpus = { 3, 1, 3 };

/* a has pCPU 0; b, put there too, has 1; c waits and never runs, although a blocks. */
static void test_a_pcpu_belongs_to_one_vcpu(void)
{
    g_autoptr(World) world = world_new("null", two_pcpus, NULL);

    world_add(world, "a", 0, 0, "1000/2000");
    world_add(world, "b", 0, 0, "hog");
    world_add(world, "c", 1, 0, "hog");
    world_run_until(world, US(5000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "0 p1 b\n"
                    "1000 p0 -\n"
                    "3000 p0 a\n"
                    "4000 p0 -\n");
}

/* a is sent to pCPU 1, which b has: a waits, and c, which has waited, gets pCPU 0. */
static void test_a_freed_pcpu_goes_to_who_waits(void)
{
    g_autoptr(World) world = world_new("null", two_pcpus, NULL);
    Vcpu *a = world_add(world, "a", 0, 0, "hog");

    world_add(world, "b", 1, 0, "hog");
    world_add(world, "c", 0, 0, "hog");
    world_run_until(world, US(1000));
    world_pin(a, "1");
    host_handle_softirqs(world->host);
    world_run_until(world, US(2000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "0 p1 b\n"
                    "1000 p0 -\n"
                    "1000 p0 c\n");
}

/* First come, first served, but d before c, as d asks for this pCPU by soft affinity.
 */
static void test_soft_affinity_comes_first(void)
{
    g_autoptr(World) world = world_new("null", two_pcpus, NULL);
    Vcpu *a = world_add(world, "a", 0, 0, "hog");
    Vcpu *c, *d;

    world_add(world, "b", 1, 0, "hog");
    c = world_add(world, "c", 0, 0, "hog");
    d = world_add(world, "d", 0, 0, "hog");
    world_set_affinity(c, "0-1", "1");
    world_set_affinity(d, "0-1", "0");
    world_run_until(world, US(1000));
    world_pin(a, "1");
    host_handle_softirqs(world->host);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "0 p1 b\n"
                    "1000 p0 -\n"
                    "1000 p0 d\n");
}

/* A vCPU that may stay where it is stays; another goes to the free pCPU of its soft
 * affinity rather than to the lowest. */
static void test_a_move_goes_where_soft_affinity_says(void)
{
    g_autoptr(World) world = world_new("null", three_pcpus, NULL);
    Vcpu *a = world_add(world, "a", 0, 0, "hog");

    world_run_until(world, US(1000));
    world_set_affinity(a, "0-2", "2");
    host_handle_softirqs(world->host);
    world_run_until(world, US(2000));
    world_set_affinity(a, "1-2", "2");
    host_handle_softirqs(world->host);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "1000 p0 -\n"
                    "1000 p0 a\n"
                    "2000 p0 -\n"
                    "2000 p2 a\n");
}

/* Called with a time of its own: no slice, whoever runs. */
static void test_there_are_no_slices(void)
{
    g_autoptr(World) world = world_new("null", one_pcpu, NULL);
    Scheduler *scheduler = &world->host->scheduler;
    Vcpu *a = world_add(world, "a", 0, 0, "hog");
    SchedDecision decision;

    decision = scheduler->ops->schedule(scheduler, a->pcpu, US(123456));
    g_assert_true(decision.next == a->pcpu->idle);
    g_assert_cmpint(decision.slice_ns, <, 0);
    a->pause_flags = 0;
    decision = scheduler->ops->schedule(scheduler, a->pcpu, US(123457));
    g_assert_true(decision.next == a);
    g_assert_cmpint(decision.slice_ns, <, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/null/a pCPU belongs to one vCPU",
                    test_a_pcpu_belongs_to_one_vcpu);
    g_test_add_func("/null/a freed pCPU goes to who waits",
                    test_a_freed_pcpu_goes_to_who_waits);
    g_test_add_func("/null/soft affinity comes first", test_soft_affinity_comes_first);
    g_test_add_func("/null/a move goes where soft affinity says",
                    test_a_move_goes_where_soft_affinity_says);
    g_test_add_func("/null/there are no slices", test_there_are_no_slices);
    return g_test_run();
}
