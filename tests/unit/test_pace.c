/* Work that proceeds slower than time: exact, however often it is looked at. */
#include "models/host/pace.h"

#include "tests/unit/world.h"

static void test_work_and_time_agree(void)
{
    static const struct {
        Pace pace;
        int64_t work_ns, time_ns;
    } cases[] = {
        { { 100, 0, 0 }, 1234, 1234 }, { { 60, 0, 0 }, 60, 100 },
        { { 60, 0, 0 }, 1, 2 },        { { 50, 0, 0 }, 0, 0 },
        { { 100, 100, 0 }, 50, 100 },  { { 100, 100, 0 }, 100, 150 },
        { { 50, 100, 0 }, 25, 100 },   { { 50, 100, 0 }, 26, 102 },
        { { 60, 0, 120 }, 1, 1 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Pace *pace = &cases[i].pace;

        g_assert_cmpint(pace_time_ns(pace, cases[i].work_ns), ==, cases[i].time_ns);
        g_assert_cmpint(pace_work_ns(pace, cases[i].time_ns), ==, cases[i].work_ns);
        if (cases[i].time_ns > 0)
            g_assert_cmpint(pace_work_ns(pace, cases[i].time_ns - 1), <,
                            cases[i].work_ns);
    }
}

static void test_looking_at_it_changes_nothing(void)
{
    for (unsigned trial = 0; trial < 200; trial++) {
        const int64_t work_ns = g_test_rand_int_range(1, 100000);
        Pace pace = { g_test_rand_int_range(1, 101), g_test_rand_int_range(0, 50000),
                      0 };
        const Pace whole = pace;
        const int64_t time_ns = pace_time_ns(&pace, work_ns);
        int64_t done_ns = 0, stalled_ns = 0;

        for (int64_t at_ns = 0; at_ns < time_ns;) {
            const int64_t drawn_ns = g_test_rand_int_range(1, 20000);
            const int64_t step_ns = MIN(time_ns - at_ns, drawn_ns);
            int64_t part_ns;

            done_ns += pace_work_ns(&pace, step_ns);
            pace_advance(&pace, step_ns, &part_ns);
            stalled_ns += part_ns;
            at_ns += step_ns;
            g_assert_cmpint(pace_time_ns(&pace, work_ns - done_ns), ==,
                            time_ns - at_ns);
        }
        g_assert_cmpint(done_ns, ==, work_ns);
        g_assert_cmpint(stalled_ns, ==,
                        (whole.cold_ns + 1) / 2 - (pace.cold_ns + 1) / 2);
    }
}

/* Every ns of both pCPUs is somebody's. */
static void check_books(const World *world)
{
    Host *host = world->host;
    int64_t booked_ns;

    host_book_time(host);
    booked_ns = host->idle_ns + host->overhead_ns;
    for (unsigned i = 0; i < host->domains->len; i++)
        booked_ns += ((Domain *)g_ptr_array_index(host->domains, i))->booked_ns;
    g_assert_cmpint(booked_ns, ==, host->n_pcpus * host_now_ns(host));
}

static const HostParams one_core = {
    .topology = { .n_pcpus = 2, .threads_per_core = 2, .cores_per_socket = 1 },
    .smt_speed_percent = 60,
};

/* Two that compute all the time have 60 % each: 30 ms of work end after 50 ms. */
static void test_two_hogs_have_the_stated_speed(void)
{
    g_autoptr(World) world = world_new_on("round-robin", &one_core, NULL);

    world_add(world, "a", 0, 0, "30000/20000");
    world_add(world, "b", 1, 0, "hog");
    world_run_until(world, 300 * NS_PER_MS);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n0 p1 b\n50000 p0 -\n70000 p0 a\n120000 p0 -\n"
                    "140000 p0 a\n190000 p0 -\n210000 p0 a\n260000 p0 -\n"
                    "280000 p0 a\n");
    check_books(world);
}

/* b has done its 30 ms at 50 ms, where a has done 30 of its 50; the rest goes at full
 * speed. Then a rests while b works, alone, 30 ms from 100 to 130. */
static void test_a_run_goes_on_faster_when_the_sibling_rests(void)
{
    g_autoptr(World) world = world_new_on("round-robin", &one_core, NULL);

    world_add(world, "a", 0, 0, "50000/1000000");
    world_add(world, "b", 1, 0, "30000/50000");
    world_run_until(world, 140 * NS_PER_MS);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n0 p1 b\n50000 p1 -\n70000 p0 -\n100000 p0 b\n"
                    "130000 p0 -\n");
    check_books(world);
}

static void test_other_cores_are_not_slowed(void)
{
    HostParams two_cores = one_core;
    g_autoptr(World) world = NULL;

    two_cores.topology.threads_per_core = 1;
    two_cores.topology.cores_per_socket = 2;
    world = world_new_on("round-robin", &two_cores, NULL);
    world_add(world, "a", 0, 0, "30000/20000");
    world_add(world, "b", 1, 0, "hog");
    world_run_until(world, 60 * NS_PER_MS);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n0 p1 b\n30000 p0 -\n50000 p0 a\n");
}

/* 96 KiB are 1,536 lines from memory, at 100 ns each: a stall of 153.6 us, during which
 * it works at half speed. Alone on its pCPU it finds all of them later. */
static void test_cold_caches_are_paid_once(void)
{
    const HostParams params = {
        .topology = { .n_pcpus = 1, .threads_per_core = 1, .cores_per_socket = 1 },
        .caches = { .bytes = { 65536, 1048576 },
                    .line_cycles = { 10, 100 },
                    .clock_hz = 1000000000 },
    };
    g_autoptr(World) world = world_new_on("round-robin", &params, NULL);
    Domain *domain = world_add_domain(world, "a", 256, 0);

    domain->working_set_bytes = 96 * 1024;
    world_add_vcpu(world, domain, 0, 0, "10000/1000");
    world_run_until(world, 22 * NS_PER_MS);
    check_books(world);
    g_assert_cmpint(domain->overhead_ns, ==, 153600);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n10153.600 p0 -\n11153.600 p0 a\n21153.600 p0 -\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pace/work_and_time_agree", test_work_and_time_agree);
    g_test_add_func("/pace/looking_at_it_changes_nothing",
                    test_looking_at_it_changes_nothing);
    g_test_add_func("/pace/two_hogs_have_the_stated_speed",
                    test_two_hogs_have_the_stated_speed);
    g_test_add_func("/pace/a_run_goes_on_faster_when_the_sibling_rests",
                    test_a_run_goes_on_faster_when_the_sibling_rests);
    g_test_add_func("/pace/other_cores_are_not_slowed",
                    test_other_cores_are_not_slowed);
    g_test_add_func("/pace/cold_caches_are_paid_once", test_cold_caches_are_paid_once);
    return g_test_run();
}
