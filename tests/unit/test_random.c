#include "sim/random.h"

#include <glib.h>

#define DRAWS 64u

static void draw(uint64_t seed, const char *name, unsigned long *draws)
{
    gsl_rng *stream = random_stream_new(seed, name);

    for (unsigned i = 0; i < DRAWS; i++)
        draws[i] = gsl_rng_get(stream);
    gsl_rng_free(stream);
}

static unsigned count_equal(const unsigned long *a, const unsigned long *b)
{
    unsigned n = 0;

    for (unsigned i = 0; i < DRAWS; i++)
        n += a[i] == b[i];
    return n;
}

static void test_a_stream_is_its_seed_and_name(void)
{
    unsigned long burst[DRAWS], again[DRAWS], other_name[DRAWS], other_seed[DRAWS];

    draw(1, "guest0/vcpu0/burst", burst);
    draw(1, "guest0/vcpu0/burst", again);
    draw(1, "guest1/vcpu0/burst", other_name);
    draw(2, "guest0/vcpu0/burst", other_seed);
    g_assert_cmpuint(count_equal(burst, again), ==, DRAWS);
    g_assert_cmpuint(count_equal(burst, other_name), ==, 0);
    g_assert_cmpuint(count_equal(burst, other_seed), ==, 0);
}

/* Results of a seed may not change with the compiler, the machine or a library. The
 * values come from a separate implementation of Philox 4x64-10. */
static void test_the_first_draws_are_these(void)
{
    static const unsigned long expected[] = { 0xe7e7ba63, 0xf765952e, 0x4135e819,
                                              0xec4d118a, 0x78a414c6 };
    unsigned long draws[DRAWS];

    draw(1, "guest0/vcpu0/burst", draws);
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++)
        g_assert_cmpuint(draws[i], ==, expected[i]);
}

static void test_exponential_times_have_their_mean(void)
{
    const int64_t mean_ns = 1000000;
    const unsigned n = 100000;
    gsl_rng *stream = random_stream_new(3, "exponential");
    double sum_ns = 0;

    for (unsigned i = 0; i < n; i++) {
        const int64_t drawn_ns = random_exponential_ns(stream, mean_ns);

        g_assert_cmpint(drawn_ns, >=, 0);
        sum_ns += (double)drawn_ns;
    }
    /* The standard error of the mean is 0.32 %; five of them. */
    g_assert_cmpfloat_with_epsilon(sum_ns / n, (double)mean_ns, 0.016 * 1e6);
    g_assert_cmpint(random_exponential_ns(stream, 0), ==, 0);
    gsl_rng_free(stream);
}

static void test_every_order_comes_out_of_a_shuffle_equally_often(void)
{
    const unsigned n = 60000;
    gsl_rng *stream = random_stream_new(4, "shuffle");
    unsigned seen[27] = { 0 };

    for (unsigned i = 0; i < n; i++) {
        uint32_t items[] = { 0, 1, 2 };

        random_shuffle(stream, items, G_N_ELEMENTS(items));
        g_assert_cmpuint(items[0] + items[1] + items[2], ==, 3);
        seen[items[0] * 9 + items[1] * 3 + items[2]]++;
    }
    /* Six orders, each 10,000 times; the standard deviation is 91. */
    for (unsigned i = 0; i < G_N_ELEMENTS(seen); i++)
        g_assert_true(seen[i] == 0 || (seen[i] > 9500 && seen[i] < 10500));
    g_assert_true(seen[5] > 0 && seen[7] > 0 && seen[11] > 0 && seen[15] > 0 &&
                  seen[19] > 0 && seen[21] > 0);
    gsl_rng_free(stream);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/random/a-stream-is-its-seed-and-name",
                    test_a_stream_is_its_seed_and_name);
    g_test_add_func("/random/the-first-draws-are-these",
                    test_the_first_draws_are_these);
    g_test_add_func("/random/exponential-times-have-their-mean",
                    test_exponential_times_have_their_mean);
    g_test_add_func("/random/every-order-comes-out-of-a-shuffle-equally-often",
                    test_every_order_comes_out_of_a_shuffle_equally_often);
    return g_test_run();
}
