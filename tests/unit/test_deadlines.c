/* Work with deadlines: the ring of buffers, and guests that refill it. */
#include "models/devices/ports.h"
#include "models/guest/play_ring.h"
#include "tests/unit/io_world.h"

#define PERIOD_NS (10 * NS_PER_MS)

static void test_a_buffer_is_free_each_period(void)
{
    PlayRing ring;

    play_ring_start(&ring, PERIOD_NS, 3, 7);
    g_assert_cmpint(play_ring_free_ns(&ring), ==, 7);
    g_assert_cmpint(play_ring_deadline_ns(&ring), ==, 7 + 2 * PERIOD_NS);
    g_assert_cmpint(play_ring_next(&ring, 100), ==, 0);
    g_assert_cmpint(play_ring_free_ns(&ring), ==, 7 + PERIOD_NS);
    g_assert_cmpint(play_ring_deadline_ns(&ring), ==, 7 + 3 * PERIOD_NS);
}

/* The buffer that becomes free at this very instant is not yet lost. */
static void test_who_is_late_goes_on_with_the_latest(void)
{
    PlayRing ring;

    play_ring_start(&ring, PERIOD_NS, 2, 0);
    g_assert_cmpint(play_ring_next(&ring, 5 * PERIOD_NS - 1), ==, 3);
    g_assert_cmpint(play_ring_free_ns(&ring), ==, 4 * PERIOD_NS);
    g_assert_cmpint(play_ring_next(&ring, 7 * PERIOD_NS), ==, 2);
    g_assert_cmpint(play_ring_free_ns(&ring), ==, 7 * PERIOD_NS);
}

/* Guests. */

typedef struct {
    uint64_t done, late, skipped;
    int64_t greatest_ns;
} Seen;

static void see_deadline(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Vcpu *vcpu G_GNUC_UNUSED, int64_t lateness_ns)
{
    Seen *seen = listener;

    seen->done++;
    seen->late += lateness_ns > 0;
    seen->greatest_ns = MAX(seen->greatest_ns, lateness_ns);
}

static void see_skipped(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const Vcpu *vcpu G_GNUC_UNUSED, uint64_t n)
{
    ((Seen *)listener)->skipped += n;
}

/* A guest alone on its host, whose refill is two register accesses and so many
 * instructions at 1 per ns; timer_hz: of its ticks, which must not disturb it. */
static Seen play(int64_t refill_ns, int64_t timer_hz, int64_t run_ns)
{
    const Activity loop[] = {
        { .kind = ACTIVITY_PERIOD, .halt_ns = PERIOD_NS, .count = 2 },
        io_read(PORT_AUDIO_STATUS),
        io_compute(refill_ns),
        io_write(PORT_AUDIO_SERIAL, 0),
        { .kind = ACTIVITY_REFILLED },
    };
    g_autoptr(IoMachine) description =
        io_machine_new("stub", io_workload_new(loop, G_N_ELEMENTS(loop), true));
    Seen seen = { 0 };

    description->guest.timer.hz = timer_hz;
    g_autoptr(Machine) machine = io_machine_build(description);

    host_add_probe(machine_host(machine), &(Probe){ .listener = &seen,
                                                    .deadline = see_deadline,
                                                    .skipped = see_skipped });
    machine_run_until(machine, run_ns);
    return seen;
}

static void test_a_guest_alone_misses_nothing(void)
{
    const Seen seen = play(NS_PER_MS, 0, NS_PER_S);
    const Seen disturbed = play(NS_PER_MS, 250, NS_PER_S);

    /* The first buffer is free at once, the hundredth after 990 ms. */
    g_assert_cmpuint(seen.done, ==, 100);
    g_assert_cmpuint(seen.late + seen.skipped, ==, 0);
    g_assert_cmpuint(disturbed.done, ==, 100);
    g_assert_cmpuint(disturbed.late + disturbed.skipped, ==, 0);
}

/* Longer than the ring: each refill ends when its deadline has passed. */
static void test_a_refill_longer_than_the_ring_misses_all(void)
{
    const Seen seen = play(15 * NS_PER_MS, 0, NS_PER_S);

    g_assert_cmpuint(seen.done, >, 60);
    g_assert_cmpuint(seen.late, ==, seen.done);
    g_assert_cmpuint(seen.skipped, >, 25);
    /* From 20 ms after its buffer was free, with an access or two, to 20 ms later. */
    g_assert_cmpint(seen.greatest_ns, <, 20 * NS_PER_MS);
}

/* Every period of the run is counted once, but those still to come. */
static void test_each_period_is_counted_once(void)
{
    for (int64_t refill_ns = NS_PER_MS; refill_ns < 40 * NS_PER_MS;
         refill_ns += 3 * NS_PER_MS) {
        const Seen seen = play(refill_ns, 100, NS_PER_S);
        const uint64_t counted = seen.done + seen.skipped;

        g_assert_cmpuint(counted, <=, 100);
        g_assert_cmpint((int64_t)counted * PERIOD_NS, >,
                        NS_PER_S - 2 * refill_ns - 2 * PERIOD_NS);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/deadlines/a buffer is free each period",
                    test_a_buffer_is_free_each_period);
    g_test_add_func("/deadlines/who is late goes on with the latest",
                    test_who_is_late_goes_on_with_the_latest);
    g_test_add_func("/deadlines/a guest alone misses nothing",
                    test_a_guest_alone_misses_nothing);
    g_test_add_func("/deadlines/a refill longer than the ring misses all",
                    test_a_refill_longer_than_the_ring_misses_all);
    g_test_add_func("/deadlines/each period is counted once",
                    test_each_period_is_counted_once);
    return g_test_run();
}
