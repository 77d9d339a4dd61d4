#include "sim/sim.h"
#include "sim/units.h"

#include <glib.h>

#define MANY 40u

/* Each mark writes its label when its timer fires. */
typedef struct {
    SimTimer timer;
    GString *log;
    char label;
} Mark;

static void on_mark(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    const Mark *mark = owner;

    g_string_append_c(mark->log, mark->label);
}

static void add_mark(Sim *sim, Mark *mark, unsigned rank, unsigned id)
{
    sim_timer_add(sim, &mark->timer, rank, id, on_mark, mark);
}

static void test_ties_break_by_rank_then_id(void)
{
    Sim *sim = sim_new();
    g_autoptr(GString) log = g_string_new(NULL);
    Mark a = { .log = log, .label = 'a' }, b = { .log = log, .label = 'b' };
    Mark c = { .log = log, .label = 'c' }, d = { .log = log, .label = 'd' };

    add_mark(sim, &d, 1, 9);
    add_mark(sim, &b, 0, 2);
    add_mark(sim, &a, 7, 0);
    add_mark(sim, &c, 1, 3);
    sim_seal(sim);
    sim_arm(sim, &c.timer, 10);
    sim_arm(sim, &b.timer, 10);
    sim_arm(sim, &d.timer, 10);
    sim_arm(sim, &a.timer, 9);
    while (sim_fire_next(sim, 11))
        ;
    g_assert_cmpstr(log->str, ==, "abcd");
    sim_free(sim);
}

static void test_nothing_fires_at_or_after_the_end(void)
{
    Sim *sim = sim_new();
    g_autoptr(GString) log = g_string_new(NULL);
    Mark a = { .log = log, .label = 'a' };

    add_mark(sim, &a, 0, 0);
    sim_seal(sim);
    g_assert_false(sim_fire_next(sim, 100));
    sim_arm(sim, &a.timer, 100);
    g_assert_false(sim_fire_next(sim, 100));
    sim_advance_to(sim, 100);
    g_assert_cmpint(sim_now_ns(sim), ==, 100);
    g_assert_true(sim_fire_next(sim, 101));
    g_assert_cmpuint(sim_fired_count(sim), ==, 1);
    sim_free(sim);
}

static void test_the_past_is_now_and_never_is_not_armed(void)
{
    Sim *sim = sim_new();
    g_autoptr(GString) log = g_string_new(NULL);
    Mark a = { .log = log, .label = 'a' };

    add_mark(sim, &a, 0, 0);
    sim_seal(sim);
    sim_advance_to(sim, 50);
    sim_arm(sim, &a.timer, 20);
    g_assert_cmpint(sim_due_ns(sim, &a.timer), ==, 50);
    sim_arm(sim, &a.timer, SIM_LATEST_NS);
    g_assert_cmpint(sim_due_ns(sim, &a.timer), ==, SIM_LATEST_NS);
    sim_arm(sim, &a.timer, TIME_NEVER_NS);
    g_assert_false(sim_is_armed(sim, &a.timer));
    g_assert_cmpint(sim_due_ns(sim, &a.timer), ==, TIME_NEVER_NS);
    sim_disarm(sim, &a.timer);
    g_assert_false(sim_is_armed(sim, &a.timer));
    sim_free(sim);
}

/* A chain of timers, each arming the next at the present instant. */
typedef struct {
    SimTimer timer;
    const SimTimer *next;
    Sim *sim;
} Link;

static void on_link(void *owner, int64_t now_ns)
{
    const Link *self = owner;

    if (self->next)
        sim_arm(self->sim, self->next, now_ns);
}

static void test_a_timer_armed_now_waits_its_turn(void)
{
    Sim *sim = sim_new();
    Link last = { .sim = sim }, early = { .sim = sim, .next = NULL };
    Link first = { .sim = sim, .next = &last.timer };
    unsigned rank, id;

    g_assert_false(sim_last_fired(sim, &rank, &id));
    sim_timer_add(sim, &first.timer, 1, 0, on_link, &first);
    sim_timer_add(sim, &early.timer, 1, 1, on_link, &early);
    sim_timer_add(sim, &last.timer, 2, 5, on_link, &last);
    sim_seal(sim);
    sim_arm(sim, &first.timer, 5);
    sim_arm(sim, &early.timer, 5);
    g_assert_true(sim_fire_next(sim, 6));
    g_assert_true(sim_fire_next(sim, 6));
    g_assert_true(sim_last_fired(sim, &rank, &id));
    g_assert_true(rank == 1 && id == 1);
    g_assert_true(sim_fire_next(sim, 6));
    g_assert_true(sim_last_fired(sim, &rank, &id));
    g_assert_true(rank == 2 && id == 5);
    g_assert_false(sim_fire_next(sim, 6));
    sim_free(sim);
}

static void test_a_turn_passes_in_the_total_order(void)
{
    Sim *sim = sim_new();
    Link first = { .sim = sim }, second = { .sim = sim }, third = { .sim = sim };

    sim_timer_add(sim, &first.timer, 1, 0, on_link, &first);
    sim_timer_add(sim, &second.timer, 1, 1, on_link, &second);
    sim_timer_add(sim, &third.timer, 1, 2, on_link, &third);
    sim_seal(sim);
    g_assert_false(sim_has_passed(sim, &first.timer, 0));
    sim_arm(sim, &second.timer, 5);
    g_assert_true(sim_fire_next(sim, 6));
    g_assert_true(sim_has_passed(sim, &third.timer, 4));
    g_assert_true(sim_has_passed(sim, &first.timer, 5));
    g_assert_true(sim_has_passed(sim, &second.timer, 5));
    g_assert_false(sim_has_passed(sim, &third.timer, 5));
    g_assert_false(sim_has_passed(sim, &first.timer, 6));
    sim_advance_to(sim, 6); /* nothing has fired at this instant yet */
    g_assert_false(sim_has_passed(sim, &first.timer, 6));
    g_assert_true(sim_has_passed(sim, &third.timer, 5));
    sim_free(sim);
}

/* What is put off again and again, or disarmed, fires when it is due at last. */
static void test_what_is_put_off_fires_later(void)
{
    Sim *sim = sim_new();
    g_autoptr(GString) log = g_string_new(NULL);
    Mark a = { .log = log, .label = 'a' }, b = { .log = log, .label = 'b' };
    Mark c = { .log = log, .label = 'c' };

    add_mark(sim, &a, 0, 0);
    add_mark(sim, &b, 0, 1);
    add_mark(sim, &c, 0, 2);
    sim_seal(sim);
    sim_arm(sim, &a.timer, 1);
    sim_arm(sim, &b.timer, 2);
    sim_arm(sim, &c.timer, 3);
    sim_arm(sim, &a.timer, 5);
    sim_arm(sim, &a.timer, 9);
    sim_disarm(sim, &c.timer);
    sim_arm(sim, &b.timer, 8);
    g_assert_false(sim_fire_next(sim, 8));
    sim_advance_to(sim, 7);
    sim_arm(sim, &c.timer, 9);
    while (sim_fire_next(sim, 10))
        ;
    g_assert_cmpstr(log->str, ==, "bac");
    sim_free(sim);
}

/* So many that what they need is fetched beforehand: nobody can tell. */
static void test_very_many_fire_in_order(void)
{
    const unsigned n = 5000;
    Sim *sim = sim_new();
    g_autoptr(GString) log = g_string_new(NULL);
    g_autofree Mark *marks = g_new0(Mark, n);

    for (unsigned i = 0; i < n; i++) {
        marks[i] = (Mark){ .log = log, .label = (char)('a' + i % 26) };
        add_mark(sim, &marks[i], 0, i);
    }
    sim_seal(sim);
    for (unsigned i = 0; i < n; i++)
        sim_arm(sim, &marks[i].timer, n - i);
    while (sim_fire_next(sim, n + 1))
        ;
    g_assert_cmpuint(log->len, ==, n);
    for (unsigned i = 0; i < n; i++)
        g_assert_true(log->str[i] == marks[n - 1 - i].label);
    sim_free(sim);
}

/* One that is armed late, for now, fires after its turn; those between stay passed. */
static void test_a_passed_turn_does_not_come_back(void)
{
    Sim *sim = sim_new();
    Link early = { .sim = sim }, between = { .sim = sim };
    Link late = { .sim = sim, .next = &early.timer };

    sim_timer_add(sim, &early.timer, 1, 0, on_link, &early);
    sim_timer_add(sim, &between.timer, 2, 0, on_link, &between);
    sim_timer_add(sim, &late.timer, 3, 0, on_link, &late);
    sim_seal(sim);
    sim_arm(sim, &late.timer, 5);
    g_assert_true(sim_fire_next(sim, 6));
    g_assert_true(sim_has_passed(sim, &between.timer, 5));
    g_assert_true(sim_fire_next(sim, 6));
    g_assert_true(sim_has_passed(sim, &between.timer, 5));
    g_assert_true(sim_has_passed(sim, &late.timer, 5));
    g_assert_false(sim_has_passed(sim, &between.timer, 6));
    sim_free(sim);
}

/* The same set kept without any structure: what the kernel must agree with. */
typedef struct Naive Naive;

typedef struct {
    SimTimer timer;
    Naive *set;
    unsigned rank, id;
    bool is_added;
    int64_t due_ns; /* TIME_NEVER_NS: not armed */
} NaiveTimer;

struct Naive {
    Sim *sim;
    NaiveTimer timers[MANY];
    const NaiveTimer *fired;
    int64_t now_ns;
};

static bool fires_before(const NaiveTimer *a, const NaiveTimer *b)
{
    if (a->due_ns != b->due_ns)
        return a->due_ns < b->due_ns;
    return a->rank != b->rank ? a->rank < b->rank : a->id < b->id;
}

static const NaiveTimer *naive_first(const Naive *self)
{
    const NaiveTimer *first = NULL;

    for (unsigned i = 0; i < MANY; i++) {
        const NaiveTimer *timer = &self->timers[i];

        if (timer->due_ns != TIME_NEVER_NS && (!first || fires_before(timer, first)))
            first = timer;
    }
    return first;
}

/* Who asks for the next timer puts the tree right on the way: that is not always asked.
 */
static void naive_check(const Naive *self)
{
    const NaiveTimer *first = naive_first(self);

    g_assert_cmpint(sim_now_ns(self->sim), ==, self->now_ns);
    if (g_test_rand_bit())
        g_assert_cmpint(sim_next_ns(self->sim), ==,
                        first ? first->due_ns : TIME_NEVER_NS);
    for (unsigned i = 0; i < MANY; i++) {
        const NaiveTimer *timer = &self->timers[i];

        if (!timer->is_added)
            continue;
        g_assert_cmpint(sim_due_ns(self->sim, &timer->timer), ==, timer->due_ns);
        g_assert_true(sim_is_armed(self->sim, &timer->timer) ==
                      (timer->due_ns != TIME_NEVER_NS));
    }
}

static void naive_arm(Naive *self, NaiveTimer *timer)
{
    const int64_t at_ns = self->now_ns + g_test_rand_int_range(-3, 20);

    sim_arm(self->sim, &timer->timer, at_ns);
    timer->due_ns = MAX(at_ns, self->now_ns);
}

/* While it fires a timer is not armed, and may arm itself again or another. */
static void on_naive(void *owner, int64_t now_ns)
{
    NaiveTimer *timer = owner;
    Naive *self = timer->set;
    NaiveTimer *other = &self->timers[g_test_rand_int_range(0, MANY)];

    self->fired = timer;
    self->now_ns = now_ns;
    timer->due_ns = TIME_NEVER_NS;
    naive_check(self);
    if (g_test_rand_bit())
        naive_arm(self, timer);
    if (g_test_rand_bit() && other->is_added)
        naive_arm(self, other);
    naive_check(self);
}

static void naive_add(Naive *self, NaiveTimer *timer)
{
    sim_timer_add(self->sim, &timer->timer, timer->rank, timer->id, on_naive, timer);
    sim_seal(self->sim);
    timer->is_added = true;
    timer->due_ns = TIME_NEVER_NS;
}

static void naive_fire(Naive *self)
{
    const int64_t end_ns = self->now_ns + g_test_rand_int_range(0, 30);
    const NaiveTimer *first = naive_first(self);

    self->fired = NULL;
    if (!first || first->due_ns >= end_ns) {
        g_assert_false(sim_fire_next(self->sim, end_ns));
        return;
    }
    g_assert_true(sim_fire_next(self->sim, end_ns));
    g_assert_true(self->fired == first);
}

static void naive_step(Naive *self)
{
    NaiveTimer *timer = &self->timers[g_test_rand_int_range(0, MANY)];
    const int action = g_test_rand_int_range(0, 20);

    if (!timer->is_added) {
        naive_add(self, timer);
    } else if (action < 4) {
        sim_disarm(self->sim, &timer->timer);
        timer->due_ns = TIME_NEVER_NS;
    } else if (action < 12) {
        naive_arm(self, timer);
    } else {
        naive_fire(self);
    }
}

static void test_random_operations_agree_with_a_plain_list(void)
{
    Naive self = { .sim = sim_new() };

    for (unsigned i = 0; i < MANY; i++) {
        self.timers[i] = (NaiveTimer){
            .set = &self, .rank = i % 3, .id = 100 - i, .due_ns = TIME_NEVER_NS
        };
        if (i % 2 == 0)
            naive_add(&self, &self.timers[i]);
    }
    for (unsigned i = 0; i < 20000; i++) {
        naive_step(&self);
        naive_check(&self);
    }
    sim_free(self.sim);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/ties-break-by-rank-then-id", test_ties_break_by_rank_then_id);
    g_test_add_func("/sim/nothing-fires-at-or-after-the-end",
                    test_nothing_fires_at_or_after_the_end);
    g_test_add_func("/sim/the-past-is-now-and-never-is-not-armed",
                    test_the_past_is_now_and_never_is_not_armed);
    g_test_add_func("/sim/a-timer-armed-now-waits-its-turn",
                    test_a_timer_armed_now_waits_its_turn);
    g_test_add_func("/sim/a-turn-passes-in-the-total-order",
                    test_a_turn_passes_in_the_total_order);
    g_test_add_func("/sim/what-is-put-off-fires-later",
                    test_what_is_put_off_fires_later);
    g_test_add_func("/sim/very-many-fire-in-order", test_very_many_fire_in_order);
    g_test_add_func("/sim/a-passed-turn-does-not-come-back",
                    test_a_passed_turn_does_not_come_back);
    g_test_add_func("/sim/random-operations-agree-with-a-plain-list",
                    test_random_operations_agree_with_a_plain_list);
    return g_test_run();
}
