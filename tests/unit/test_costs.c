/* Costs in cycles, times in ns. */
#include "models/host/costs.h"

static void test_each_cost_has_a_key_and_a_summary(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < COSTS; i++) {
        g_assert_nonnull(cost_key((Cost)i));
        g_assert_nonnull(cost_summary((Cost)i));
        g_assert_true(g_hash_table_add(seen, (char *)cost_key((Cost)i)));
    }
}

static void test_times_are_rounded_up(void)
{
    g_autoptr(CostProfile) profile = cost_profile_new();

    profile->clock_hz = INT64_C(2660000000);
    profile->figures[COST_EXIT].cycles = 0;
    profile->figures[COST_ENTRY].cycles = 1;
    profile->figures[COST_POST].cycles = 266; /* 100 ns */
    profile->figures[COST_NOTIFY].cycles = 267;
    g_assert_cmpint(cost_ns(profile, COST_EXIT), ==, 0);
    g_assert_cmpint(cost_ns(profile, COST_ENTRY), ==, 1);
    g_assert_cmpint(cost_ns(profile, COST_POST), ==, 100);
    g_assert_cmpint(cost_ns(profile, COST_NOTIFY), ==, 101);
}

static void test_instructions_take_their_cycles(void)
{
    static const struct {
        int64_t cpi_milli, instructions, ns;
    } cases[] = {
        { 1000, 40000, 40000 },
        { 1200, 1000, 1200 },
        { 1200, 1, 2 },
        { 1200, 5, 6 },
        { 500, 1, 1 },
        { 500, 3, 2 },
        { 1200, 0, 0 },
        { 1200, INT64_C(5000000000000), INT64_C(6000000000000) },
    };
    g_autoptr(CostProfile) profile = cost_profile_new();

    profile->clock_hz = 1000000000;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        profile->cpi_milli = cases[i].cpi_milli;
        g_assert_cmpint(instructions_ns(profile, cases[i].instructions), ==,
                        cases[i].ns);
    }
}

static void test_a_copy_is_independent(void)
{
    g_autoptr(CostProfile) profile = cost_profile_new();
    g_autoptr(CostProfile) copy = NULL;

    profile->name = g_strdup("merom");
    profile->figures[COST_EXIT] =
        (CostFigure){ .cycles = 790, .source = g_strdup("a table") };
    copy = cost_profile_copy(profile);
    copy->figures[COST_EXIT].cycles = 1;
    g_assert_cmpint(profile->figures[COST_EXIT].cycles, ==, 790);
    g_assert_cmpstr(copy->name, ==, "merom");
    g_assert_true(copy->name != profile->name);
    g_assert_cmpstr(copy->figures[COST_EXIT].source, ==, "a table");
    g_assert_true(copy->figures[COST_EXIT].source !=
                  profile->figures[COST_EXIT].source);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/costs/each has a key and a summary",
                    test_each_cost_has_a_key_and_a_summary);
    g_test_add_func("/costs/times are rounded up", test_times_are_rounded_up);
    g_test_add_func("/costs/instructions take their cycles",
                    test_instructions_take_their_cycles);
    g_test_add_func("/costs/a copy is independent", test_a_copy_is_independent);
    return g_test_run();
}
