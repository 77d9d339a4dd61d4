/* ARINC 653 of Xen 4.17: tables and the schedules they make. Times in us. */
#include "tests/unit/world.h"

#define US(n) ((n)*NS_PER_US)
#define MS(n) ((n)*NS_PER_MS)

static const Topology one_pcpu = { 1, 1, 1 };
static const char *const table_of_two[] = { "table=a.0 2ms, b.0 1ms, a.0 1ms",
                                            "major-frame=5ms", NULL };

/* The frame is 5 ms: 2 for a, 1 for b, 1 for a, 1 for nobody. b runs for half a ms and
 * blocks for 5: the rest of its turn is idle, and so is the first half of the next, to
 * 7500. */
static void test_a_table_is_kept_whoever_is_ready(void)
{
    g_autoptr(World) world = world_new("arinc653", one_pcpu, table_of_two);

    world_add(world, "a", 0, 0, "hog");
    world_add(world, "b", 0, 0, "500/5000");
    world_run_until(world, MS(10));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n"
                    "2000 p0 b\n"
                    "2500 p0 -\n"
                    "3000 p0 a\n"
                    "4000 p0 -\n"
                    "5000 p0 a\n"
                    "7000 p0 -\n"
                    "7500 p0 b\n"
                    "8000 p0 a\n"
                    "9000 p0 -\n");
}

/* Without a table dom0 has 10 ms for each vCPU and nobody else has any. */
static void test_the_default_table_is_dom0s(void)
{
    g_autoptr(World) world = world_new("arinc653", one_pcpu, NULL);
    Domain *dom0 = world_add_domain(world, "dom0", 256, 0);

    world_add_vcpu(world, dom0, 0, 0, "hog");
    world_add_vcpu(world, dom0, 0, 0, "hog");
    world_add(world, "guest", 0, 0, "hog");
    world_run_until(world, MS(30));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 dom0.0\n"
                    "10000 p0 dom0.1\n"
                    "20000 p0 dom0.0\n");
}

static void check_slice(World *world, int64_t now_ns, int64_t slice_ns)
{
    Scheduler *scheduler = &world->host->scheduler;

    g_assert_cmpint(
        scheduler->ops->schedule(scheduler, &world->host->pcpus[0], now_ns).slice_ns,
        ==, slice_ns);
}

/* 300 us late inside a frame: the entry is that much shorter. 200 us late at its end:
 * the next frame begins then, and ends at 10,200. */
static void test_a_late_frame_delays_the_next(void)
{
    g_autoptr(World) world = world_new("arinc653", one_pcpu, table_of_two);

    check_slice(world, 0, MS(2));
    check_slice(world, US(2300), US(700));
    check_slice(world, US(4100), US(900));
    check_slice(world, US(5200), MS(2));
    check_slice(world, US(9200), MS(1));
    check_slice(world, US(10199), US(1));
    check_slice(world, US(10200), MS(2));
}

/* Entries that have passed unseen are skipped. */
static void test_missed_entries_are_skipped(void)
{
    g_autoptr(World) world = world_new("arinc653", one_pcpu, table_of_two);

    check_slice(world, 0, MS(2));
    check_slice(world, US(3500), US(500));
}

static void test_an_empty_table_is_idle(void)
{
    g_autoptr(World) world = world_new("arinc653", one_pcpu, NULL);

    check_slice(world, US(7), MS(10));
    check_slice(world, US(9), MS(10));
}

static void test_bad_tables_are_refused(void)
{
    static const struct {
        const char *table, *frame, *message;
    } cases[] = {
        { "a.0 2ms,b.0 3ms", "5ms", NULL },
        { "a.0 2ms,b.0 3ms", "0", NULL },
        { "", "0", NULL },
        { "a.0 2ms,b.0 3ms", "4ms",
          "\"a.0 2ms,b.0 3ms\": expected no more time than major-frame has" },
        { "a 2ms", "0", "\"a 2ms\": expected a vCPU and its time, such as web.0 10ms" },
        { "a.0", "0", "\"a.0\": expected a vCPU and its time, such as web.0 10ms" },
        { "a.0 2ms, ", "0", "\"\": expected a vCPU and its time, such as web.0 10ms" },
        { "a.0 0ms", "0",
          "\"a.0 0ms\": expected a vCPU and its time, such as web.0 10ms" },
        { "a.0 2", "0", "\"a.0 2\": expected a vCPU and its time, such as web.0 10ms" },
    };
    const SchedulerOps *ops = scheduler_ops_by_name("arinc653", NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree void *options = g_malloc0(ops->options_size);
        g_autoptr(GError) error = NULL;

        option_parse(option_find(ops->options, "table"), cases[i].table, options);
        option_parse(option_find(ops->options, "major-frame"), cases[i].frame, options);
        g_assert_cmpint(ops->check_options(options, &error), ==, !cases[i].message);
        g_assert_cmpstr(error ? error->message : NULL, ==, cases[i].message);
        option_clear(ops->options, options);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arinc653/a table is kept whoever is ready",
                    test_a_table_is_kept_whoever_is_ready);
    g_test_add_func("/arinc653/the default table is dom0's",
                    test_the_default_table_is_dom0s);
    g_test_add_func("/arinc653/a late frame delays the next",
                    test_a_late_frame_delays_the_next);
    g_test_add_func("/arinc653/missed entries are skipped",
                    test_missed_entries_are_skipped);
    g_test_add_func("/arinc653/an empty table is idle", test_an_empty_table_is_idle);
    g_test_add_func("/arinc653/bad tables are refused", test_bad_tables_are_refused);
    return g_test_run();
}
