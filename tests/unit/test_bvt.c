/* BVT of Xen 3.0: schedules derived by hand. Times in us; virtual time advances by 10
 * for each begun 100 us of weight 256, a lead of n units of it lengthens a slice by n
 * ns, and the context allowance is 5 ms. */
#include "tests/unit/world.h"

#define US(n) ((n)*NS_PER_US)
#define MS(n) ((n)*NS_PER_MS)

static const Topology one_pcpu = { 1, 1, 1 };

static int64_t running_ns(const Vcpu *vcpu)
{
    return runstate_total_ns(&vcpu->runstate, RUNSTATE_RUNNING,
                             host_now_ns(vcpu->domain->host));
}

/* b comes second, at the head of the queue, and both are at 0: b runs for 5 ms, to 500.
 * a leads by 500/10 = 50: its slice is 5 ms and 50 ns, in which it begins 51 units.
 * 510 - 500 is a lead of 1 for b, and again 51 units, to 1010; a leads by 50; and so
 * on. */
static void test_two_hogs_take_turns(void)
{
    g_autoptr(World) world = world_new("bvt", one_pcpu, NULL);

    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 0, 0, "hog");
    world_run_until(world, MS(26));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "0 p0 b\n"
                    "5000 p0 a\n"
                    "10000.050 p0 b\n"
                    "15000.051 p0 a\n"
                    "20000.101 p0 b\n"
                    "25000.102 p0 a\n");
}

/* b wakes at 20 with the system's virtual time, 0, when a is at 2000: at once. It runs
 * for 1 ms, to 100, and wakes at 41, when the system is at 2000 and a at 4000: it is
 * brought up to 2000, and at once again. */
static void test_a_sleeper_preempts_but_saves_nothing_up(void)
{
    g_autoptr(World) world = world_new("bvt", one_pcpu, NULL);

    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 0, MS(20), "1000/20000");
    world_run_until(world, MS(43));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "20000 p0 b\n"
                    "21000 p0 a\n"
                    "41000 p0 b\n"
                    "42000 p0 a\n");
}

/* b, of weight 64, advances by 40: 5 ms bring it to 2000. When it wakes at 6, a is at
 * 100, and keeps the pCPU until 5 + 5 ms and (2000 - 100)/10 ns; b's wake has shortened
 * a slice of 50 ms. a goes on for 5 ms and 149, 98 and 47 ns, 51 units each, until it
 * is at 2040. */
static void test_a_wake_shortens_the_slice(void)
{
    g_autoptr(World) world = world_new("bvt", one_pcpu, NULL);
    Domain *b;

    world_add(world, "a", 0, 0, "hog");
    b = world_add_domain(world, "b", 64, 0);
    world_add_vcpu(world, b, 0, 0, "5000/1000");
    world_run_until(world, MS(26));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "0 p0 b\n"
                    "5000 p0 a\n"
                    "25000.484 p0 b\n");
}

/* dom0 borrows more than there is, so it is first while it is warped: for 20 ms from
 * 10 on, in slices of which the last is cut to end at 30; then it is at 2030 (3 x 51 +
 * 50 units) and g at 1000. At 45 and 156 ns g is at 2530; then turns of 5 ms. At 60
 * dom0 may borrow again, which the decision 257 ns later is the first to see. */
static void test_a_warp_has_a_limit(void)
{
    static const char *const options[] = { "dom0-warp=1000000", "warp-limit=20ms",
                                           "unwarp=30ms", NULL };
    g_autoptr(World) world = world_new("bvt", one_pcpu, options);

    world_add(world, "dom0", 0, MS(10), "hog");
    world_add(world, "g", 0, 0, "hog");
    world_run_until(world, MS(81));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 g\n"
                    "10000 p0 dom0\n"
                    "30000 p0 g\n"
                    "45000.156 p0 dom0\n"
                    "50000.206 p0 g\n"
                    "55000.207 p0 dom0\n"
                    "80000.257 p0 g\n");
}

/* Without an unwarp time the first limit was the last: as above until 60, then turns.
 */
static void test_a_warp_may_end_for_ever(void)
{
    static const char *const options[] = { "dom0-warp=1000000", "warp-limit=20ms",
                                           "unwarp=0", NULL };
    g_autoptr(World) world = world_new("bvt", one_pcpu, options);
    Vcpu *dom0 = world_add(world, "dom0", 0, MS(10), "hog");

    world_add(world, "g", 0, 0, "hog");
    world_run_until(world, 10 * NS_PER_S);
    g_assert_cmpint(ABS(running_ns(dom0) - 5 * NS_PER_S), <=, MS(10));
}

static void test_weights_are_shares(void)
{
    g_autoptr(World) world = world_new("bvt", one_pcpu, NULL);
    Domain *heavy = world_add_domain(world, "heavy", 512, 0);
    Vcpu *two = world_add_vcpu(world, heavy, 0, 0, "hog");
    Vcpu *one = world_add(world, "light", 0, 0, "hog");

    world_run_until(world, 9 * NS_PER_S);
    g_assert_cmpint(ABS(running_ns(two) - 6 * NS_PER_S), <=, MS(10));
    g_assert_cmpint(ABS(running_ns(one) - 3 * NS_PER_S), <=, MS(10));
}

/* At weight 1 virtual time advances by 2560 for 100 us. Two share it, so it comes to
 * 0xf0000000 after 315 s. */
static void test_virtual_time_starts_again(void)
{
    g_autoptr(World) world = world_new("bvt", one_pcpu, NULL);
    Vcpu *vcpus[2];
    int64_t before_ns[2];

    for (unsigned i = 0; i < 2; i++)
        vcpus[i] =
            world_add_vcpu(world, world_add_domain(world, "d", 1, 0), 0, 0, "hog");
    world_run_until(world, 310 * NS_PER_S);
    for (unsigned i = 0; i < 2; i++)
        before_ns[i] = running_ns(vcpus[i]);
    world_run_until(world, 330 * NS_PER_S);
    for (unsigned i = 0; i < 2; i++)
        g_assert_cmpint(ABS(running_ns(vcpus[i]) - before_ns[i] - 10 * NS_PER_S), <=,
                        MS(11));
}

/* Called with times of its own. */
static void test_idle_asks_again_after_the_allowance(void)
{
    g_autoptr(World) world = world_new("bvt", one_pcpu, NULL);
    Scheduler *scheduler = &world->host->scheduler;
    Vcpu *a = world_add(world, "a", 0, 0, "hog");
    SchedDecision decision = scheduler->ops->schedule(scheduler, a->pcpu, US(123));

    g_assert_true(decision.next == a->pcpu->idle);
    g_assert_cmpint(decision.slice_ns, ==, MS(5));
    a->pause_flags = 0;
    scheduler->ops->wake(scheduler, a, US(124));
    decision = scheduler->ops->schedule(scheduler, a->pcpu, US(124));
    g_assert_true(decision.next == a);
    g_assert_cmpint(decision.slice_ns, ==, MS(50));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bvt/two hogs take turns", test_two_hogs_take_turns);
    g_test_add_func("/bvt/a sleeper preempts but saves nothing up",
                    test_a_sleeper_preempts_but_saves_nothing_up);
    g_test_add_func("/bvt/a wake shortens the slice", test_a_wake_shortens_the_slice);
    g_test_add_func("/bvt/a warp has a limit", test_a_warp_has_a_limit);
    g_test_add_func("/bvt/a warp may end for ever", test_a_warp_may_end_for_ever);
    g_test_add_func("/bvt/weights are shares", test_weights_are_shares);
    g_test_add_func("/bvt/virtual time starts again", test_virtual_time_starts_again);
    g_test_add_func("/bvt/idle asks again after the allowance",
                    test_idle_asks_again_after_the_allowance);
    return g_test_run();
}
