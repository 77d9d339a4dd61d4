#include "experiments/batch/estimate.h"

/* Two cells, the second twice as heavy, two runs each. */
static void expect_runs(Estimate *estimate)
{
    estimate_init(estimate, 2);
    for (unsigned i = 0; i < 2; i++) {
        estimate_expect(estimate, 0, 10);
        estimate_expect(estimate, 1, 20);
    }
}

static void test_nothing_is_known_before_a_run_has_finished(void)
{
    g_auto(Estimate) estimate = { 0 };

    expect_runs(&estimate);
    g_assert_cmpint(estimate_left_ns(&estimate, 1, 0), ==, -1);
}

static void test_an_unknown_cell_costs_by_its_weight(void)
{
    g_auto(Estimate) estimate = { 0 };

    expect_runs(&estimate);
    estimate_start(&estimate, 0);
    estimate_finish(&estimate, 0, 100);
    g_assert_cmpint(estimate_run_ns(&estimate, 1), ==, 200);
    g_assert_cmpint(estimate_left_ns(&estimate, 1, 0), ==, 100 + 2 * 200);
    g_assert_cmpint(estimate_left_ns(&estimate, 2, 60), ==, (100 + 2 * 200 + 60) / 2);
}

static void test_a_known_cell_costs_what_its_replications_took(void)
{
    g_auto(Estimate) estimate = { 0 };

    expect_runs(&estimate);
    estimate_start(&estimate, 0);
    estimate_finish(&estimate, 0, 100);
    estimate_start(&estimate, 1);
    estimate_finish(&estimate, 1, 900);
    g_assert_cmpint(estimate_left_ns(&estimate, 1, 0), ==, 100 + 900);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/estimate/nothing_is_known_before_a_run_has_finished",
                    test_nothing_is_known_before_a_run_has_finished);
    g_test_add_func("/estimate/an_unknown_cell_costs_by_its_weight",
                    test_an_unknown_cell_costs_by_its_weight);
    g_test_add_func("/estimate/a_known_cell_costs_what_its_replications_took",
                    test_a_known_cell_costs_what_its_replications_took);
    return g_test_run();
}
