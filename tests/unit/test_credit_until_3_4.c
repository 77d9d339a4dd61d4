/*
 * What Xen's releases up to 3.4 changed in the credit scheduler: for each change one
 * scenario under the last generation without and the first with it. Schedules are
 * derived in the comments; times in ms there, in us in the schedules.
 */
#include "models/schedulers/credit_3.h"
#include "tests/unit/world.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)
#define NEVER MS(1000)

static const Topology one = { 1, 1, 1 };
static const Topology two = { 2, 1, 2 };
static const Topology four = { 4, 1, 4 };
static const Topology two_cores = { 4, 2, 2 }; /* of two threads */

/* 3.0.3 */

/* The idle pCPUs 1 and 3 are outside the affinity of the woken vCPU. */
static void test_only_idlers_of_the_affinity_are_tickled(void)
{
    g_autoptr(World) world = world_new("credit-3.0.3", four, NULL);
    Vcpu *woken;

    world_add(world, "a", 0, 0, "hog");
    woken = world_add(world, "b", 0, NEVER, "hog");
    world_pin(woken, "0,2");
    world_run_until(world, MS(1));
    world_wake(world, woken);
    g_assert_cmphex(world_called_pcpus(world), ==, 1 << 2);
}

/* Who is called by a boosted vCPU on pCPU 0 that may only run on pCPU 2. */
static uint64_t called_from_outside(unsigned n_busy)
{
    g_autoptr(World) world = world_new("credit-3.1", four, NULL);
    PcpuMask allowed;
    Vcpu *woken;

    for (unsigned i = 0; i < n_busy; i++)
        world_add(world, "a", i, 0, "hog");
    woken = world_add(world, "b", 0, NEVER, "hog");
    world_run_until(world, MS(15)); /* the hogs are UNDER */
    mask_init(&allowed, world->host->n_pcpus);
    mask_add(&allowed, 2);
    woken->hard_affinity = &allowed;
    world_wake(world, woken);
    return world_called_pcpus(world);
}

/* The affinity applies to the vCPU's own pCPU too, but only if anybody idles. */
static void test_affinity_forbids_preemption_while_anybody_idles(void)
{
    g_assert_cmphex(called_from_outside(2), ==, 1 << 2);
    g_assert_cmphex(called_from_outside(3), ==, 0);
    g_assert_cmphex(called_from_outside(4), ==, 1 << 0);
}

/* b is queued on the idle pCPU 1, which is about to run it: pCPU 0, deciding first,
 * leaves it there. */
static void test_nobody_steals_from_an_idle_pcpu(void)
{
    static const char *const schedulers[] = { "credit-3.0.3", "credit-3.1",
                                              "credit-4.17" };

    for (unsigned i = 0; i < G_N_ELEMENTS(schedulers); i++) {
        g_autoptr(World) world = world_new(schedulers[i], two, NULL);
        Vcpu *woken = world_add(world, "b", 1, NEVER, "hog");

        world_run_until(world, MS(1));
        world_wake(world, woken);
        host_raise_schedule(world->host, &world->host->pcpus[0]);
        host_handle_softirqs(world->host);
        g_assert_cmpstr(world->schedule->str, ==, "1000 p1 b\n");
    }
}

/* 3.0.4, first shipped as 3.1 */

static void hog_and_sleeper(World *world)
{
    world_add(world, "h", 0, 0, "hog");
    world_add(world, "io", 0, MS(15), "1000/9000");
}

/* 3.0.3: io, UNDER as h, waits for the end of h's slice at 30; it has had 15 credits
 * and h owes 15, so it goes first. With BOOST it runs whenever it wakes. */
static void test_a_vcpu_that_wakes_is_boosted(void)
{
    world_check("credit-3.0.3", NULL, one, hog_and_sleeper, MS(32),
                "0 p0 h\n30000 p0 io\n31000 p0 h\n");
    world_check("credit-3.1", NULL, one, hog_and_sleeper, MS(32),
                "0 p0 h\n15000 p0 io\n16000 p0 h\n25000 p0 io\n26000 p0 h\n");
}

/* Two hogs. 3.0.3: three ticks are 30 credits, and 15 each are handed out although b
 * has not run. 3.1: 300 each way, and nobody but a is active. */
static void test_credits_are_hundredths_of_ten_milliseconds(void)
{
    static const struct {
        const char *scheduler, *accounts;
    } cases[] = { { "credit-3.0.3", "30000 a=-15/OVER b=15/UNDER\n" },
                  { "credit-3.1", "30000 a=0/UNDER b=0/BOOST/inactive\n" } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = world_new(cases[i].scheduler, one, NULL);

        world_add(world, "a", 0, 0, "hog");
        world_add(world, "b", 0, 0, "hog");
        world_run_until(world, MS(31));
        g_assert_cmpstr(world->accounts->str, ==, cases[i].accounts);
    }
}

static void capped_hog(World *world)
{
    Domain *domain = world_add_domain(world, "a", 256, 40);

    world_add_vcpu(world, domain, 0, MS(5), "hog");
}

/* Ticks at 10, 20 and 30 catch a. 3.0.3: -30 and 12 granted are -18 at 30, below idle
 * at the end of its slice, 35; -6 at 60, 6 at 90; the idle pCPU's slices end at 65 and
 * 95. 3.1: -300 and 120 are -180, beyond its 120: paused at 30, -60 at 60, and woken
 * with 60 at 90. */
static void test_a_capped_vcpu_is_parked_by_a_pause(void)
{
    world_check("credit-3.0.3", NULL, one, capped_hog, MS(100),
                "5000 p0 a\n35000 p0 -\n95000 p0 a\n");
    world_check("credit-3.1", NULL, one, capped_hog, MS(100),
                "5000 p0 a\n30000 p0 -\n90000 p0 a\n");
}

static void assert_queued_are_known(const World *world)
{
    const Host *host = world->host;
    const SampledHost *all = host->scheduler.state;

    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);
        const SampledVcpu *state = vcpu->sched_state;

        if (ring_is_linked(&state->common.queued))
            g_assert_true(mask_has(&all->queued, vcpu->pcpu->id));
    }
}

/* pCPU 1 asks pCPU 0 for work while capped vCPUs are parked there, behind the idle one
 * (3.0.3) or by a pause: they may be stolen when they are parked no more. */
static void test_whoever_is_queued_can_be_found(void)
{
    static const char *const schedulers[] = { "credit-3.0.3", "credit-3.1",
                                              "credit-3.4" };

    for (unsigned i = 0; i < G_N_ELEMENTS(schedulers); i++) {
        g_autoptr(World) world = world_new(schedulers[i], two, NULL);

        for (unsigned j = 0; j < 2; j++)
            world_pin(world_add_vcpu(world, world_add_domain(world, "capped", 256, 10),
                                     0, MS(j), "hog"),
                      "0");
        world_pin(world_add(world, "other", 0, MS(2), "hog"), "0");
        world_pin(world_add(world, "asks", 1, 0, "3000/1000"), "1");
        for (unsigned ms = 1; ms < 1000; ms++) {
            world_run_until(world, MS(ms));
            assert_queued_are_known(world);
        }
    }
}

static void hogs_on_one_core(World *world)
{
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 1, 0, "hog");
}

/* a becomes active at 10; the tick at 20 finds that the other core has two idle threads
 * and its own one. b's tick comes after that, and has an idle core of its own. */
static void test_running_vcpus_move_to_idle_cores(void)
{
    world_check("credit-3.0.3", NULL, two_cores, hogs_on_one_core, MS(25),
                "0 p0 a\n0 p1 b\n");
    world_check("credit-3.1", NULL, two_cores, hogs_on_one_core, MS(25),
                "0 p0 a\n0 p1 b\n20000 p0 -\n20000 p2 a\n");
}

/* Affinity 1 and 3 while on pCPU 0, all idle: 3.0.3 takes the lowest. 3.1 starts from
 * the next, pCPU 1, whose sibling is busy; the other core has two idle threads. */
static void test_a_vcpu_is_placed_by_cores(void)
{
    static const struct {
        const char *scheduler;
        unsigned pcpu;
    } cases[] = { { "credit-3.0.3", 1 }, { "credit-3.1", 3 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = world_new(cases[i].scheduler, two_cores, NULL);
        Vcpu *moved = world_add(world, "b", 0, NEVER, "hog");

        world_add(world, "a", 0, 0, "hog");
        world_run_until(world, MS(1));
        world_pin(moved, "1,3");
        g_assert_cmpuint(moved->pcpu->id, ==, cases[i].pcpu);
    }
}

/* 3.4 */

/* 3.1 and 3.4 with accounting after the tick: as above. Accounting first sees two ticks
 * at 30: -200 and 120 are -80, not beyond 120. Ticks at 30, 40 and 50: -380 and 120 at
 * 60. At 35: as in 3.1, but later; at 65 -60, at 95 60. */
static void test_accounting_has_a_timer_of_its_own(void)
{
    world_check("credit-3.1", NULL, one, capped_hog, MS(100),
                "5000 p0 a\n30000 p0 -\n90000 p0 a\n");
    world_check("credit-3.4", "accounting-at-tick=after", one, capped_hog, MS(100),
                "5000 p0 a\n30000 p0 -\n90000 p0 a\n");
    world_check("credit-3.4", NULL, one, capped_hog, MS(100),
                "5000 p0 a\n60000 p0 -\n");
    world_check("credit-3.4", "accounting-first=35ms", one, capped_hog, MS(100),
                "5000 p0 a\n35000 p0 -\n95000 p0 a\n");
}

static void two_on_one_pcpu(World *world)
{
    world_add(world, "c", 1, 0, "35000/900000");
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 0, 0, "hog");
}

/* b follows a at 30; pCPU 1 looks for work at 35, when a has been off for 5. */
static void test_a_hot_vcpu_is_not_stolen(void)
{
    static const char stolen[] = "0 p1 c\n0 p0 a\n30000 p0 b\n35000 p1 a\n";
    static const char left[] = "0 p1 c\n0 p0 a\n30000 p0 b\n35000 p1 -\n";

    world_check("credit-3.1", NULL, two, two_on_one_pcpu, MS(40), stolen);
    world_check("credit-3.4", NULL, two, two_on_one_pcpu, MS(40), stolen);
    world_check("credit-3.4", "migration-delay=5ms", two, two_on_one_pcpu, MS(40),
                stolen);
    world_check("credit-3.4", "migration-delay=6ms", two, two_on_one_pcpu, MS(40),
                left);
    world_check("credit-4.17", "migration-delay=5ms", two, two_on_one_pcpu, MS(40),
                stolen);
    world_check("credit-4.17", "migration-delay=6ms", two, two_on_one_pcpu, MS(40),
                left);
}

static void hogs_on_two_cores(World *world)
{
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 2, 0, "hog");
}

/* At 20 a leaves its core, of two idle threads counting its own, for the one idle
 * thread beside b. */
static void test_power_savings_fill_a_core(void)
{
    static const char apart[] = "0 p0 a\n0 p2 b\n";
    static const char together[] = "0 p0 a\n0 p2 b\n20000 p0 -\n20000 p3 a\n";

    world_check("credit-3.4", NULL, two_cores, hogs_on_two_cores, MS(25), apart);
    world_check("credit-3.4", "smt-power-savings=yes", two_cores, hogs_on_two_cores,
                MS(25), together);
    world_check("credit-4.17", NULL, two_cores, hogs_on_two_cores, MS(25), apart);
    world_check("credit-4.17", "smt-power-savings=yes", two_cores, hogs_on_two_cores,
                MS(25), together);
}

/* At 0, and every 30 ms in 3.1: 30, 60 and 90. */
static void test_an_idle_pcpu_has_no_slice(void)
{
    static const struct {
        const char *scheduler;
        uint64_t decisions;
    } cases[] = { { "credit-3.1", 4 }, { "credit-3.4", 1 }, { "credit-4.17", 1 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = world_new(cases[i].scheduler, one, NULL);

        world_run_until(world, MS(100));
        g_assert_cmpuint(world->host->decisions, ==, cases[i].decisions);
    }
}

static void check_ticks(const char *scheduler, const char *option, const char *schedule)
{
    const char *const options[] = { "tick-first=4ms", "accounting-first=31ms", option,
                                    NULL };
    g_autoptr(World) world = world_new(scheduler, one, options);

    capped_hog(world);
    world_run_until(world, MS(65));
    g_assert_cmpstr(world->schedule->str, ==, schedule);
}

/* a starts at 5. Ticks at 14 and 24: -200 and 120 at 31; then 34, 44 and 54: -380 and
 * 120 at 61. A tick that starts with a comes at 10, 20 and 30: -300 and 120 at 31. */
static void test_deep_idle_stops_the_tick(void)
{
    check_ticks("credit-3.4", NULL, "5000 p0 a\n61000 p0 -\n");
    check_ticks("credit-3.4", "deep-idle=yes", "5000 p0 a\n31000 p0 -\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        { "3.0.3/only idlers of the affinity are tickled",
          test_only_idlers_of_the_affinity_are_tickled },
        { "3.0.3/affinity forbids preemption while anybody idles",
          test_affinity_forbids_preemption_while_anybody_idles },
        { "3.0.3/nobody steals from an idle pCPU",
          test_nobody_steals_from_an_idle_pcpu },
        { "3.0.3/whoever is queued can be found", test_whoever_is_queued_can_be_found },
        { "3.0.4/a vCPU that wakes is boosted", test_a_vcpu_that_wakes_is_boosted },
        { "3.0.4/credits are hundredths of ten milliseconds",
          test_credits_are_hundredths_of_ten_milliseconds },
        { "3.0.4/a capped vCPU is parked by a pause",
          test_a_capped_vcpu_is_parked_by_a_pause },
        { "3.0.4/running vCPUs move to idle cores",
          test_running_vcpus_move_to_idle_cores },
        { "3.0.4/a vCPU is placed by cores", test_a_vcpu_is_placed_by_cores },
        { "3.4/accounting has a timer of its own",
          test_accounting_has_a_timer_of_its_own },
        { "3.4/a hot vCPU is not stolen", test_a_hot_vcpu_is_not_stolen },
        { "3.4/power savings fill a core", test_power_savings_fill_a_core },
        { "3.4/an idle pCPU has no slice", test_an_idle_pcpu_has_no_slice },
        { "3.4/deep idle stops the tick", test_deep_idle_stops_the_tick },
    };

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/credit/", tests[i].name, NULL);

        g_test_add_func(path, tests[i].run);
    }
    return g_test_run();
}
