#include "results/outcome.h"

#include <glib.h>

static RunRecord *new_record(void)
{
    RunRecord *record = run_record_new();

    record->measured_ns = 1000000;
    return record;
}

static void add_guest(RunRecord *record, int64_t attributed_ns, int64_t lived_ns)
{
    const DomainRecord guest = { .role = ROLE_GUEST,
                                 .weight = 256,
                                 .attributed_ns = attributed_ns,
                                 .lived_ns = lived_ns };

    g_array_append_val(record->domains, guest);
}

static int64_t fairness_of(const RunRecord *record)
{
    Outcome outcome;

    outcome_compute(&outcome, record);
    return outcome.fairness_ppm;
}

static void test_who_never_lived_is_in_no_competition(void)
{
    g_autoptr(RunRecord) record = new_record();

    g_assert_cmpint(fairness_of(record), ==, OUTCOME_NONE);
    add_guest(record, 0, 0); /* ordered, and refused */
    g_assert_cmpint(fairness_of(record), ==, OUTCOME_NONE);
    add_guest(record, 500, 1000000);
    add_guest(record, 500, 1000000);
    g_assert_cmpint(fairness_of(record), ==, 1000000);
}

/* Half of the time at the same rate is as fair as can be; the same time in half of the
 * time is twice the rate: (1 + 2)^2 / (2 (1 + 4)). */
static void test_a_part_of_a_life_counts_by_its_rate(void)
{
    g_autoptr(RunRecord) alike = new_record(), twice = new_record();

    add_guest(alike, 500, 1000000);
    add_guest(alike, 250, 500000);
    g_assert_cmpint(fairness_of(alike), ==, 1000000);
    add_guest(twice, 500, 1000000);
    add_guest(twice, 500, 500000);
    g_assert_cmpint(fairness_of(twice), ==, 900000);
}

static void test_who_lived_and_got_nothing_counts(void)
{
    g_autoptr(RunRecord) record = new_record();

    add_guest(record, 0, 1000000);
    g_assert_cmpint(fairness_of(record), ==, 1000000);
    add_guest(record, 500, 1000000);
    g_assert_cmpint(fairness_of(record), ==, 500000);
}

static Outcome outcome_of_requests(unsigned n)
{
    g_autoptr(RunRecord) record = new_record();
    g_autofree Histogram *values = histogram_new();
    HistogramRecord requests = { .quantity = QUANTITY_REQUEST,
                                 .subject = g_strdup("guest") };
    Outcome outcome;

    for (unsigned i = 1; i <= n; i++)
        histogram_record(values, i);
    histogram_part_init(&requests.values, values);
    g_array_append_val(record->histograms, requests);
    outcome_compute(&outcome, record);
    return outcome;
}

static void test_what_there_is_nothing_of_is_none(void)
{
    const Outcome outcome = outcome_of_requests(0);

    g_assert_cmpint(outcome.latency_mean_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.latency_p50_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.latency_greatest_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.transfer_p50_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.lateness_p99_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.boot_p50_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.boot_p99_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.ring_latency_p99_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(outcome.boots, ==, 0);
}

/* A quantile whose rank is the last is the greatest value, and no quantile. */
static void test_a_tail_takes_values_beyond_it(void)
{
    const Outcome one = outcome_of_requests(1), ten = outcome_of_requests(10);
    const Outcome few = outcome_of_requests(99), enough = outcome_of_requests(100);

    g_assert_cmpint(one.latency_p50_ns, ==, 1);
    g_assert_cmpint(one.latency_p90_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(ten.latency_p90_ns, ==, 9);
    g_assert_cmpint(few.latency_p90_ns, ==, 90);
    g_assert_cmpint(few.latency_p99_ns, ==, OUTCOME_NONE);
    g_assert_cmpint(enough.latency_p99_ns, ==, 99);
    g_assert_cmpint(enough.latency_p999_ns, ==, OUTCOME_NONE);
    g_assert_true(histogram_has_quantile(1000, 999000));
    g_assert_false(histogram_has_quantile(999, 999000));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/outcome/" #name, test_##name)
    ADD(who_never_lived_is_in_no_competition);
    ADD(a_part_of_a_life_counts_by_its_rate);
    ADD(who_lived_and_got_nothing_counts);
    ADD(what_there_is_nothing_of_is_none);
    ADD(a_tail_takes_values_beyond_it);
#undef ADD
    return g_test_run();
}
