/* The operations of credit 4.17, called with made-up times. */
#include "models/schedulers/credit_4_17.h"
#include "tests/unit/world.h"

#define US(n) ((n)*NS_PER_US)

static const Topology one_pcpu = { 1, 1, 1 };

/* A vCPU that runs on pCPU 0 since time 0 and never blocks. */
typedef struct {
    World *world;
    Scheduler *scheduler;
    Pcpu *pcpu;
    Vcpu *vcpu;
} Runner;

static Runner runner_new(const char *const *options)
{
    World *world = world_new("credit-4.17", one_pcpu, options);
    Runner runner = { .world = world,
                      .scheduler = &world->host->scheduler,
                      .pcpu = &world->host->pcpus[0],
                      .vcpu = world_add(world, "a", 0, 0, "hog") };

    world_run_until(world, 1);
    g_assert_true(runner.pcpu->current == runner.vcpu);
    return runner;
}

static void tick(const Runner *runner, int64_t now_ns)
{
    runner->scheduler->ops->tick(runner->scheduler, runner->pcpu, now_ns);
}

static int64_t credit(const Runner *runner)
{
    return world_inspect(runner->vcpu).credit;
}

/* At 60 us 0.6 credits are due; the half credit of 50 us counts twice. */
static void test_the_remainder_of_a_charge_is_kept_twice(void)
{
    const Runner runner = runner_new(NULL);

    tick(&runner, US(50));
    g_assert_cmpint(credit(&runner), ==, 0);
    tick(&runner, US(60));
    g_assert_cmpint(credit(&runner), ==, -1);
    g_assert_cmpint(of_vcpu(runner.vcpu)->start_ns, ==, US(100));
    g_assert_cmpuint(of_vcpu(runner.vcpu)->residual, ==, 100000);
    tick(&runner, US(150)); /* 0.5 and 0.1 left over */
    g_assert_cmpint(credit(&runner), ==, -1);
    tick(&runner, US(200)); /* 1.0 again since 100 us, and 0.6 */
    g_assert_cmpint(credit(&runner), ==, -2);
    world_free(runner.world);
}

/* 30 ms in one charge is 300 credits. */
static void test_a_charge_is_ten_credits_a_millisecond(void)
{
    const Runner runner = runner_new(NULL);

    tick(&runner, 30 * NS_PER_MS);
    g_assert_cmpint(credit(&runner), ==, -300);
    g_assert_cmpuint(of_vcpu(runner.vcpu)->residual, ==, 0);
    world_free(runner.world);
}

static void test_a_rate_limited_vcpu_keeps_what_is_left_of_the_limit(void)
{
    static const struct {
        int64_t ran_ns, slice_ns;
    } cases[] = {
        { 0, 100 },  /* Xen's least slice, meant as 100 us */
        { 99, 100 }, /* likewise */
        { 100, NS_PER_MS - 100 },
        { NS_PER_MS - 1, 1 },
        { NS_PER_MS, 30 * NS_PER_MS },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Runner runner = runner_new(NULL);
        const SchedDecision decision = runner.scheduler->ops->schedule(
            runner.scheduler, runner.pcpu, cases[i].ran_ns);

        g_assert_true(decision.next == runner.vcpu);
        g_assert_cmpint(decision.slice_ns, ==, cases[i].slice_ns);
        world_free(runner.world);
    }
}

static void test_ticks_divide_the_slice(void)
{
    static const struct {
        const char *slice;
        int64_t tick_ns;
        uint32_t credits;
    } cases[] = {
        { "tslice=30ms", 10 * NS_PER_MS, 300 },
        { "tslice=10ms", 3333000, 100 }, /* whole microseconds */
        { "tslice=2ms", 2 * NS_PER_MS, 20 },
        { "tslice=1s", 333333000, 10000 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const options[] = { cases[i].slice, NULL };
        g_autoptr(World) world = world_new("credit-4.17", one_pcpu, options);
        const TimedHost *all = of_host(&world->host->scheduler);

        g_assert_cmpint(all->tick_ns, ==, cases[i].tick_ns);
        g_assert_cmpuint(all->accounting.credit, ==, cases[i].credits);
    }
}

static void test_a_ratelimit_above_the_slice_is_the_slice(void)
{
    const char *const options[] = { "tslice=5ms", "ratelimit=8ms", NULL };
    g_autoptr(World) world = world_new("credit-4.17", one_pcpu, options);

    g_assert_cmpint(of_host(&world->host->scheduler)->ratelimit_ns, ==, 5 * NS_PER_MS);
}

/* a: caught by the tick at 10, so active at 30 with 300 granted and 225 used. b waits
 * until a's slice ends at 37.5, unknown to the accounting until the tick at 40 catches
 * it. From then on each is granted 150. 60: a 75 - 75 + 150, b -225 + 150. 90: a has
 * run since 67.5, 150 - 225 + 150; b until then, -75 - 75 + 150. */
static void test_two_hogs_share_a_pcpu(void)
{
    g_autoptr(World) world = world_new("credit-4.17", one_pcpu, NULL);

    world_add(world, "a", 0, US(7500), "hog");
    world_add(world, "b", 0, US(12500), "hog");
    world_run_until(world, 100 * NS_PER_MS);
    g_assert_cmpstr(world->accounts->str, ==,
                    "30000 a=75/UNDER b=0/UNDER/inactive\n"
                    "60000 a=150/UNDER b=-75/OVER\n"
                    "90000 a=75/UNDER b=0/UNDER\n");
    g_assert_cmpstr(world->schedule->str, ==,
                    "7500 p0 a\n37500 p0 b\n67500 p0 a\n97500 p0 b\n");
}

/* Of each 10 ms and 1 us a tick, of each 30 ms and 1 us an accounting: the third one
 * comes at 90 ms and 2 us, after eight ticks, of which the last was at 80 ms and 7 us.
 */
static void test_late_handlers_let_timers_drift(void)
{
    const char *const options[] = { "timer-lag=1us", NULL };
    g_autoptr(World) world = world_new("credit-4.17", one_pcpu, options);
    const Host *host = world->host;

    world_add(world, "a", 0, 0, "hog");
    world_run_until(world, 89 * NS_PER_MS);
    g_assert_cmpint(sim_due_ns(host->sim, &host->pcpus[0].tick_timer), ==,
                    90 * NS_PER_MS + 8 * NS_PER_US);
    g_assert_cmpint(sim_due_ns(host->sim, &host->accounting_timer), ==,
                    90 * NS_PER_MS + 2 * NS_PER_US);
}

/* Whether there is a second pass for soft affinities is decided by their number. */
static void test_who_is_destroyed_has_no_soft_affinity(void)
{
    g_autoptr(World) world = world_new("credit-4.17", (Topology){ 2, 1, 2 }, NULL);
    const TimedHost *all = world->host->scheduler.state;
    Vcpu *vcpu = world_add(world, "a", 0, 0, "hog");

    world_set_affinity(vcpu, "0-1", "1");
    world_run_until(world, NS_PER_MS);
    g_assert_cmpuint(all->n_soft, ==, 1);
    domain_take_down(vcpu->domain);
    domain_retire(vcpu->domain);
    g_assert_cmpuint(all->n_soft, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/credit-4.17/the remainder of a charge is kept twice",
                    test_the_remainder_of_a_charge_is_kept_twice);
    g_test_add_func("/credit-4.17/a charge is ten credits a millisecond",
                    test_a_charge_is_ten_credits_a_millisecond);
    g_test_add_func("/credit-4.17/a rate limited vCPU keeps what is left of the limit",
                    test_a_rate_limited_vcpu_keeps_what_is_left_of_the_limit);
    g_test_add_func("/credit-4.17/ticks divide the slice", test_ticks_divide_the_slice);
    g_test_add_func("/credit-4.17/a ratelimit above the slice is the slice",
                    test_a_ratelimit_above_the_slice_is_the_slice);
    g_test_add_func("/credit-4.17/two hogs share a pCPU", test_two_hogs_share_a_pcpu);
    g_test_add_func("/credit-4.17/late handlers let timers drift",
                    test_late_handlers_let_timers_drift);
    g_test_add_func("/credit-4.17/who is destroyed has no soft affinity",
                    test_who_is_destroyed_has_no_soft_affinity);
    return g_test_run();
}
