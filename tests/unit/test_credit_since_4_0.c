/*
 * What Xen's releases from 4.0 to 4.17 changed in the credit scheduler: for each change
 * one scenario under 3.4 and under 4.17. Schedules are derived in the comments; times
 * in ms there, in us in the schedules.
 */
#include "models/schedulers/credit_4_17.h"
#include "tests/unit/world.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)
#define US(n) ((int64_t)(n)*NS_PER_US)
#define NEVER MS(1000)

static const Topology one = { 1, 1, 1 };
static const Topology two = { 2, 1, 2 };
static const Topology three = { 3, 1, 3 };
static const Topology four = { 4, 1, 4 };
static const Topology four_cores = { 8, 2, 2 };  /* on two sockets */
static const Topology two_sockets = { 8, 1, 4 }; /* of four cores */

static CreditVcpu *credit_of(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

/* 4.0 */

static void dodger(World *world)
{
    Domain *domain = world_add_domain(world, "a", 256, 40);

    world_add_vcpu(world, domain, 0, MS(1), "11000/9000 7000/3000");
}

/* a runs from 1 to 12 and from 21 to 28, and so on every 30: one tick in three catches
 * it. 3.4 charges 100 and grants 120 a period. 4.17 charges 180: -60 at 30, -120 at 60,
 * -180 at 90, when it is parked until 120 credits later. */
static void test_time_is_charged_not_ticks(void)
{
    static const char until_90[] =
        "1000 p0 a\n12000 p0 -\n21000 p0 a\n28000 p0 -\n31000 p0 a\n42000 p0 -\n"
        "51000 p0 a\n58000 p0 -\n61000 p0 a\n72000 p0 -\n81000 p0 a\n88000 p0 -\n";
    g_autofree char *with_91 = g_strconcat(until_90, "91000 p0 a\n", NULL);

    world_check("credit-3.4", NULL, one, dodger, MS(100), with_91);
    world_check("credit-4.17", NULL, one, dodger, MS(100), until_90);
}

/* Core 0 is full. From its first thread, the first better place is core 1: 3.4 always
 * takes its first thread, 4.17 them in turn. (The other socket: 4 idle threads against
 * 3, not more than twice.) */
static void test_placements_near_one_place_go_round(void)
{
    g_autoptr(World) world = world_new("credit-4.17", four_cores, NULL);
    Scheduler *scheduler = &world->host->scheduler;
    Vcpu *a = world_add(world, "a", 0, 0, "hog");

    world_add(world, "b", 1, 0, "hog");
    world_run_until(world, MS(1));
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 2);
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 3);
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 2);
}

/* Socket 0 is full, in socket 1 only pCPU 6 is busy. The first three placements near
 * pCPU 4 are to go to 4, 5 and 7; 7 shares its core with 6, so from there the idle core
 * is better: 4 again. */
static void test_a_placement_goes_on_from_where_the_bias_led(void)
{
    static const unsigned busy[] = { 1, 2, 3, 6 };
    g_autoptr(World) world = world_new("credit-4.17", four_cores, NULL);
    Scheduler *scheduler = &world->host->scheduler;
    Vcpu *a = world_add(world, "a", 0, 0, "hog");

    for (unsigned i = 0; i < G_N_ELEMENTS(busy); i++)
        world_add(world, "b", busy[i], 0, "hog");
    world_run_until(world, MS(1));
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 4);
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 5);
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 4);
}

/* 4.1 */

/* a runs from 5 to 11, caught at 10. 3.4: -100; 300 granted at 30 and 60 make
 * 500. 4.17: -60, and 540. Both leave the active ones with more than 300. */
static void test_who_goes_inactive_keeps_half(void)
{
    static const struct {
        const char *scheduler, *accounts;
    } cases[] = { { "credit-3.4", "30000 a=200/UNDER\n60000 a=0/UNDER/inactive\n" },
                  { "credit-4.17",
                    "30000 a=240/UNDER\n60000 a=270/UNDER/inactive\n" } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = world_new(cases[i].scheduler, one, NULL);

        world_add(world, "a", 0, MS(5), "6000/900000");
        world_run_until(world, MS(61));
        g_assert_cmpstr(world->accounts->str, ==, cases[i].accounts);
    }
}

/* Three hogs of two domains of weight 256 share a pCPU. 3.4: half and half. 4.17: two
 * thirds and one. Measured over the second of two intervals of 9 s, within 1 %. */
static void test_a_weight_counts_per_vcpu(void)
{
    static const struct {
        const char *scheduler, *option;
        double share;
    } cases[] = { { "credit-3.4", NULL, 1.0 / 2 },
                  { "credit-4.17", NULL, 1.0 / 3 },
                  { "credit-4.17", "weight-per=domain", 1.0 / 2 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const options[] = { cases[i].option, NULL };
        g_autoptr(World) world = world_new(cases[i].scheduler, one, options);
        Domain *wide = world_add_domain(world, "wide", 256, 0);
        const Vcpu *single = world_add(world, "single", 0, 0, "hog");
        int64_t before_ns;

        world_add_vcpu(world, wide, 0, 0, "hog");
        world_add_vcpu(world, wide, 0, 0, "hog");
        world_run_until(world, MS(9000));
        host_book_time(world->host);
        before_ns = single->domain->ran_ns;
        world_run_until(world, MS(18000));
        host_book_time(world->host);
        g_assert_cmpfloat_with_epsilon((double)(single->domain->ran_ns - before_ns) /
                                           (double)MS(9000),
                                       cases[i].share, 0.01);
    }
}

/* a yields to b, which is OVER: in 3.4 to nobody, as nobody of its own class waits. */
static void test_a_yield_goes_behind_one_of_a_lower_class(void)
{
    static const struct {
        const char *scheduler, *schedule;
    } cases[] = { { "credit-3.4", "0 p0 a\n" },
                  { "credit-4.17", "0 p0 a\n2000 p0 b\n" } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = world_new(cases[i].scheduler, one, NULL);
        Vcpu *a = world_add(world, "a", 0, 0, "hog");
        Vcpu *b = world_add(world, "b", 0, 0, "hog");

        world_run_until(world, MS(2));
        credit_of(b)->priority = PRIORITY_OVER;
        vcpu_yield(a);
        host_handle_softirqs(world->host);
        g_assert_cmpstr(world->schedule->str, ==, cases[i].schedule);
    }
}

/* A yield counts for one decision. */
static void test_a_yield_is_forgotten(void)
{
    g_autoptr(World) world = world_new("credit-4.17", one, NULL);
    Vcpu *a = world_add(world, "a", 0, 0, "hog");

    world_run_until(world, MS(2));
    vcpu_yield(a);
    g_assert_true(of_vcpu(a)->has_yielded);
    host_handle_softirqs(world->host);
    g_assert_false(of_vcpu(a)->has_yielded);
}

static uint64_t called_by_two_wakes(const char *scheduler, const char *option)
{
    const char *const options[] = { option, NULL };
    g_autoptr(World) world = world_new(scheduler, four, options);
    Vcpu *b, *c;

    world_add(world, "a", 0, 0, "hog");
    b = world_add(world, "b", 0, NEVER, "hog");
    c = world_add(world, "c", 0, NEVER, "hog");
    world_run_until(world, MS(15)); /* a is UNDER, or b and c would preempt it */
    b->pcpu = c->pcpu = &world->host->pcpus[0];
    credit_of(b)->priority = credit_of(c)->priority = PRIORITY_OVER;
    world_wake(world, b);
    world_wake(world, c);
    return world_called_pcpus(world);
}

/* Both wake on pCPU 0 before anybody decides. 3.4 calls all idlers, twice. 4.17 calls
 * one for b and, as that one counts as idle no more (4.9), the next for c. */
static void test_one_idler_is_tickled_and_only_once(void)
{
    g_assert_cmphex(called_by_two_wakes("credit-3.4", NULL), ==, 0xe);
    g_assert_cmphex(called_by_two_wakes("credit-4.17", NULL), ==, 0x6);
    g_assert_cmphex(called_by_two_wakes("credit-4.17", "tickle-one-idle=no"), ==, 0xe);
}

/* Likewise with one idler: b calls it, so c, boosted, preempts a. */
static void test_a_called_idler_is_none_any_more(void)
{
    g_autoptr(World) world = world_new("credit-4.17", two, NULL);
    Vcpu *b, *c;

    world_add(world, "a", 0, 0, "hog");
    b = world_add(world, "b", 0, NEVER, "hog");
    c = world_add(world, "c", 0, NEVER, "hog");
    world_run_until(world, MS(15));
    b->pcpu = c->pcpu = &world->host->pcpus[0];
    credit_of(c)->priority = PRIORITY_BOOST;
    world_wake(world, b);
    g_assert_cmphex(world_called_pcpus(world), ==, 0x2);
    world_wake(world, c);
    g_assert_cmphex(world_called_pcpus(world), ==, 0x3);
}

static void busy_socket(World *world)
{
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 1, 0, "hog");
    world_add(world, "c", 2, 0, "hog");
    world_add(world, "d", 4, 0, "hog");
}

/* At 20 a sees 2 idle pCPUs in its socket, its own with them, and 3 in the other: more,
 * but not more than twice as many. */
static void test_sockets_are_left_for_twice_the_room(void)
{
    world_check("credit-3.4", NULL, two_sockets, busy_socket, MS(25),
                "0 p0 a\n0 p1 b\n0 p2 c\n0 p4 d\n20000 p0 -\n20000 p5 a\n");
    world_check("credit-4.17", NULL, two_sockets, busy_socket, MS(25),
                "0 p0 a\n0 p1 b\n0 p2 c\n0 p4 d\n");
}

/* a leaves pCPU 0, which its affinity forbids from now on, so that counts as busy:
 * socket 0 has pCPU 1, socket 1 has three. */
static void test_a_forbidden_pcpu_is_no_idle_one(void)
{
    static const unsigned busy[] = { 2, 3, 4 };
    g_autoptr(World) world = world_new("credit-4.17", two_sockets, NULL);
    Scheduler *scheduler = &world->host->scheduler;
    Vcpu *a = world_add(world, "a", 0, 0, "hog");
    PcpuMask allowed;

    for (unsigned i = 0; i < G_N_ELEMENTS(busy); i++)
        world_add(world, "b", busy[i], 0, "hog");
    world_run_until(world, MS(1));
    mask_copy(&allowed, a->hard_affinity);
    mask_remove(&allowed, 0);
    a->hard_affinity = &allowed;
    g_assert_cmpuint(scheduler->ops->pick_cpu(scheduler, a, MS(1))->id, ==, 5);
}

static void nearly_even_sockets(World *world)
{
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 1, 0, "hog");
    world_add(world, "c", 4, 0, "hog");
}

/* Saving power, any less room is better: for a and b, with 3 idle pCPUs here counting
 * their own and 3 there, neither is; c leaves its 4 for the 2 beside a and b. */
static void test_power_savings_fill_a_socket(void)
{
    world_check("credit-4.17", "smt-power-savings=yes", two_sockets,
                nearly_even_sockets, MS(25),
                "0 p0 a\n0 p1 b\n0 p4 c\n20000 p4 -\n20000 p2 c\n");
}

/* 4.2 */

static void two_hogs(World *world)
{
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 0, 0, "hog");
}

static void test_the_slice_can_be_set(void)
{
    world_check("credit-3.4", NULL, one, two_hogs, MS(12), "0 p0 a\n");
    world_check("credit-4.17", NULL, one, two_hogs, MS(12), "0 p0 a\n");
    world_check("credit-4.17", "tslice=5ms", one, two_hogs, MS(12),
                "0 p0 a\n5000 p0 b\n10000 p0 a\n");
}

static void frequent_waker(World *world)
{
    world_add(world, "b", 0, 0, "100/10400 100/400 100/400 100/400");
    world_add(world, "a", 0, 0, "hog");
}

/* a is UNDER since the tick at 10, and preempted when b wakes at 10.5. It goes on at
 * 10.6; b wakes again at 11.0, when a has had 0.4 of its 1 ms. 3.4: b runs till 11.1
 * and sleeps till 11.5. 4.17: it waits the 0.6 that are left (4.8), runs from 11.6
 * to 11.7, wakes at 12.1 and waits till 12.7. */
static void test_preemption_is_rate_limited(void)
{
    static const char at_once[] = "0 p0 b\n100 p0 a\n10500 p0 b\n10600 p0 a\n"
                                  "11000 p0 b\n11100 p0 a\n11500 p0 b\n11600 p0 a\n";
    static const char limited[] = "0 p0 b\n100 p0 a\n10500 p0 b\n10600 p0 a\n"
                                  "11600 p0 b\n11700 p0 a\n12700 p0 b\n12800 p0 a\n";

    world_check("credit-3.4", NULL, one, frequent_waker, US(11900), at_once);
    world_check("credit-4.17", "ratelimit=0", one, frequent_waker, US(11900), at_once);
    world_check("credit-4.17", NULL, one, frequent_waker, US(13000), limited);
}

/* 4.3 */

static void waker_beside_an_idler(World *world)
{
    world_add(world, "b", 0, 0, "1000/14000");
    world_add(world, "a", 0, MS(2), "hog");
}

/* b, boosted, wakes at 15 on a's pCPU. 3.4 calls both pCPUs: b preempts a, and the idle
 * one steals that. 4.17 calls the idle one, which steals b. */
static void test_idlers_are_preferred_to_preemption(void)
{
    world_check("credit-3.4", NULL, two, waker_beside_an_idler, MS(17),
                "0 p0 b\n1000 p0 -\n2000 p0 a\n15000 p0 b\n15000 p1 a\n16000 p0 -\n");
    world_check("credit-4.17", NULL, two, waker_beside_an_idler, MS(17),
                "0 p0 b\n1000 p0 -\n2000 p0 a\n15000 p1 b\n16000 p1 -\n");
}

static void pinned_waker_beside_an_idler(World *world)
{
    world_pin(world_add(world, "b", 0, 0, "1000/14000"), "0");
    world_add(world, "a", 0, MS(2), "hog");
}

/* No idler is in b's affinity, so it preempts a. That nobody tells the idle pCPU 1 to
 * take a is what 4.17's failing attempt to kick a away comes to. */
static void test_nobody_is_kicked_away_to_an_idler(void)
{
    world_check("credit-4.17", NULL, two, pinned_waker_beside_an_idler, MS(17),
                "0 p0 b\n1000 p0 -\n2000 p0 a\n15000 p0 b\n16000 p0 a\n");
}

/* 4.5 */

static void check_soft(const char *soft, const char *schedule)
{
    g_autoptr(World) world = world_new("credit-4.17", two, NULL);
    Vcpu *y;

    world_add(world, "b", 1, 0, "5000/900000");
    world_add(world, "a", 0, 0, "hog");
    world_add(world, "x", 0, 0, "hog");
    y = world_add(world, "y", 0, 0, "hog");
    world_run_until(world, MS(1));
    world_set_affinity(y, "0-1", soft);
    g_assert_cmpuint(y->pcpu->id, ==, 0); /* pCPU 1 is not idle */
    world_run_until(world, MS(7));
    g_assert_cmpstr(world->schedule->str, ==, schedule);
}

/* x is first in pCPU 0's queue; pCPU 1, idle at 5, first looks for who prefers it. */
static void test_soft_affinity_comes_first_in_stealing(void)
{
    check_soft("0-1", "0 p1 b\n0 p0 a\n5000 p1 x\n");
    check_soft("1", "0 p1 b\n0 p0 a\n5000 p1 y\n");
    check_soft("0", "0 p1 b\n0 p0 a\n5000 p1 x\n");
}

/* A woken vCPU calls an idler of its soft affinity, or else of the hard one; it is
 * placed likewise. */
static void test_soft_affinity_comes_first_in_wakes_and_placement(void)
{
    g_autoptr(World) world = world_new("credit-4.17", four, NULL);
    Vcpu *b = world_add(world, "b", 0, NEVER, "hog");

    world_add(world, "a", 0, 0, "hog");
    world_run_until(world, MS(1));
    world_set_affinity(b, "0-3", "2-3");
    g_assert_cmpuint(b->pcpu->id, ==, 2);
    world_set_affinity(b, "0-1", "3"); /* excludes all of the hard one: no say */
    g_assert_cmpuint(b->pcpu->id, ==, 1);
    world_set_affinity(b, "0,2-3", "0,3");
    b->pcpu = &world->host->pcpus[0];
    world_wake(world, b);
    g_assert_cmphex(world_called_pcpus(world), ==, 1 << 3);
}

/* 4.7 */

static void check_migration(const char *scheduler, const char *schedule)
{
    g_autoptr(World) world = world_new(scheduler, two, NULL);
    Vcpu *x = world_add(world, "x", 0, 0, "hog");

    world_add(world, "b", 1, 0, "hog");
    world_add(world, "a", 0, 0, "hog");
    world_run_until(world, MS(12));
    world_pin(x, "1");
    host_handle_softirqs(world->host);
    world_run_until(world, MS(20));
    g_assert_cmpstr(world->schedule->str, ==, schedule);
}

/* x runs on pCPU 0 and is sent to pCPU 1 at 12, where b is UNDER since the tick at 10.
 * In 3.4 its wake there is a wake as any other. */
static void test_a_migration_gives_no_boost(void)
{
    check_migration("credit-3.4", "0 p0 x\n0 p1 b\n12000 p0 a\n12000 p1 x\n");
    check_migration("credit-4.17", "0 p0 x\n0 p1 b\n12000 p0 a\n");
}

/* 4.8 */

/* a has run for 0.5 of its 1 ms. Nobody takes the pCPU from it, but it may give it. */
static void test_who_yields_is_not_rate_limited(void)
{
    g_autoptr(World) world = world_new("credit-4.17", one, NULL);
    Vcpu *a = world_add(world, "a", 0, 0, "hog");

    world_add(world, "b", 0, 0, "hog");
    world_run_until(world, US(500));
    host_raise_schedule(world->host, a->pcpu);
    host_handle_softirqs(world->host);
    g_assert_cmpstr(world->schedule->str, ==, "0 p0 a\n");
    vcpu_yield(a);
    host_handle_softirqs(world->host);
    g_assert_cmpstr(world->schedule->str, ==, "0 p0 a\n500 p0 b\n");
}

/* 4.9 */

static void crowded_pair(World *world)
{
    world_add(world, "c", 2, 0, "2000/900000");
    world_add(world, "d", 3, 0, "4000/900000");
    world_add(world, "a1", 0, 0, "hog");
    world_add(world, "b1", 1, 0, "hog");
    world_add(world, "a2", 0, 0, "hog");
    world_add(world, "a3", 0, 0, "hog");
    world_add(world, "b2", 1, 0, "hog");
    world_add(world, "b3", 1, 0, "hog");
}

/* pCPU 2 is idle at 2, pCPU 3 at 4. 3.4: each begins behind itself, at pCPU 0. 4.17:
 * the first begins behind pCPU 0, where the bias is at first; the second behind pCPU 1,
 * which gave something last. */
static void test_stealing_goes_round(void)
{
    static const char start[] = "0 p2 c\n0 p3 d\n0 p0 a1\n0 p1 b1\n";
    g_autofree char *from_own = g_strconcat(start, "2000 p2 a2\n4000 p3 a3\n", NULL);
    g_autofree char *in_turn = g_strconcat(start, "2000 p2 b2\n4000 p3 a2\n", NULL);

    world_check("credit-3.4", NULL, four, crowded_pair, MS(5), from_own);
    world_check("credit-4.17", NULL, four, crowded_pair, MS(5), in_turn);
}

/* Peers with nothing to give are passed over: the mask of those with something follows
 * the run queues. */
static void test_who_has_something_to_steal_is_known(void)
{
    g_autoptr(World) world = world_new("credit-4.17", three, NULL);
    const TimedHost *all = world->host->scheduler.state;
    Vcpu *a2;

    world_add(world, "a1", 0, 0, "hog");
    world_add(world, "b1", 1, 0, "hog");
    world_add(world, "c1", 2, 0, "hog");
    a2 = world_add(world, "a2", 0, MS(1), "hog");
    world_run_until(world, US(500));
    g_assert_true(mask_is_empty(&all->crowded));
    world_run_until(world, US(1500));
    g_assert_cmphex(all->crowded.words[0], ==, 1 << 0);
    world_pin(a2, "1");
    g_assert_cmphex(all->crowded.words[0], ==, 1 << 1);
    domain_pause(a2->domain);
    g_assert_true(mask_is_empty(&all->crowded));
}

/* 4.11 */

static void test_an_exclusively_pinned_vcpu_calls_its_own_pcpu(void)
{
    g_autoptr(World) world = world_new("credit-4.17", four, NULL);
    Vcpu *b = world_add(world, "b", 0, NEVER, "hog");

    world_pin(b, "2");
    world_run_until(world, MS(1));
    world_wake(world, b);
    g_assert_cmphex(world_called_pcpus(world), ==, 1 << 2);
}

/* 4.13 */

/* a starts at 5. With its pCPU idle the tick of 3.4 goes on, at 4 and 14: at 12 a has
 * not been caught, unless the first tick is at 7. That of 4.17 comes at 10, whatever
 * tick-first says: 50 charged and 300 granted at 12. */
static void test_the_tick_comes_back_in_step(void)
{
    static const struct {
        const char *scheduler, *tick_first, *accounts;
    } cases[] = { { "credit-3.4", "tick-first=4ms", "12000 a=0/BOOST/inactive\n" },
                  { "credit-3.4", "tick-first=7ms", "12000 a=200/UNDER\n" },
                  { "credit-4.17", "tick-first=4ms", "12000 a=250/UNDER\n" },
                  { "credit-4.17", "tick-first=7ms", "12000 a=250/UNDER\n" } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const options[] = { cases[i].tick_first, "accounting-first=12ms",
                                        NULL };
        g_autoptr(World) world = world_new(cases[i].scheduler, one, options);

        world_add(world, "a", 0, MS(5), "hog");
        world_run_until(world, MS(13));
        g_assert_cmpstr(world->accounts->str, ==, cases[i].accounts);
    }
}

/* Unless it has never run anything. */
static void test_an_idle_pcpu_has_no_tick(void)
{
    g_autoptr(World) world = world_new("credit-4.17", two, NULL);
    const Host *host = world->host;

    world_add(world, "a", 0, MS(5), "1000/900000");
    world_run_until(world, MS(7));
    g_assert_false(sim_is_armed(host->sim, &host->pcpus[0].tick_timer));
    g_assert_cmpint(sim_due_ns(host->sim, &host->pcpus[1].tick_timer), ==, MS(10));
}

static void pause_pair(World *world)
{
    Domain *pair = world_add_domain(world, "d", 256, 0);

    world_add_vcpu(world, pair, 0, 0, "hog");
    world_add_vcpu(world, pair, 0, 0, "hog");
    world_add(world, "h", 0, 0, "hog");
    world_run_until(world, MS(2));
    domain_pause(pair);
}

/* d.0 goes to sleep and lets its pCPU decide before d.1, next in the queue, does. 3.4
 * runs d.1 until its turn comes, at once; 4.17 looks whether it can run. */
static void test_a_domain_being_paused_runs_no_more(void)
{
    world_check("credit-3.4", NULL, one, pause_pair, MS(3),
                "0 p0 d.0\n2000 p0 d.1\n2000 p0 h\n");
    world_check("credit-4.17", NULL, one, pause_pair, MS(3), "0 p0 d.0\n2000 p0 h\n");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        { "4.0/time is charged, not ticks", test_time_is_charged_not_ticks },
        { "4.0/placements near one place go round",
          test_placements_near_one_place_go_round },
        { "4.0/a placement goes on from where the bias led",
          test_a_placement_goes_on_from_where_the_bias_led },
        { "4.1/who goes inactive keeps half", test_who_goes_inactive_keeps_half },
        { "4.1/a weight counts per vCPU", test_a_weight_counts_per_vcpu },
        { "4.1/a yield goes behind one of a lower class",
          test_a_yield_goes_behind_one_of_a_lower_class },
        { "4.1/a yield is forgotten", test_a_yield_is_forgotten },
        { "4.1/one idler is tickled, and only once",
          test_one_idler_is_tickled_and_only_once },
        { "4.9/a called idler is none any more", test_a_called_idler_is_none_any_more },
        { "4.1/sockets are left for twice the room",
          test_sockets_are_left_for_twice_the_room },
        { "4.1/a forbidden pCPU is no idle one", test_a_forbidden_pcpu_is_no_idle_one },
        { "4.1/power savings fill a socket", test_power_savings_fill_a_socket },
        { "4.2/the slice can be set", test_the_slice_can_be_set },
        { "4.2/preemption is rate limited", test_preemption_is_rate_limited },
        { "4.3/idlers are preferred to preemption",
          test_idlers_are_preferred_to_preemption },
        { "4.3/nobody is kicked away to an idler",
          test_nobody_is_kicked_away_to_an_idler },
        { "4.5/soft affinity comes first in stealing",
          test_soft_affinity_comes_first_in_stealing },
        { "4.5/soft affinity comes first in wakes and placement",
          test_soft_affinity_comes_first_in_wakes_and_placement },
        { "4.7/a migration gives no boost", test_a_migration_gives_no_boost },
        { "4.8/who yields is not rate limited", test_who_yields_is_not_rate_limited },
        { "4.9/stealing goes round", test_stealing_goes_round },
        { "4.9/who has something to steal is known",
          test_who_has_something_to_steal_is_known },
        { "4.11/an exclusively pinned vCPU calls its own pCPU",
          test_an_exclusively_pinned_vcpu_calls_its_own_pcpu },
        { "4.13/the tick comes back in step", test_the_tick_comes_back_in_step },
        { "4.13/an idle pCPU has no tick", test_an_idle_pcpu_has_no_tick },
        { "4.17/a domain being paused runs no more",
          test_a_domain_being_paused_runs_no_more },
    };

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/credit/", tests[i].name, NULL);

        g_test_add_func(path, tests[i].run);
    }
    return g_test_run();
}
