#include "results/steady_state.h"

#include <glib.h>
#include <math.h>

#define N 200

static void fill(double *values, double (*value)(unsigned i))
{
    for (unsigned i = 0; i < N; i++)
        values[i] = value(i);
}

/* Noise with no part in the outcome: +-1 in turn, whose means of five are +-0.2. */
static double noise(unsigned i)
{
    return i % 2 == 0 ? 1 : -1;
}

static double level(unsigned i)
{
    return 100 + noise(i);
}

static double step_at_23(unsigned i)
{
    return (i < 23 ? 50 : 100) + noise(i);
}

static double decay(unsigned i)
{
    return 100 - 80 * exp(-(double)i / 10) + noise(i);
}

static double growth(unsigned i)
{
    return i + noise(i);
}

static double third(unsigned i G_GNUC_UNUSED)
{
    return 1.0 / 3;
}

static unsigned begin_of(double (*value)(unsigned i))
{
    double values[N];
    unsigned begin;

    fill(values, value);
    g_assert_true(steady_state_begin(values, N, &begin));
    return begin;
}

static void test_a_level_is_steady_from_the_beginning(void)
{
    g_assert_cmpuint(begin_of(level), ==, 0);
    g_assert_cmpuint(begin_of(third), ==, 0); /* whatever its rounding */
}

/* The fifth batch, 20 to 24, is the last that has something of the step. */
static void test_a_step_is_left_out(void)
{
    g_assert_cmpuint(begin_of(step_at_23), ==, 25);
}

/* Where 80 exp(-i / 10) has come down to the noise. */
static void test_a_decay_is_left_out(void)
{
    g_assert_cmpuint(begin_of(decay), >=, 30);
    g_assert_cmpuint(begin_of(decay), <=, 60);
}

static void test_no_steady_state_is_said(void)
{
    double values[N];
    unsigned begin;

    fill(values, growth);
    g_assert_false(steady_state_begin(values, N, &begin));
    fill(values, level);
    g_assert_false(steady_state_begin(values, 9, &begin)); /* one batch */
    g_assert_false(steady_state_begin(values, 0, &begin));
}

/* Batch means 9, 1, 3, 1, 3, 1. Squared errors: of six, 48 / 36 = 1.33; of five, 4.8 /
 * 25 = 0.192; of four, 4 / 16 = 0.25; half of all is not tried further. */
static void test_the_least_standard_error_decides(void)
{
    static const double means[] = { 9, 1, 3, 1, 3, 1 };
    double values[6 * STEADY_STATE_BATCH];
    unsigned begin;

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++)
        values[i] = means[i / STEADY_STATE_BATCH];
    g_assert_true(steady_state_begin(values, G_N_ELEMENTS(values), &begin));
    g_assert_cmpuint(begin, ==, 5);
}

/* Of 11 batches five may be left out, not six. */
static void test_an_odd_number_of_batches(void)
{
    double values[11 * STEADY_STATE_BATCH];
    unsigned begin;

    for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
        const unsigned batch = i / STEADY_STATE_BATCH;

        values[i] = batch < 5 ? 100 : batch % 2 == 1 ? 1.0 : 1.1;
    }
    g_assert_true(steady_state_begin(values, G_N_ELEMENTS(values), &begin));
    g_assert_cmpuint(begin, ==, 5 * STEADY_STATE_BATCH);
    for (unsigned i = 0; i < STEADY_STATE_BATCH; i++)
        values[5 * STEADY_STATE_BATCH + i] = 100;
    g_assert_false(steady_state_begin(values, G_N_ELEMENTS(values), &begin));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/steady_state/a_level_is_steady_from_the_beginning",
                    test_a_level_is_steady_from_the_beginning);
    g_test_add_func("/steady_state/a_step_is_left_out", test_a_step_is_left_out);
    g_test_add_func("/steady_state/a_decay_is_left_out", test_a_decay_is_left_out);
    g_test_add_func("/steady_state/no_steady_state_is_said",
                    test_no_steady_state_is_said);
    g_test_add_func("/steady_state/the_least_standard_error_decides",
                    test_the_least_standard_error_decides);
    g_test_add_func("/steady_state/an_odd_number_of_batches",
                    test_an_odd_number_of_batches);
    return g_test_run();
}
