/* Linux's CFS, by direct calls with made-up times. */
#include "models/linux/linux_scheduler.h"
#include "sim/units.h"

#define MS NS_PER_MS
#define US NS_PER_US

typedef struct {
    LinuxQueue queue;
    LinuxTask a, b, c;
} Fixture;

static void set_up(Fixture *self, gconstpointer n_cpus)
{
    linux_cfs.queue_init(&self->queue, GPOINTER_TO_UINT(n_cpus));
    linux_cfs.task_init(&self->a);
    linux_cfs.task_init(&self->b);
    linux_cfs.task_init(&self->c);
}

static void wake(Fixture *self, LinuxTask *task, int64_t now_ns)
{
    linux_cfs.wake(&self->queue, task, now_ns);
}

static void pick(Fixture *self, const LinuxTask *expected, int64_t now_ns)
{
    g_assert_true(linux_cfs.pick_next(&self->queue, now_ns) == expected);
}

/* a begins to run at 0. */
static void start_a(Fixture *self)
{
    wake(self, &self->a, 0);
    pick(self, &self->a, 0);
}

static void test_running_is_what_it_has_had(Fixture *self,
                                            gconstpointer data G_GNUC_UNUSED)
{
    start_a(self);
    linux_cfs.put_back(&self->queue, &self->a, 2 * MS);
    g_assert_cmpint(self->a.cfs.vruntime_ns, ==, 2 * MS);
    g_assert_cmpint(self->queue.cfs.min_vruntime_ns, ==, 2 * MS);
    pick(self, &self->a, 5 * MS);
    linux_cfs.sleep(&self->queue, &self->a, 6 * MS);
    g_assert_cmpint(self->a.cfs.vruntime_ns, ==, 3 * MS);
    g_assert_null(linux_cfs.pick_next(&self->queue, 6 * MS));
}

static void test_who_has_had_least_runs(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    start_a(self);
    wake(self, &self->b, 0);
    wake(self, &self->c, 0);
    linux_cfs.put_back(&self->queue, &self->a, MS);
    pick(self, &self->b, MS); /* before c, which came later */
    linux_cfs.put_back(&self->queue, &self->b, 3 * MS);
    pick(self, &self->c, 3 * MS);
    linux_cfs.sleep(&self->queue, &self->c, 3 * MS + 500 * US);
    pick(self, &self->a, 4 * MS);
    linux_cfs.put_back(&self->queue, &self->a, 5 * MS);
    pick(self, &self->b, 5 * MS); /* equals: it has waited longer */
}

/* However long it has slept, it comes back half a latency before the least. */
static void test_a_sleeper_earns_half_a_latency(Fixture *self,
                                                gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        int64_t a_ran_ms, b_vruntime_us;
    } cases[] = { { 1, 0 }, { 3, 0 }, { 4, 1000 }, { 100, 97000 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        set_up(self, GUINT_TO_POINTER(1));
        start_a(self);
        wake(self, &self->b, cases[i].a_ran_ms * MS);
        g_assert_cmpint(self->a.cfs.vruntime_ns, ==, cases[i].a_ran_ms * MS);
        g_assert_cmpint(self->b.cfs.vruntime_ns, ==, cases[i].b_vruntime_us * US);
    }
}

static void test_a_short_sleep_earns_nothing(Fixture *self,
                                             gconstpointer data G_GNUC_UNUSED)
{
    start_a(self);
    wake(self, &self->b, 0);
    linux_cfs.sleep(&self->queue, &self->a, 2 * MS);
    pick(self, &self->b, 2 * MS);
    wake(self, &self->a, 2 * MS + 100 * US);
    g_assert_cmpint(self->a.cfs.vruntime_ns, ==, 2 * MS);
}

/* Only one that is more than the granularity behind, which grows with the vCPUs. */
static void test_a_wakeup_preempts_beyond_the_granularity(Fixture *self,
                                                          gconstpointer n_cpus)
{
    const int64_t granularity_ns = GPOINTER_TO_UINT(n_cpus) == 1 ? MS : 2 * MS;

    start_a(self);
    wake(self, &self->b, granularity_ns);
    g_assert_false(linux_cfs.preempts(&self->queue, &self->b, &self->a));
    wake(self, &self->c, granularity_ns + 1);
    g_assert_true(linux_cfs.preempts(&self->queue, &self->c, &self->a));
    g_assert_false(linux_cfs.preempts(&self->queue, &self->a, &self->c));
}

static unsigned ticks_until_due(Fixture *self, LinuxTask *task, int64_t now_ns)
{
    unsigned n = 0;

    do {
        now_ns += MS;
        n++;
    } while (n < 100 && !linux_cfs.tick(&self->queue, task, MS, now_ns));
    return n;
}

static void test_alone_it_runs_on(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    start_a(self);
    g_assert_cmpuint(ticks_until_due(self, &self->a, 0), ==, 100);
}

/* Two share the latency of 6 ms: at the first tick beyond 3 ms. */
static void test_a_turn_ends_at_a_tick(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    start_a(self);
    wake(self, &self->b, 0);
    g_assert_cmpuint(ticks_until_due(self, &self->a, 0), ==, 4);
    linux_cfs.put_back(&self->queue, &self->a, 4 * MS);
    pick(self, &self->b, 4 * MS);
    g_assert_cmpuint(ticks_until_due(self, &self->b, 4 * MS), ==, 4);
}

/* It has had so much before that its turn ends when it is the granularity long. */
static void test_or_earlier_for_one_far_behind(Fixture *self,
                                               gconstpointer data G_GNUC_UNUSED)
{
    start_a(self);
    wake(self, &self->b, 8 * MS); /* 3 ms behind: not more than a turn */
    linux_cfs.put_back(&self->queue, &self->a, 8 * MS);
    self->a.cfs.turn_ns = 0;
    self->queue.cfs.current = &self->a.cfs;
    linux_cfs.give(&self->queue, 8 * MS);
    self->a.cfs.charged_ns = 8 * MS;
    wake(self, &self->c, 8 * MS);
    g_assert_false(linux_cfs.tick(&self->queue, &self->a, MS, 8 * MS + 500 * US));
    g_assert_true(linux_cfs.tick(&self->queue, &self->a, MS, 8 * MS + 800 * US));
}

/* What has run within 0.5 ms stays; among the others the coldest goes. */
static void test_the_coldest_moves(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    LinuxQueue other;

    linux_cfs.queue_init(&other, 2);
    other.cfs.min_vruntime_ns = 70 * MS;
    start_a(self);
    linux_cfs.put_back(&self->queue, &self->a, 10 * MS);
    wake(self, &self->b, 10 * MS);
    pick(self, &self->b, 10 * MS);
    linux_cfs.put_back(&self->queue, &self->b, 11 * MS);
    pick(self, &self->b, 11 * MS);
    g_assert_null(linux_cfs.give(&self->queue, 10 * MS + 400 * US));
    g_assert_true(linux_cfs.give(&self->queue, 11 * MS) == &self->a);
    linux_cfs.receive(&other, &self->a);
    g_assert_cmpint(self->a.cfs.vruntime_ns, ==,
                    70 * MS + 10 * MS - self->queue.cfs.min_vruntime_ns);
    g_assert_true(linux_cfs.pick_next(&other, 0) == &self->a);
    g_assert_null(linux_cfs.give(&self->queue, 12 * MS));
}

static void
test_a_wakeup_elsewhere_counts_from_its_least(Fixture *self,
                                              gconstpointer data G_GNUC_UNUSED)
{
    LinuxQueue other;

    linux_cfs.queue_init(&other, 2);
    other.cfs.min_vruntime_ns = 70 * MS;
    start_a(self);
    linux_cfs.sleep(&self->queue, &self->a, 10 * MS);
    linux_cfs.move(&self->queue, &other, &self->a);
    linux_cfs.wake(&other, &self->a, 0);
    g_assert_cmpint(self->a.cfs.vruntime_ns, ==, 70 * MS);
}

#define ADD(name, n_cpus, test)                                                        \
    g_test_add("/linux-cfs/" name, Fixture, GUINT_TO_POINTER(n_cpus), set_up, test,    \
               NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("running is what it has had", 1, test_running_is_what_it_has_had);
    ADD("who has had least runs", 1, test_who_has_had_least_runs);
    ADD("a sleeper earns half a latency", 1, test_a_sleeper_earns_half_a_latency);
    ADD("a short sleep earns nothing", 1, test_a_short_sleep_earns_nothing);
    ADD("a wakeup preempts beyond the granularity", 1,
        test_a_wakeup_preempts_beyond_the_granularity);
    ADD("and so with two vCPUs", 2, test_a_wakeup_preempts_beyond_the_granularity);
    ADD("alone it runs on", 1, test_alone_it_runs_on);
    ADD("a turn ends at a tick", 1, test_a_turn_ends_at_a_tick);
    ADD("or earlier for one far behind", 1, test_or_earlier_for_one_far_behind);
    ADD("the coldest moves", 1, test_the_coldest_moves);
    ADD("a wakeup elsewhere counts from its least", 1,
        test_a_wakeup_elsewhere_counts_from_its_least);
    return g_test_run();
}
