#include "experiments/validation/measure.h"

#include <math.h>

static void add_domain(RunRecord *record, const char *name, const char *group,
                       DomainRole role, int64_t ran_ns, uint64_t transfers)
{
    const DomainRecord domain = { .name = g_strdup(name),
                                  .group = g_strdup(group),
                                  .role = role,
                                  .ran_ns = ran_ns,
                                  .overhead_ns = 1000000,
                                  .transfers = transfers };

    g_array_append_val(record->domains, domain);
}

static RunRecord *make_record(void)
{
    RunRecord *record = run_record_new();

    record->measured_ns = 2 * NS_PER_S;
    add_domain(record, "Domain-0", "Domain-0", ROLE_DOM0, 200000000, 0);
    add_domain(record, "web1", "web", ROLE_GUEST, 100000000, 10);
    add_domain(record, "web2", "web", ROLE_GUEST, 300000000, 20);
    add_domain(record, "web2b1", "web2b", ROLE_GUEST, 500000000, 40);
    add_domain(record, "web1-dm", "web", ROLE_STUB, 0, 0);
    return record;
}

static double take(const RunRecord *record, const char *measure, const char *subject)
{
    return measure_take(measure_find(measure), record, subject);
}

static void test_a_subject_is_a_domain_a_group_a_role_or_all(void)
{
    g_autoptr(RunRecord) record = make_record();

    g_assert_cmpfloat(take(record, "transfers", "web2"), ==, 10);
    g_assert_cmpfloat(take(record, "transfers", "web"), ==, 15);
    g_assert_cmpfloat(take(record, "transfers", "guest"), ==, 35);
    g_assert_cmpfloat(take(record, "work", "dom0"), ==, 10);
    g_assert_cmpfloat(take(record, "work", "host"), ==, 55);
    g_assert_true(isnan(take(record, "work", "neighbour")));
    g_assert_true(isnan(take(record, "work", "we")));
}

static void test_the_overhead_of_switching_counts_as_cpu_and_not_as_work(void)
{
    g_autoptr(RunRecord) record = make_record();

    g_assert_cmpfloat_with_epsilon(take(record, "work", "web1"), 5, 1e-9);
    g_assert_cmpfloat_with_epsilon(take(record, "cpu", "web1"), 5.05, 1e-9);
}

/* 90 us, 110 us and 1 s: the bound is 0.10 ms. */
static void test_slow_transfers_are_counted(void)
{
    g_autoptr(RunRecord) record = make_record();
    g_autofree Histogram *values = histogram_new();
    HistogramRecord transfers = { .quantity = QUANTITY_TRANSFER,
                                  .subject = g_strdup("web1") };

    histogram_record(values, 90000);
    histogram_record(values, 110000);
    histogram_record(values, NS_PER_S);
    histogram_part_init(&transfers.values, values);
    g_array_append_val(record->histograms, transfers);
    g_assert_cmpfloat_with_epsilon(take(record, "slow-transfers", "web1"), 20, 1e-9);
    g_assert_cmpfloat_with_epsilon(take(record, "slow-transfers", "web2"), 0, 1e-9);
}

static void test_a_time_without_events_is_none(void)
{
    g_autoptr(RunRecord) record = make_record();

    g_assert_false(isfinite(take(record, "latency", "guest")));
    g_assert_null(measure_find("latencies"));
}

static void add_histogram(RunRecord *record, Quantity quantity, const char *subject,
                          int64_t first_us, unsigned n)
{
    HistogramRecord histogram = { .quantity = quantity, .subject = g_strdup(subject) };
    g_autofree Histogram *values = histogram_new();

    for (unsigned i = 0; i < n; i++)
        histogram_record(values, (first_us + i) * NS_PER_US);
    histogram_part_init(&histogram.values, values);
    g_array_append_val(record->histograms, histogram);
}

static void test_quantiles_are_of_all_that_the_subject_names(void)
{
    g_autoptr(RunRecord) record = make_record();

    add_histogram(record, QUANTITY_REQUEST, "web1", 100, 100);
    add_histogram(record, QUANTITY_REQUEST, "web2", 200, 100);
    add_histogram(record, QUANTITY_WAKE, "dom0", 1000, 100);
    add_histogram(record, QUANTITY_WAKE, "guest", 1100, 100);
    g_assert_cmpfloat_with_epsilon(take(record, "latency-p50", "web"), 199, 2);
    g_assert_cmpfloat_with_epsilon(take(record, "latency-p95", "web1"), 194, 2);
    g_assert_cmpfloat_with_epsilon(take(record, "wake-p50", "dom0"), 1049, 9);
    g_assert_cmpfloat_with_epsilon(take(record, "wake-p99", "host"), 1197, 9);
    g_assert_true(isnan(take(record, "wake-p50", "web1"))); /* kept by role alone */
}

static void test_stages_are_times_of_a_request(void)
{
    g_autoptr(RunRecord) record = make_record();
    DomainRecord *web = &g_array_index(record->domains, DomainRecord, 1);

    web->requests = 10;
    web->stage_ns[STAGE_EXIT] = 10 * NS_PER_US;
    web->stage_ns[STAGE_NOTIFY] = 20 * NS_PER_US;
    web->stage_ns[STAGE_WAIT_TASK] = 40 * NS_PER_US;
    web->stage_ns[STAGE_REPLY] = 80 * NS_PER_US;
    web->stage_ns[STAGE_ENTRY] = 160 * NS_PER_US;
    web->runstate_ns[RUNSTATE_OFFLINE] = 180 * NS_PER_US;
    record->host.switches = 14;
    g_assert_cmpfloat_with_epsilon(take(record, "signal-time", "web1"), 3, 1e-9);
    g_assert_cmpfloat_with_epsilon(take(record, "serving-time", "web1"), 12, 1e-9);
    g_assert_cmpfloat_with_epsilon(take(record, "return-time", "web1"), 16, 1e-9);
    g_assert_cmpfloat_with_epsilon(take(record, "little", "web1"), 1.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(take(record, "switches", "host"), 7, 1e-9);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/measure/a subject is a domain, a group, a role or all",
                    test_a_subject_is_a_domain_a_group_a_role_or_all);
    g_test_add_func("/measure/the overhead of switching is CPU and not work",
                    test_the_overhead_of_switching_counts_as_cpu_and_not_as_work);
    g_test_add_func("/measure/slow transfers are counted",
                    test_slow_transfers_are_counted);
    g_test_add_func("/measure/a mean time of nothing is none",
                    test_a_time_without_events_is_none);
    g_test_add_func("/measure/quantiles are of all that the subject names",
                    test_quantiles_are_of_all_that_the_subject_names);
    g_test_add_func("/measure/stages are times of a request",
                    test_stages_are_times_of_a_request);
    return g_test_run();
}
