#include "sim/units.h"

static void test_a_unit_is_read_and_required(void)
{
    static const struct {
        const char *text;
        Unit unit;
        int64_t value;
    } cases[] = {
        { "30ms", UNIT_NS, 30 * NS_PER_MS },
        { "30 ms", UNIT_NS, 30 * NS_PER_MS },
        { "1.5us", UNIT_NS, 1500 },
        { "0.25s", UNIT_NS, 250 * NS_PER_MS },
        { "2min", UNIT_NS, 120 * NS_PER_S },
        { "1h", UNIT_NS, 3600 * NS_PER_S },
        { "1.5h", UNIT_NS, 5400 * NS_PER_S },
        { "1.1min", UNIT_NS, 66 * NS_PER_S },
        { "-7ns", UNIT_NS, -7 },
        { "0", UNIT_NS, 0 },
        { "2.66GHz", UNIT_HZ, INT64_C(2660000000) },
        { "64KiB", UNIT_BYTES, 65536 },
        { "1.5KiB", UNIT_BYTES, 1536 },
        { "40%", UNIT_PERCENT, 40 },
        { "17", UNIT_NONE, 17 },
        { "9223372036854775807ns", UNIT_NS, INT64_MAX },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t value = -1;

        g_test_message("%s", cases[i].text);
        g_assert_true(units_parse(cases[i].text, cases[i].unit, &value));
        g_assert_cmpint(value, ==, cases[i].value);
    }
}

static void test_what_is_no_whole_number_of_a_unit_is_refused(void)
{
    static const struct {
        const char *text;
        Unit unit;
    } cases[] = {
        { "", UNIT_NS },
        { "30", UNIT_NS },
        { "ms", UNIT_NS },
        { ".", UNIT_NONE },
        { "1.5ns", UNIT_NS },
        { "1.0000000001s", UNIT_NS },
        { "30msec", UNIT_NS },
        { "30ms ", UNIT_NS },
        { "30MS", UNIT_NS },
        { "1.2.3s", UNIT_NS },
        { "1e3ns", UNIT_NS },
        { "0x10", UNIT_NONE },
        { "17ms", UNIT_NONE },
        { "4KB", UNIT_BYTES },
        { "9223372036854775808ns", UNIT_NS },
        { "9223372037s", UNIT_NS },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t value = 42;

        g_assert_false(units_parse(cases[i].text, cases[i].unit, &value));
        g_assert_cmpint(value, ==, 42);
    }
}

static void test_a_formatted_value_is_short_and_reads_back(void)
{
    static const struct {
        int64_t value;
        Unit unit;
        const char *text;
    } cases[] = {
        { 30 * NS_PER_MS, UNIT_NS, "30ms" },
        { 1500, UNIT_NS, "1500ns" },
        { 90 * NS_PER_S, UNIT_NS, "90s" },
        { INT64_C(2660000000), UNIT_HZ, "2660MHz" },
        { 65536, UNIT_BYTES, "64KiB" },
        { 40, UNIT_PERCENT, "40%" },
        { -5, UNIT_NONE, "-5" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = units_format(cases[i].value, cases[i].unit);
        int64_t value;

        g_assert_cmpstr(text, ==, cases[i].text);
        g_assert_true(units_parse(text, cases[i].unit, &value));
        g_assert_cmpint(value, ==, cases[i].value);
    }
}

static void test_cycles_round_up_to_whole_ns(void)
{
    g_assert_cmpint(cycles_to_ns((Cycles){ 0 }, 2660000000), ==, 0);
    g_assert_cmpint(cycles_to_ns((Cycles){ 1 }, 2660000000), ==, 1);
    g_assert_cmpint(cycles_to_ns((Cycles){ 266 }, 2660000000), ==, 100);
    g_assert_cmpint(cycles_to_ns((Cycles){ 267 }, 2660000000), ==, 101);
    g_assert_cmpint(cycles_to_ns((Cycles){ INT64_C(26600000000) }, 2660000000), ==,
                    10 * NS_PER_S);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/units/a-unit-is-read-and-required",
                    test_a_unit_is_read_and_required);
    g_test_add_func("/units/what-is-no-whole-number-of-a-unit-is-refused",
                    test_what_is_no_whole_number_of_a_unit_is_refused);
    g_test_add_func("/units/a-formatted-value-is-short-and-reads-back",
                    test_a_formatted_value_is_short_and_reads_back);
    g_test_add_func("/units/cycles-round-up-to-whole-ns",
                    test_cycles_round_up_to_whole_ns);
    return g_test_run();
}
