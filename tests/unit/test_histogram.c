#include "results/bucket_text.h"

#include "results/interval.h"

#include <math.h>
#include <string.h>

/* Log-uniform over all of int64_t's octaves. */
static int64_t draw_ns(void)
{
    const unsigned bits = (unsigned)g_test_rand_int_range(1, 64);
    const uint64_t raw =
        (uint64_t)(uint32_t)g_test_rand_int() << 32 | (uint32_t)g_test_rand_int();

    return (int64_t)(raw >> (64 - bits));
}

static void test_buckets_tile_the_range(void)
{
    int64_t next_ns = 0;

    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        g_assert_cmpint(histogram_lower_ns(i), ==, next_ns);
        g_assert_cmpuint(histogram_bucket_of(next_ns), ==, i);
        next_ns += histogram_width_ns(i) - 1;
        g_assert_cmpuint(histogram_bucket_of(next_ns), ==, i);
        g_assert_true(i < HISTOGRAM_BUCKETS - 1 ? next_ns++ < INT64_MAX
                                                : next_ns == INT64_MAX);
    }
}

static int compare_ns(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void test_quantiles_keep_the_stated_error(void)
{
    enum { N = 2000 };
    static const unsigned quantiles_ppm[] = { 0,      1,      1000,   250000, 500000,
                                              900000, 990000, 999000, 1000000 };
    g_autofree Histogram *histogram = histogram_new();
    g_autofree int64_t *values = g_new(int64_t, N);

    for (unsigned i = 0; i < N; i++) {
        values[i] = draw_ns() >> 16; /* so that the sum cannot overflow */
        histogram_record(histogram, values[i]);
    }
    qsort(values, N, sizeof *values, compare_ns);
    for (unsigned i = 0; i < G_N_ELEMENTS(quantiles_ppm); i++) {
        const int64_t rank = MAX(1, ((int64_t)N * quantiles_ppm[i] + 999999) / 1000000);
        const int64_t exact_ns = values[rank - 1];
        const int64_t ours_ns = histogram_quantile_ns(histogram, quantiles_ppm[i]);

        g_assert_cmpint(ABS(ours_ns - exact_ns), <=, exact_ns / 128);
    }
    g_assert_cmpint(histogram_quantile_ns(histogram, 1000000), <=,
                    histogram->greatest_ns);
}

static void test_small_values_are_exact(void)
{
    g_autofree Histogram *histogram = histogram_new();

    for (int64_t i = 0; i < 100; i++)
        histogram_record(histogram, i);
    g_assert_cmpint(histogram_quantile_ns(histogram, 500000), ==, 49);
    g_assert_cmpint(histogram_quantile_ns(histogram, 990000), ==, 98);
    g_assert_cmpint(histogram_quantile_ns(histogram, 990001), ==, 99);
    g_assert_cmpint(histogram->sum_ns, ==, 4950);
}

static void test_an_empty_histogram_has_quantile_0(void)
{
    g_autofree Histogram *histogram = histogram_new();

    g_assert_cmpint(histogram_quantile_ns(histogram, 500000), ==, 0);
}

static void test_parts_merge_to_the_whole(void)
{
    g_autofree Histogram *whole = histogram_new();
    g_autofree Histogram *merged = histogram_new();

    for (unsigned part = 0; part < 3; part++) {
        g_autofree Histogram *one = histogram_new();
        HistogramPart kept;

        for (unsigned i = 0; i < 500; i++) {
            const int64_t value_ns = draw_ns() >> 16;

            histogram_record(one, value_ns);
            histogram_record(whole, value_ns);
        }
        histogram_part_init(&kept, one);
        histogram_merge_part(merged, &kept);
        histogram_part_clear(&kept);
    }
    g_assert_true(memcmp(merged, whole, sizeof *whole) == 0);
}

/* Mean 5, sd sqrt(2.5) = 1.581139, t(0.975, 4) = 2.776445:
 * half = 2.776445 * 1.581139 / sqrt(5) = 1.963243. */
static void test_interval_of_a_mean_is_student_s(void)
{
    static const double values[] = { 3, 4, 5, 6, 7 };
    const Interval interval = interval_of_mean(values, 5, 0.95);

    g_assert_cmpfloat_with_epsilon(interval.mean, 5, 1e-12);
    g_assert_cmpfloat_with_epsilon(interval.half, 1.963243, 1e-6);
    g_assert_true(isnan(interval_of_mean(values, 1, 0.95).half));
}

/* Ratios 2, 2, 2: no spread. Ratios 1 and 4: mean 2, half of the log
 * t(0.975, 1) * sd / sqrt(2) = 12.706205 * 0.980258 / 1.414214 = 8.807270. */
static void test_interval_of_a_ratio_is_that_of_its_log(void)
{
    static const double a[] = { 2, 4, 6 }, b[] = { 1, 2, 3 };
    static const double c[] = { 1, 4 }, ones[] = { 1, 1 };
    const RatioInterval certain = interval_of_ratio(a, b, 3, 0.95);
    const RatioInterval vague = interval_of_ratio(c, ones, 2, 0.95);

    g_assert_cmpfloat_with_epsilon(certain.low, 2, 1e-12);
    g_assert_cmpfloat_with_epsilon(certain.high, 2, 1e-12);
    g_assert_cmpfloat_with_epsilon(vague.mean, 2, 1e-12);
    g_assert_cmpfloat_with_epsilon(log(vague.high / 2), 8.807270, 1e-5);
}

/* A victim that is starved in two of five replications has no isolation score, and not
 * that of the other three. */
static void test_a_ratio_with_a_zero_is_none(void)
{
    static const double some[] = { 0, 5, 5, 0, 5 }, all[] = { 10, 10, 10, 10, 10 };
    const RatioInterval down = interval_of_ratio(some, all, 5, 0.95);
    const RatioInterval up = interval_of_ratio(all, some, 5, 0.95);
    g_autofree char *text = ratio_left_out(&down);

    g_assert_true(isnan(down.mean) && isnan(down.low) && isnan(down.high));
    g_assert_cmpuint(down.n, ==, 0);
    g_assert_cmpuint(down.n_left_out, ==, 5);
    g_assert_cmpuint(down.n_zero, ==, 2);
    g_assert_cmpstr(text, ==, ", none: 0 on one side alone in 2 of 5");
    g_assert_true(isnan(up.mean) && up.n_zero == 2);
}

static void test_nothing_in_all_replications_is_a_ratio_of_0(void)
{
    static const double none[] = { 0, 0, 0 }, all[] = { 10, 10, 0 };
    const RatioInterval ratio = interval_of_ratio(none, all, 3, 0.95);
    const RatioInterval inverse = interval_of_ratio(all, none, 3, 0.95);

    g_assert_cmpfloat(ratio.mean, ==, 0);
    g_assert_cmpfloat(ratio.high, ==, 0);
    g_assert_cmpuint(ratio.n, ==, 2);
    g_assert_cmpuint(ratio.n_left_out, ==, 1); /* 0 on both sides */
    g_assert_true(isnan(inverse.mean) && inverse.n == 0);
}

static void test_what_says_nothing_is_left_out_and_counted(void)
{
    static const double a[] = { 2, NAN, 0, 4 }, b[] = { 1, 1, 0, 2 };
    const RatioInterval ratio = interval_of_ratio(a, b, 4, 0.95);
    const RatioInterval whole = interval_of_ratio(a, b, 1, 0.95);
    g_autofree char *text = ratio_left_out(&ratio), *nothing = ratio_left_out(&whole);

    g_assert_cmpfloat_with_epsilon(ratio.low, 2, 1e-12);
    g_assert_cmpuint(ratio.n, ==, 2);
    g_assert_cmpstr(text, ==, ", 2 of 4 left out");
    g_assert_cmpstr(nothing, ==, "");
}

/* What is printed is read, and added up. */
static void test_buckets_survive_as_text(void)
{
    g_autofree Histogram *values = histogram_new(), *sum = histogram_new();
    g_autoptr(GString) text = g_string_new("before");
    HistogramPart part;

    for (int64_t value = 0; value < 3000000; value += 1 + value / 50)
        histogram_record(values, value);
    histogram_record(values, INT64_MAX / 4);
    histogram_part_init(&part, values);
    bucket_text_print(text, &part);
    g_assert_true(g_str_has_prefix(text->str, "{\"0\":1,\"1\":1,"));
    for (unsigned i = 1; i <= 2; i++) {
        g_assert_true(bucket_text_add(sum, text->str));
        g_assert_cmpuint(sum->count, ==, i * values->count);
    }
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        g_assert_cmpuint(sum->buckets[i], ==, 2 * values->buckets[i]);
    histogram_part_clear(&part);
    part.n_buckets = 0;
    bucket_text_print(text, &part);
    g_assert_cmpstr(text->str, ==, "{}");
    g_assert_true(bucket_text_add(sum, "{}"));
}

static void test_other_texts_are_no_buckets(void)
{
    static const char *const texts[] = {
        "",          "{",          "}",         "{\"1\":2",      "{\"1\":2,",
        "{\"1\":}",  "{\"\":2}",   "{1:2}",     "{\"1\":-2}",    "{\"1\":2}x",
        "{\"1\" 2}", "{\"1\":2;}", "[\"1\":2]", "{\"99999\":2}", "{\"1\":2,}",
    };
    g_autofree Histogram *sum = histogram_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_false(bucket_text_add(sum, texts[i]));
}

static void test_a_cleared_histogram_is_a_new_one(void)
{
    g_autofree Histogram *histogram = histogram_new();
    g_autofree Histogram *empty = histogram_new();

    for (unsigned i = 0; i < 3; i++) {
        histogram_clear(histogram);
        g_assert_true(memcmp(histogram, empty, sizeof *empty) == 0);
        for (unsigned j = 0; j < 100; j++)
            histogram_record(histogram, draw_ns() / 128); /* the sum is a number */
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/histogram/buckets_tile_the_range", test_buckets_tile_the_range);
    g_test_add_func("/histogram/quantiles_keep_the_stated_error",
                    test_quantiles_keep_the_stated_error);
    g_test_add_func("/histogram/small_values_are_exact", test_small_values_are_exact);
    g_test_add_func("/histogram/an_empty_histogram_has_quantile_0",
                    test_an_empty_histogram_has_quantile_0);
    g_test_add_func("/histogram/parts_merge_to_the_whole",
                    test_parts_merge_to_the_whole);
    g_test_add_func("/histogram/buckets_survive_as_text", test_buckets_survive_as_text);
    g_test_add_func("/histogram/other_texts_are_no_buckets",
                    test_other_texts_are_no_buckets);
    g_test_add_func("/histogram/a_cleared_histogram_is_a_new_one",
                    test_a_cleared_histogram_is_a_new_one);
    g_test_add_func("/interval/of_a_mean_is_student_s",
                    test_interval_of_a_mean_is_student_s);
    g_test_add_func("/interval/of_a_ratio_is_that_of_its_log",
                    test_interval_of_a_ratio_is_that_of_its_log);
    g_test_add_func("/interval/a_ratio_with_a_zero_is_none",
                    test_a_ratio_with_a_zero_is_none);
    g_test_add_func("/interval/nothing_in_all_replications_is_a_ratio_of_0",
                    test_nothing_in_all_replications_is_a_ratio_of_0);
    g_test_add_func("/interval/what_says_nothing_is_left_out_and_counted",
                    test_what_says_nothing_is_left_out_and_counted);
    return g_test_run();
}
