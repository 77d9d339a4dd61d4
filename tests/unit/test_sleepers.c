/* The heap of sleepers, against a plain list of them. */
#include "models/linux/sleepers.h"

#include "sim/units.h"

#define SLEEPERS 60u
#define STEPS    20000u

typedef struct {
    Sleepers heap;
    Sleeper sleepers[SLEEPERS];
    int64_t due_ns[SLEEPERS]; /* TIME_NEVER_NS: awake */
} Dormitory;

static void set_up(Dormitory *self)
{
    *self = (Dormitory){ 0 };
    sleepers_reserve(&self->heap, SLEEPERS);
    for (unsigned i = 0; i < SLEEPERS; i++) {
        self->sleepers[i].number = i;
        self->due_ns[i] = TIME_NEVER_NS;
    }
}

static int64_t first_ns(const Dormitory *self)
{
    int64_t first = TIME_NEVER_NS;

    for (unsigned i = 0; i < SLEEPERS; i++)
        first = MIN(first, self->due_ns[i]);
    return first;
}

static void check_due(Dormitory *self, int64_t now_ns)
{
    const Sleeper *due = sleepers_take_due(&self->heap, now_ns);

    for (unsigned i = 0; i < SLEEPERS; i++) {
        if (self->due_ns[i] > now_ns)
            continue;
        g_assert_nonnull(due);
        g_assert_cmpuint(due->number, ==, i);
        due = due->next;
        self->due_ns[i] = TIME_NEVER_NS;
    }
    g_assert_null(due);
}

static void test_random_operations_agree_with_a_list(void)
{
    Dormitory self;
    int64_t now_ns = 0;

    set_up(&self);
    for (unsigned i = 0; i < STEPS; i++) {
        const unsigned who = (unsigned)g_test_rand_int_range(0, SLEEPERS);

        if (g_test_rand_int_range(0, 20) == 0) {
            now_ns += g_test_rand_int_range(0, 10);
            check_due(&self, now_ns);
        } else if (self.due_ns[who] == TIME_NEVER_NS) {
            self.due_ns[who] = now_ns + g_test_rand_int_range(0, 40);
            sleepers_add(&self.heap, &self.sleepers[who], self.due_ns[who]);
        } else if (g_test_rand_int_range(0, 3) == 0) {
            sleepers_remove(&self.heap, &self.sleepers[who]);
            self.due_ns[who] = TIME_NEVER_NS;
        }
        g_assert_cmpint(sleepers_first_ns(&self.heap), ==, first_ns(&self));
    }
    sleepers_clear(&self.heap);
}

static void test_waking_one_that_is_awake_is_harmless(void)
{
    Dormitory self;

    set_up(&self);
    sleepers_remove(&self.heap, &self.sleepers[3]);
    g_assert_cmpint(sleepers_first_ns(&self.heap), ==, TIME_NEVER_NS);
    g_assert_null(sleepers_take_due(&self.heap, NS_PER_S));
    sleepers_clear(&self.heap);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sleepers/random operations agree with a list",
                    test_random_operations_agree_with_a_list);
    g_test_add_func("/sleepers/waking one that is awake is harmless",
                    test_waking_one_that_is_awake_is_harmless);
    return g_test_run();
}
