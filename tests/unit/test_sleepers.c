/* Heaps of sleepers, against plain lists of them. */
#include "models/linux/sleepers.h"

#include "sim/units.h"

#define SLEEPERS 60u
#define HEAPS    2u
#define STEPS    20000u

typedef struct {
    Sleepers heaps[HEAPS];
    Sleeper sleepers[SLEEPERS];
    unsigned heap[SLEEPERS];  /* where each sleeps, or slept last */
    int64_t due_ns[SLEEPERS]; /* TIME_NEVER_NS: awake */
} Dormitory;

static void set_up(Dormitory *self)
{
    *self = (Dormitory){ 0 };
    for (unsigned i = 0; i < HEAPS; i++)
        sleepers_reserve(&self->heaps[i], SLEEPERS);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        self->sleepers[i].number = i;
        self->due_ns[i] = TIME_NEVER_NS;
    }
}

static void tear_down(Dormitory *self)
{
    for (unsigned i = 0; i < HEAPS; i++)
        sleepers_clear(&self->heaps[i]);
}

static void check_first(Dormitory *self, unsigned heap)
{
    int64_t first_ns = TIME_NEVER_NS;

    for (unsigned i = 0; i < SLEEPERS; i++)
        if (self->heap[i] == heap)
            first_ns = MIN(first_ns, self->due_ns[i]);
    g_assert_cmpint(sleepers_first_ns(&self->heaps[heap]), ==, first_ns);
}

static void check_due(Dormitory *self, unsigned heap, int64_t now_ns)
{
    const Sleeper *due = sleepers_take_due(&self->heaps[heap], now_ns);

    for (unsigned i = 0; i < SLEEPERS; i++) {
        if (self->heap[i] != heap || self->due_ns[i] > now_ns)
            continue;
        g_assert_nonnull(due);
        g_assert_cmpuint(due->number, ==, i);
        due = due->next;
        self->due_ns[i] = TIME_NEVER_NS;
    }
    g_assert_null(due);
}

static void send_to_sleep(Dormitory *self, unsigned who, int64_t due_ns)
{
    self->heap[who] = (unsigned)g_test_rand_int_range(0, HEAPS);
    self->due_ns[who] = due_ns;
    sleepers_add(&self->heaps[self->heap[who]], &self->sleepers[who], due_ns);
}

static void wake(Dormitory *self, unsigned who)
{
    sleepers_remove(&self->sleepers[who]);
    self->due_ns[who] = TIME_NEVER_NS;
}

static void test_random_operations_agree_with_lists(void)
{
    Dormitory self;
    int64_t now_ns = 0;

    set_up(&self);
    for (unsigned i = 0; i < STEPS; i++) {
        const unsigned who = (unsigned)g_test_rand_int_range(0, SLEEPERS);

        if (g_test_rand_int_range(0, 20) == 0) {
            now_ns += g_test_rand_int_range(0, 10);
            for (unsigned heap = 0; heap < HEAPS; heap++)
                check_due(&self, heap, now_ns);
        } else if (self.due_ns[who] == TIME_NEVER_NS) {
            send_to_sleep(&self, who, now_ns + g_test_rand_int_range(0, 40));
        } else if (g_test_rand_int_range(0, 3) == 0) {
            wake(&self, who);
        }
        /* Not after each: what is asked for is put right, and then nothing is left
         * wrong for later. */
        if (g_test_rand_int_range(0, 8) == 0)
            check_first(&self, (unsigned)g_test_rand_int_range(0, HEAPS));
    }
    tear_down(&self);
}

/* Its old place is too late for the new sleep. */
static void test_an_earlier_sleep_after_a_later_one(void)
{
    Dormitory self;

    set_up(&self);
    sleepers_add(&self.heaps[0], &self.sleepers[1], 50);
    sleepers_add(&self.heaps[0], &self.sleepers[2], 100);
    sleepers_remove(&self.sleepers[2]);
    sleepers_add(&self.heaps[0], &self.sleepers[2], 20);
    g_assert_cmpint(sleepers_first_ns(&self.heaps[0]), ==, 20);
    g_assert_true(sleepers_take_due(&self.heaps[0], 20) == &self.sleepers[2]);
    g_assert_cmpint(sleepers_first_ns(&self.heaps[0]), ==, 50);
    tear_down(&self);
}

static void test_waking_one_that_is_awake_is_harmless(void)
{
    Dormitory self;

    set_up(&self);
    sleepers_remove(&self.sleepers[3]);
    g_assert_cmpint(sleepers_first_ns(&self.heaps[0]), ==, TIME_NEVER_NS);
    g_assert_null(sleepers_take_due(&self.heaps[0], NS_PER_S));
    tear_down(&self);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sleepers/random operations agree with lists",
                    test_random_operations_agree_with_lists);
    g_test_add_func("/sleepers/an earlier sleep after a later one",
                    test_an_earlier_sleep_after_a_later_one);
    g_test_add_func("/sleepers/waking one that is awake is harmless",
                    test_waking_one_that_is_awake_is_harmless);
    return g_test_run();
}
