#include "models/guest/request.h"
#include "results/series.h"
#include "tests/unit/io_world.h"

#define INTERVAL_NS (10 * NS_PER_US)
#define INTERVALS   100u

#define IDE_STATUS 0x1f7

typedef struct {
    uint64_t n;
    int64_t latencies_ns;
    int64_t until_ns;
} Count;

static void count_request(void *listener, int64_t now_ns, const Request *request)
{
    Count *count = listener;

    if (now_ns >= count->until_ns)
        return;
    count->n++;
    count->latencies_ns += now_ns - request->issued_ns;
}

/* What intervals say adds up to what happened in all of them, and nothing later counts.
 */
static void test_intervals_add_up(void)
{
    const Activity activities[] = { io_compute(3000), io_read(IDE_STATUS) };
    g_autoptr(IoMachine) world = io_machine_new(
        "dom0", io_workload_new(activities, G_N_ELEMENTS(activities), true));
    g_autoptr(Machine) machine = io_machine_build(world);
    Count count = { .until_ns = INTERVALS * INTERVAL_NS };
    const Probe probe = { .listener = &count, .request = count_request };
    g_autoptr(Series) series = NULL;
    double n = 0, latencies_ns = 0;

    host_add_probe(machine_host(machine), &probe);
    series = series_new(machine_host(machine), INTERVAL_NS, INTERVALS);
    machine_run_until(machine, count.until_ns + NS_PER_MS);
    for (unsigned i = 0; i < INTERVALS; i++) {
        n += series_value(series, SERIES_REQUESTS, i) * INTERVAL_NS / NS_PER_S;
        latencies_ns += series_value(series, SERIES_OUTSTANDING, i) * INTERVAL_NS;
        g_assert_cmpfloat(series_value(series, SERIES_TRANSFERS, i), ==, 0);
    }
    g_assert_cmpuint(count.n, >, 20);
    g_assert_cmpfloat_with_epsilon(n, (double)count.n, 1e-6);
    g_assert_cmpfloat_with_epsilon(latencies_ns, (double)count.latencies_ns, 1e-3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/series/intervals_add_up", test_intervals_add_up);
    return g_test_run();
}
