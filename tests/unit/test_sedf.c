/* SEDF of Xen 3.1: its operations called with made-up times, whole schedules derived by
 * hand, and the shares that its documentation promises. Times in us where a name or a
 * text does not say otherwise. */
#include "tests/unit/world.h"

#include <errno.h>

#define US(n) ((n)*NS_PER_US)
#define MS(n) ((n)*NS_PER_MS)

static const Topology one_pcpu = { 1, 1, 1 };

/* One pCPU and one vCPU, whose operations are called without a host around them. */
typedef struct {
    World *world;
    Scheduler *scheduler;
    Pcpu *pcpu;
    Vcpu *vcpu;
} Bare;

static SchedParams by_time(int64_t period_ns, int64_t slice_ns, bool extratime)
{
    return (SchedParams){ .set = PARAM_PERIOD | PARAM_SLICE | PARAM_LATENCY |
                                 PARAM_EXTRATIME | PARAM_SHARE,
                          .period_ns = period_ns,
                          .slice_ns = slice_ns,
                          .extratime = extratime };
}

static SchedParams by_weight(int64_t weight, bool extratime)
{
    SchedParams params = by_time(0, 0, extratime);

    params.share = weight;
    return params;
}

/* The first domain of a world is dom0: here one without vCPUs. */
static World *guests_new(Topology topology)
{
    World *world = world_new("sedf-3.1", topology, NULL);

    world_add_domain(world, "dom0", 256, 0);
    return world;
}

static Vcpu *add_guest(World *world, const char *name, int64_t start_ns,
                       const char *script, SchedParams params)
{
    Vcpu *vcpu = world_add(world, name, 0, start_ns, script);

    g_assert_cmpint(domain_set_params(vcpu->domain, &params), ==, 0);
    return vcpu;
}

static Bare bare_new(SchedParams params)
{
    World *world = guests_new(one_pcpu);
    Bare bare = { .world = world,
                  .scheduler = &world->host->scheduler,
                  .pcpu = &world->host->pcpus[0],
                  .vcpu = add_guest(world, "a", 0, "hog", params) };

    bare.vcpu->pause_flags = 0;
    return bare;
}

static void wake(const Bare *bare, int64_t now_ns)
{
    bare->vcpu->pause_flags = 0;
    bare->scheduler->ops->wake(bare->scheduler, bare->vcpu, now_ns);
}

/* Checks who is chosen at that time, and for how long. */
static void decide(const Bare *bare, int64_t now_ns, const Vcpu *next, int64_t slice_ns)
{
    const SchedDecision decision =
        bare->scheduler->ops->schedule(bare->scheduler, bare->pcpu, now_ns);

    g_assert_true(decision.next == next);
    g_assert_cmpint(decision.slice_ns, ==, slice_ns);
    bare->pcpu->current = decision.next;
}

/* First wake at 1 ms: the deadline would be 1 + 4, inside it, so the vCPU begins its
 * next period, 5 to 25, and the one after, 25 to 45. */
static void test_a_first_wake_waits_one_slice(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    wake(&bare, MS(1));
    decide(&bare, MS(1), bare.pcpu->idle, MS(4));
    decide(&bare, MS(5), bare.vcpu, MS(4));
    decide(&bare, MS(9), bare.pcpu->idle, MS(16));
    decide(&bare, MS(25), bare.vcpu, MS(4));
    world_free(bare.world);
}

/* It has used 1 of its 4 ms when it blocks at 6. At 7 its period is not over: it gives
 * up the rest, for one quantum of penalty time at once and then what extra time there
 * is. Its next period begins at 25. */
static void test_a_short_block_costs_the_rest_of_the_slice(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), true));

    wake(&bare, MS(1));
    decide(&bare, MS(5), bare.vcpu, MS(4));
    bare.vcpu->pause_flags = PAUSE_BLOCKED;
    decide(&bare, MS(6), bare.pcpu->idle, NS_PER_S);
    wake(&bare, MS(7));
    g_assert_cmpint(world_inspect(bare.vcpu).credit, ==, MS(4));
    decide(&bare, MS(7), bare.vcpu, US(500));
    g_assert_cmpint(world_inspect(bare.vcpu).priority, ==, -1);
    decide(&bare, US(7500), bare.vcpu, US(500));
    g_assert_cmpint(world_inspect(bare.vcpu).priority, ==, -2);
    decide(&bare, US(24500), bare.vcpu, US(500));
    decide(&bare, MS(25), bare.vcpu, MS(4));
    g_assert_cmpint(world_inspect(bare.vcpu).priority, ==, 0);
    world_free(bare.world);
}

/* Without a claim on extra time only the penalty quantum is left. */
static void test_a_short_block_without_extra_time_leaves_one_quantum(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    wake(&bare, MS(1));
    decide(&bare, MS(5), bare.vcpu, MS(4));
    bare.vcpu->pause_flags = PAUSE_BLOCKED;
    decide(&bare, MS(6), bare.pcpu->idle, NS_PER_S);
    wake(&bare, MS(7));
    decide(&bare, MS(7), bare.vcpu, US(500));
    decide(&bare, US(7500), bare.pcpu->idle, US(17500));
    decide(&bare, MS(25), bare.vcpu, MS(4));
    world_free(bare.world);
}

/* Woken at 40, after its deadline 25: a fresh period begins there and then. */
static void test_a_long_block_begins_a_period_at_the_wake(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    wake(&bare, MS(1));
    decide(&bare, MS(5), bare.vcpu, MS(4));
    bare.vcpu->pause_flags = PAUSE_BLOCKED;
    decide(&bare, MS(6), bare.pcpu->idle, NS_PER_S);
    wake(&bare, MS(40));
    decide(&bare, MS(40), bare.vcpu, MS(4));
    decide(&bare, MS(44), bare.pcpu->idle, MS(16));
    world_free(bare.world);
}

/* 5 ms of a slice of 4: the next period has 3. */
static void test_an_overrun_is_carried_over(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    wake(&bare, MS(1));
    decide(&bare, MS(5), bare.vcpu, MS(4));
    decide(&bare, MS(10), bare.pcpu->idle, MS(15));
    decide(&bare, MS(25), bare.vcpu, MS(3));
    world_free(bare.world);
}

/* Nobody decided between 5 and 70: the periods 5, 25 and 45 are lost, and the slice of
 * the one that began at 65 is whole. The overrun of 61 ms was more than a slice. */
static void test_a_missed_deadline_skips_to_the_present_period(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    wake(&bare, MS(1));
    decide(&bare, MS(5), bare.vcpu, MS(4));
    decide(&bare, MS(70), bare.vcpu, MS(4));
    world_free(bare.world);
}

/* A wake that finds the vCPU queued, and a sleep that does not, change nothing. */
static void test_wakes_and_sleeps_may_repeat(void)
{
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    bare.scheduler->ops->sleep(bare.scheduler, bare.vcpu, 0);
    wake(&bare, MS(1));
    wake(&bare, MS(2));
    decide(&bare, MS(2), bare.pcpu->idle, MS(3));
    bare.vcpu->pause_flags = PAUSE_BLOCKED;
    bare.scheduler->ops->sleep(bare.scheduler, bare.vcpu, MS(3));
    decide(&bare, MS(5), bare.pcpu->idle, NS_PER_S);
    world_free(bare.world);
}

/* 1 s with 50 ms, then a weight: 95 of 100 ms, which used slices do not change. */
static void test_a_weight_replaces_what_was_promised(void)
{
    const Bare bare = bare_new(by_time(NS_PER_S, MS(50), false));
    const SchedParams weight = by_weight(1, false);

    g_assert_cmpint(domain_set_params(bare.vcpu->domain, &weight), ==, 0);
    g_assert_cmpint(world_inspect(bare.vcpu).credit, ==, MS(95));
    wake(&bare, MS(5));
    decide(&bare, MS(100), bare.vcpu, MS(95));
    decide(&bare, MS(195), bare.pcpu->idle, MS(5));
    g_assert_cmpint(world_inspect(bare.vcpu).credit, ==, MS(95));
    world_free(bare.world);
}

static void test_parameters_out_of_range_are_refused(void)
{
    const struct {
        SchedParams params;
        int result;
    } cases[] = {
        { by_time(0, 0, false), -EINVAL },
        { by_time(US(10) - 1, US(5), false), -EINVAL },
        { by_time(US(10), US(5), false), 0 },
        { by_time(10 * NS_PER_S, US(5) - 1, false), -EINVAL },
        { by_time(10 * NS_PER_S, 10 * NS_PER_S, false), 0 },
        { by_time(10 * NS_PER_S + 1, MS(1), false), -EINVAL },
        { by_time(MS(1), MS(1) + 1, false), -EINVAL },
        { by_weight(1, true), 0 },
        { by_weight(-1, true), -EINVAL },
        { { .set = PARAM_SLICE, .slice_ns = MS(2) }, 0 },
    };
    const Bare bare = bare_new(by_time(MS(20), MS(4), false));

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(domain_set_params(bare.vcpu->domain, &cases[i].params), ==,
                        cases[i].result);
    world_free(bare.world);
}

static void test_creation_takes_the_same_parameters(void)
{
    static const struct {
        SchedParams params;
        unsigned domain_id;
        bool is_valid;
    } cases[] = {
        { { .set = PARAM_WEIGHT, .weight = 256 }, 1, true },
        { { .set = PARAM_PERIOD | PARAM_SLICE, .period_ns = 20, .slice_ns = 5 },
          1,
          false },
        { { .set = PARAM_SLICE, .slice_ns = MS(30) }, 1, true },
        { { .set = PARAM_SLICE, .slice_ns = MS(30) }, 0, false },
        { { .set = PARAM_EXTRATIME }, 0, true },
        { { .set = PARAM_EXTRATIME }, 1, false },
        { { .set = PARAM_SHARE, .share = 3 }, 1, true },
    };
    g_autoptr(World) world = guests_new(one_pcpu);
    const SchedulerOps *ops = world->host->scheduler.ops;
    const SchedParams params = by_time(MS(20), MS(4), false);
    Domain *guest = world_add_domain(world, "a", 256, 0);
    const Vcpu *vcpu;

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(ops->check_params(&cases[i].params, cases[i].domain_id, &error),
                        ==, cases[i].is_valid);
        g_assert_cmpint(error == NULL, ==, cases[i].is_valid);
    }
    guest->params = params; /* as host_add_domain does */
    vcpu = world_add_vcpu(world, guest, 0, 0, "hog");
    g_assert_cmpint(world_inspect(vcpu).credit, ==, MS(4));
}

/* 20 of 100 ms are promised by time and 5 kept back: 75 for the weights 1, 2 and 2. */
static void test_weights_share_what_is_not_promised(void)
{
    g_autoptr(World) world = guests_new(one_pcpu);
    const Vcpu *a, *b, *c;

    add_guest(world, "time", 0, "hog", by_time(MS(10), MS(2), true));
    a = add_guest(world, "a", 0, "hog", by_weight(1, false));
    b = add_guest(world, "b", 0, "hog", by_weight(2, false));
    c = add_guest(world, "c", 0, "hog", by_weight(2, false));
    g_assert_cmpint(world_inspect(a).credit, ==, MS(15));
    g_assert_cmpint(world_inspect(b).credit, ==, MS(30));
    g_assert_cmpint(world_inspect(c).credit, ==, MS(30));
}

/* Weights 1 and 2 in extra time: after a quantum a's score is 131072 and b's 65536, and
 * the other's falls by what the score was before. a is chosen first, and interrupted
 * before it has run at all by b's wake; its quantum is over. b (0) runs, and is before
 * a (65536 to 131072); b runs again, a falls to 65536 and is in front of b's new 65536;
 * a runs, b falls to 0; and so on: b twice, a once. */
static void test_extra_time_goes_round_by_weight(void)
{
    g_autoptr(World) world = guests_new(one_pcpu);

    add_guest(world, "a", 0, "hog", by_weight(1, true));
    add_guest(world, "b", 0, "hog", by_weight(2, true));
    world_run_until(world, US(5000));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "0 p0 b\n"
                    "1000 p0 a\n"
                    "1500 p0 b\n"
                    "2500 p0 a\n"
                    "3000 p0 b\n"
                    "4000 p0 a\n"
                    "4500 p0 b\n");
}

/* With 20 ms of 100 promised, in one piece from 20 on, no quantum of extra time is
 * begun less than 500 us before: the pCPU is idle from 19,750 on. */
static void test_extra_time_ends_before_a_period_begins(void)
{
    g_autoptr(World) world = guests_new(one_pcpu);

    add_guest(world, "time", 0, "hog", by_time(MS(100), MS(20), false));
    add_guest(world, "extra", US(18250), "hog", by_weight(1, true));
    world_run_until(world, MS(41));
    g_assert_cmpstr(world->schedule->str, ==,
                    "18250 p0 extra\n"
                    "19750 p0 -\n"
                    "20000 p0 time\n"
                    "40000 p0 extra\n");
}

/* CPU time of the vCPU from that time on, in ns. */
typedef struct {
    const Vcpu *vcpu;
    int64_t from_ns;
} Meter;

static int64_t running_ns(const Vcpu *vcpu)
{
    return runstate_total_ns(&vcpu->runstate, RUNSTATE_RUNNING,
                             host_now_ns(vcpu->domain->host));
}

static Meter meter_new(const Vcpu *vcpu)
{
    return (Meter){ vcpu, running_ns(vcpu) };
}

static int64_t meter_ns(const Meter *meter)
{
    return running_ns(meter->vcpu) - meter->from_ns;
}

/* The documentation's first example: 5 ms of 20 without extra time are 25 %. */
static void test_a_slice_of_a_quarter_is_a_quarter(void)
{
    g_autoptr(World) world = guests_new(one_pcpu);
    const Vcpu *guest = add_guest(world, "a", 0, "hog", by_time(MS(20), MS(5), false));
    Meter meter;

    add_guest(world, "other", 0, "hog", by_weight(1, true));
    world_run_until(world, MS(5));
    meter = meter_new(guest);
    world_run_until(world, MS(5) + NS_PER_S);
    g_assert_cmpint(meter_ns(&meter), ==, NS_PER_S / 4);
}

/* Four domains of weight 2:3:4:2: of 1.1 s 200, 300, 400 and 200 ms, that is 18.2,
 * 27.3, 36.4 and 18.2 %, to the quantum. All periods begin at multiples of 100 ms, and
 * no quantum is lost before one. */
static void test_weights_of_extra_time_are_exact(void)
{
    static const int64_t weights[] = { 2, 3, 4, 2 };
    g_autoptr(World) world = guests_new(one_pcpu);
    const Vcpu *guests[G_N_ELEMENTS(weights)];

    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++) {
        const char name[] = { (char)('a' + i), '\0' };

        guests[i] = add_guest(world, name, 0, "hog", by_weight(weights[i], true));
    }
    world_run_until(world, MS(1100));
    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++)
        g_assert_cmpint(ABS(running_ns(guests[i]) - MS(100) * weights[i]), <=, US(500));
}

/* One domain of 3 ms in 10, and weights 2:7:3 for the rest: 30 % and, of 70 %, 11.7,
 * 40.8 and 17.5 %. Extra time is 14 whole quanta in every 10 ms. */
static void test_weights_share_the_rest_exactly(void)
{
    static const int64_t weights[] = { 2, 7, 3 };
    g_autoptr(World) world = guests_new(one_pcpu);
    const Vcpu *promised =
        add_guest(world, "a", 0, "hog", by_time(MS(10), MS(3), false));
    Meter meters[G_N_ELEMENTS(weights)], meter;

    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++) {
        const char name[] = { (char)('b' + i), '\0' };

        meters[i].vcpu = add_guest(world, name, 0, "hog", by_weight(weights[i], true));
    }
    world_run_until(world, MS(3));
    meter = meter_new(promised);
    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++)
        meters[i] = meter_new(meters[i].vcpu);
    world_run_until(world, MS(1203));
    g_assert_cmpint(meter_ns(&meter), ==, MS(360));
    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++)
        g_assert_cmpint(ABS(meter_ns(&meters[i]) - MS(70) * weights[i]), <=, US(500));
}

/* dom0 has 15 of 20 ms for each of its vCPUs, and all of them on pCPU 0: twelve that
 * never block have a twelfth of it each on average. Not each of them: all are due at
 * 35, and v0 and v1 have had their slices at 45. The others have missed, and queue
 * behind those two with the deadline 55. v0 runs until 60, and all miss 55 but v0; it
 * runs again until 75, just in time for v1, which is next until 90; all others miss 75.
 * That is where it was at 45: in 60 ms v0 has 45, v1 15 and the others none. */
static void test_many_vcpus_of_dom0_share_one_pcpu(void)
{
    static const Topology twelve_pcpus = { 12, 1, 12 };
    g_autoptr(World) world = world_new("sedf-3.1", twelve_pcpus, NULL);
    Domain *dom0 = world_add_domain(world, "dom0", 256, 0);
    Meter meters[12];

    for (unsigned i = 0; i < G_N_ELEMENTS(meters); i++)
        meters[i].vcpu = world_add_vcpu(world, dom0, 0, 0, "hog");
    world_run_until(world, MS(45));
    for (unsigned i = 0; i < G_N_ELEMENTS(meters); i++)
        meters[i] = meter_new(meters[i].vcpu);
    world_run_until(world, MS(45) + 12 * NS_PER_S);
    g_assert_cmpint(meter_ns(&meters[0]), ==, 9 * NS_PER_S);
    g_assert_cmpint(meter_ns(&meters[1]), ==, 3 * NS_PER_S);
    for (unsigned i = 2; i < G_N_ELEMENTS(meters); i++)
        g_assert_cmpint(meter_ns(&meters[i]), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sedf/a first wake waits one slice",
                    test_a_first_wake_waits_one_slice);
    g_test_add_func("/sedf/a short block costs the rest of the slice",
                    test_a_short_block_costs_the_rest_of_the_slice);
    g_test_add_func("/sedf/a short block without extra time leaves one quantum",
                    test_a_short_block_without_extra_time_leaves_one_quantum);
    g_test_add_func("/sedf/a long block begins a period at the wake",
                    test_a_long_block_begins_a_period_at_the_wake);
    g_test_add_func("/sedf/an overrun is carried over",
                    test_an_overrun_is_carried_over);
    g_test_add_func("/sedf/a missed deadline skips to the present period",
                    test_a_missed_deadline_skips_to_the_present_period);
    g_test_add_func("/sedf/wakes and sleeps may repeat",
                    test_wakes_and_sleeps_may_repeat);
    g_test_add_func("/sedf/a weight replaces what was promised",
                    test_a_weight_replaces_what_was_promised);
    g_test_add_func("/sedf/parameters out of range are refused",
                    test_parameters_out_of_range_are_refused);
    g_test_add_func("/sedf/creation takes the same parameters",
                    test_creation_takes_the_same_parameters);
    g_test_add_func("/sedf/weights share what is not promised",
                    test_weights_share_what_is_not_promised);
    g_test_add_func("/sedf/extra time goes round by weight",
                    test_extra_time_goes_round_by_weight);
    g_test_add_func("/sedf/extra time ends before a period begins",
                    test_extra_time_ends_before_a_period_begins);
    g_test_add_func("/sedf/a slice of a quarter is a quarter",
                    test_a_slice_of_a_quarter_is_a_quarter);
    g_test_add_func("/sedf/weights of extra time are exact",
                    test_weights_of_extra_time_are_exact);
    g_test_add_func("/sedf/weights share the rest exactly",
                    test_weights_share_the_rest_exactly);
    g_test_add_func("/sedf/many vCPUs of dom0 share one pCPU",
                    test_many_vcpus_of_dom0_share_one_pcpu);
    return g_test_run();
}
