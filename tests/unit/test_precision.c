#include "results/precision.h"

#include "sim/random.h"

#include <gsl/gsl_randist.h>
#include <math.h>

typedef struct {
    Summary *summary;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
    fixture->summary = g_new0(Summary, 1);
    fixture->summary->rows = g_ptr_array_new();
}

static void tear_down(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < fixture->summary->rows->len; i++) {
        SummaryRow *row = g_ptr_array_index(fixture->summary->rows, i);

        g_array_unref(row->factors);
        g_free(row);
    }
    g_ptr_array_unref(fixture->summary->rows);
    g_free(fixture->summary);
}

static SummaryRow *add_row(Fixture *fixture, const char *placement)
{
    SummaryRow *row = g_new0(SummaryRow, 1);
    const Factor factor = { g_strdup(SUMMARY_PLACEMENT_KEY), g_strdup(placement), NAN };

    row->factors = factors_new();
    g_array_append_val(row->factors, factor);
    for (unsigned i = 0; i < COLUMNS; i++)
        row->columns[i] = (Interval){ NAN, NAN, 0 };
    g_ptr_array_add(fixture->summary->rows, row);
    return row;
}

static Precision ask(const Fixture *fixture, double half)
{
    static const SummaryColumn columns[] = { COLUMN_REQUESTS_PER_S,
                                             COLUMN_LATENCY_P99_US };

    return precision_of(fixture->summary, &(PrecisionGoal){ half, columns, 2 });
}

/* 10 of 100 is 10 %; half of that takes four times as many replications. */
static void test_the_worst_mean_counts(Fixture *fixture,
                                       gconstpointer data G_GNUC_UNUSED)
{
    SummaryRow *dom0 = add_row(fixture, "dom0"), *stub = add_row(fixture, "stub");
    Precision worst;
    g_autofree char *place = NULL;

    dom0->columns[COLUMN_REQUESTS_PER_S] = (Interval){ 1000, 20, 4 };
    dom0->columns[COLUMN_LATENCY_P99_US] = (Interval){ 50, 1, 4 };
    stub->columns[COLUMN_REQUESTS_PER_S] = (Interval){ 2000, 20, 4 };
    stub->columns[COLUMN_LATENCY_P99_US] = (Interval){ 100, 10, 4 };
    worst = ask(fixture, 0.05);
    g_assert_cmpfloat(worst.half, ==, 0.1);
    g_assert_cmpuint(worst.replications, ==, 16);
    g_assert_true(worst.row == stub);
    place = precision_place(&worst, fixture->summary);
    g_assert_cmpstr(place, ==, "latency_p99_us with device-model.placement = stub");
    g_assert_cmpuint(ask(fixture, 0.1).replications, ==, 4);
    g_assert_cmpuint(ask(fixture, 0.03).replications, ==, 45); /* 44.4 */
}

static void test_what_there_is_not_does_not_count(Fixture *fixture,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    SummaryRow *row = add_row(fixture, "dom0");

    g_assert_null(ask(fixture, 0.05).row);
    g_assert_cmpfloat(ask(fixture, 0.05).half, ==, 0);
    row->columns[COLUMN_REQUESTS_PER_S] = (Interval){ 0, 0, 4 };
    row->columns[COLUMN_FAIRNESS] = (Interval){ 1, 0.5, 4 }; /* not asked about */
    g_assert_null(ask(fixture, 0.05).row);
    row->columns[COLUMN_LATENCY_P99_US] = (Interval){ 100, 0, 4 };
    g_assert_true(ask(fixture, 0.05).row == row);
    g_assert_cmpfloat(ask(fixture, 0.05).half, ==, 0);
}

static void test_steps_are_bounded(void)
{
    const Precision little = { .half = 0.06, .replications = 5 };
    const Precision much = { .half = 0.6, .replications = 500 };

    g_assert_cmpuint(precision_next(&little, 4, 100), ==, 5);
    g_assert_cmpuint(precision_next(&little, 5, 100), ==, 6); /* at least one more */
    g_assert_cmpuint(precision_next(&much, 4, 100), ==, 12);
    g_assert_cmpuint(precision_next(&much, 40, 100), ==, 100);
    g_assert_cmpuint(precision_next(&much, 100, 100), ==, 100);
    g_assert_cmpuint(precision_next(&much, 7, 5), ==, 7);
}

/* One campaign of normal values with mean 1 and this spread, up to a goal of 5 %: does
 * its interval hold the mean? */
static bool holds_the_mean(gsl_rng *stream, double spread)
{
    const double goal = 0.05;
    double values[1000];
    unsigned n = 0, next = PRECISION_LEAST_REPLICATIONS;
    Interval interval = { 0 };

    while (next > n) {
        Precision precision;

        for (; n < next; n++)
            values[n] = 1 + gsl_ran_gaussian(stream, spread);
        interval = interval_of_mean(values, n, INTERVAL_CONFIDENCE);
        precision.half = interval.half / interval.mean;
        precision.replications = (unsigned)ceil(n * pow(precision.half / goal, 2));
        if (precision.half > goal)
            next = precision_next(&precision, n, G_N_ELEMENTS(values));
    }
    return fabs(interval.mean - 1) <= interval.half;
}

/* docs/metrics.md says what stopping by the look of it costs. */
static void test_most_intervals_hold_the_mean(void)
{
    gsl_rng *stream = random_stream_new(1, "precision");
    unsigned n_held = 0;

    for (unsigned i = 0; i < 4000; i++)
        n_held += holds_the_mean(stream, 0.2);
    gsl_rng_free(stream);
    g_test_message("%u of 4000 hold the mean", n_held);
    g_assert_cmpuint(n_held, >=, 3680);
    g_assert_cmpuint(n_held, <=, 3840);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/precision/the worst mean counts", Fixture, NULL, set_up,
               test_the_worst_mean_counts, tear_down);
    g_test_add("/precision/what there is not does not count", Fixture, NULL, set_up,
               test_what_there_is_not_does_not_count, tear_down);
    g_test_add_func("/precision/steps are bounded", test_steps_are_bounded);
    g_test_add_func("/precision/most intervals hold the mean",
                    test_most_intervals_hold_the_mean);
    return g_test_run();
}
