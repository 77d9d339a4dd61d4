/* Linux's O(1) scheduler, by direct calls with made-up times. */
#include "models/linux/linux_scheduler.h"
#include "sim/units.h"

#define MS      NS_PER_MS
#define NICE_0  20u
#define BEST    15u
#define WORST   25u
#define TICK_NS (10 * NS_PER_MS)

typedef struct {
    LinuxQueue queue;
    LinuxTask a, b, c;
} Fixture;

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    linux_o1.queue_init(&self->queue, 1);
    linux_o1.task_init(&self->a);
    linux_o1.task_init(&self->b);
    linux_o1.task_init(&self->c);
}

/* A task with so much sleep to its credit goes to sleep at 0. */
static void sleep_with(Fixture *self, LinuxTask *task, int64_t sleep_avg_ns)
{
    task->o1.stamp_ns = 0;
    linux_o1.sleep(&self->queue, task, 0);
    task->o1.sleep_avg_ns = sleep_avg_ns;
}

static void test_sleep_earns_a_bonus(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        int64_t slept_ms;
        unsigned priority;
    } cases[] = { { 0, WORST }, { 99, WORST },  { 100, 24 },   { 500, NICE_0 },
                  { 999, 16 },  { 1000, BEST }, { 9999, BEST } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        sleep_with(self, &self->a, 0);
        linux_o1.wake(&self->queue, &self->a, cases[i].slept_ms * MS);
        g_assert_cmpuint(self->a.o1.priority, ==, cases[i].priority);
        g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    }
}

static void test_running_spends_it(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    sleep_with(self, &self->a, 1000 * MS);
    linux_o1.wake(&self->queue, &self->a, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    linux_o1.sleep(&self->queue, &self->a, 300 * MS);
    linux_o1.wake(&self->queue, &self->a, 300 * MS);
    g_assert_cmpint(self->a.o1.sleep_avg_ns, ==, 700 * MS);
    g_assert_cmpuint(self->a.o1.priority, ==, 18);
}

static void
test_the_better_preempts_and_an_equal_does_not(Fixture *self,
                                               gconstpointer data G_GNUC_UNUSED)
{
    sleep_with(self, &self->a, 500 * MS);
    sleep_with(self, &self->b, 500 * MS);
    sleep_with(self, &self->c, 600 * MS);
    linux_o1.wake(&self->queue, &self->a, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    linux_o1.wake(&self->queue, &self->c, 0);
    g_assert_false(linux_o1.preempts(&self->queue, &self->b, &self->a));
    g_assert_true(linux_o1.preempts(&self->queue, &self->c, &self->a));
    g_assert_false(linux_o1.preempts(&self->queue, &self->a, &self->c));
}

static void test_equals_take_turns_in_order(Fixture *self,
                                            gconstpointer data G_GNUC_UNUSED)
{
    linux_o1.wake(&self->queue, &self->a, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->b);
    g_assert_null(linux_o1.pick_next(&self->queue, 0));
}

static void test_a_preempted_task_keeps_its_place(Fixture *self,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    linux_o1.wake(&self->queue, &self->a, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    linux_o1.put_back(&self->queue, &self->a, MS);
    g_assert_true(linux_o1.pick_next(&self->queue, MS) == &self->a);
}

/* Runs the task, tick by tick, until it must let go. */
static unsigned ticks_until_due(Fixture *self, LinuxTask *task, int64_t now_ns)
{
    unsigned n = 0;

    do {
        now_ns += TICK_NS;
        n++;
    } while (!linux_o1.tick(&self->queue, task, TICK_NS, now_ns));
    return n;
}

static void
test_a_hog_expires_and_waits_for_the_others(Fixture *self,
                                            gconstpointer data G_GNUC_UNUSED)
{
    sleep_with(self, &self->a, 0);
    sleep_with(self, &self->b, 0);
    linux_o1.wake(&self->queue, &self->a, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    g_assert_cmpuint(ticks_until_due(self, &self->a, 0), ==, 10);
    linux_o1.put_back(&self->queue, &self->a, 100 * MS);
    g_assert_cmpint(self->queue.o1.expired_since_ns, ==, 100 * MS);
    sleep_with(self, &self->c, 0);
    linux_o1.wake(&self->queue, &self->c,
                  0); /* the active array: before the expired one */
    g_assert_true(linux_o1.pick_next(&self->queue, 100 * MS) == &self->b);
    g_assert_true(linux_o1.pick_next(&self->queue, 100 * MS) == &self->c);
    g_assert_true(linux_o1.pick_next(&self->queue, 100 * MS) == &self->a);
    g_assert_cmpint(self->queue.o1.expired_since_ns, ==, -1);
    g_assert_cmpint(self->a.o1.slice_left_ns, ==, 100 * MS);
}

/* Its slice is used up, but its sleeping lets it stay among the active. */
static void expire_interactive(Fixture *self, int64_t now_ns)
{
    sleep_with(self, &self->a, 1000 * MS);
    linux_o1.wake(&self->queue, &self->a, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, now_ns) == &self->a);
    self->a.o1.slice_left_ns = 0;
    linux_o1.put_back(&self->queue, &self->a, now_ns);
}

static void test_an_interactive_task_does_not_expire(Fixture *self,
                                                     gconstpointer data G_GNUC_UNUSED)
{
    sleep_with(self, &self->b, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    expire_interactive(self, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
}

static void test_unless_the_expired_ones_starve(Fixture *self,
                                                gconstpointer data G_GNUC_UNUSED)
{
    linux_o1.wake(&self->queue, &self->b, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->b);
    self->b.o1.sleep_avg_ns = 0;
    self->b.o1.slice_left_ns = 0;
    linux_o1.put_back(&self->queue, &self->b, 0);
    sleep_with(self, &self->c, 0);
    linux_o1.wake(&self->queue, &self->c, 0);
    expire_interactive(self, 3001 * MS); /* two are queued, and it is about to be */
    g_assert_true(linux_o1.pick_next(&self->queue, 3001 * MS) == &self->c);
    g_assert_true(linux_o1.pick_next(&self->queue, 3001 * MS) == &self->a);
    g_assert_cmpint(self->queue.o1.expired_since_ns, ==, -1);
}

static void test_a_task_alone_gets_new_slices(Fixture *self,
                                              gconstpointer data G_GNUC_UNUSED)
{
    sleep_with(self, &self->a, 0);
    linux_o1.wake(&self->queue, &self->a, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    for (int64_t now_ns = TICK_NS; now_ns <= 150 * MS; now_ns += TICK_NS)
        g_assert_false(linux_o1.tick(&self->queue, &self->a, TICK_NS, now_ns));
    g_assert_cmpint(self->a.o1.slice_left_ns, ==, 50 * MS);
    sleep_with(self, &self->b, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    g_assert_cmpuint(ticks_until_due(self, &self->a, 150 * MS), ==, 5);
}

static void test_the_expired_leave_first(Fixture *self,
                                         gconstpointer data G_GNUC_UNUSED)
{
    LinuxQueue other;

    linux_o1.queue_init(&other, 1);
    sleep_with(self, &self->a, 0);
    sleep_with(self, &self->b, 0);
    linux_o1.wake(&self->queue, &self->a, 0);
    g_assert_true(linux_o1.pick_next(&self->queue, 0) == &self->a);
    self->a.o1.slice_left_ns = 0;
    linux_o1.put_back(&self->queue, &self->a, 0);
    linux_o1.wake(&self->queue, &self->b, 0);
    g_assert_true(linux_o1.give(&self->queue, 0) == &self->a);
    linux_o1.receive(&other, &self->a);
    g_assert_true(linux_o1.give(&self->queue, 0) == &self->b);
    g_assert_null(linux_o1.give(&self->queue, 0));
    g_assert_true(linux_o1.pick_next(&other, 0) == &self->a);
}

#define ADD(name, test) g_test_add("/linux-o1/" name, Fixture, NULL, set_up, test, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("sleep earns a bonus", test_sleep_earns_a_bonus);
    ADD("running spends it", test_running_spends_it);
    ADD("the better preempts, an equal does not",
        test_the_better_preempts_and_an_equal_does_not);
    ADD("equals take turns in order", test_equals_take_turns_in_order);
    ADD("a preempted task keeps its place", test_a_preempted_task_keeps_its_place);
    ADD("a hog expires, and waits for the others",
        test_a_hog_expires_and_waits_for_the_others);
    ADD("an interactive task does not expire",
        test_an_interactive_task_does_not_expire);
    ADD("unless the expired ones starve", test_unless_the_expired_ones_starve);
    ADD("a task alone gets new slices", test_a_task_alone_gets_new_slices);
    ADD("the expired leave first", test_the_expired_leave_first);
    return g_test_run();
}
