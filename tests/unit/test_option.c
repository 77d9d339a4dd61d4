#include "models/option.h"

typedef struct {
    int64_t slice_ns, depth;
    bool is_fast;
    int policy;
    char *path;
} Fields;

static const char *const policies[] = { "first", "least", NULL };

static const Option options[] = {
    OPTION_NS_FIELD(Fields, slice_ns, "slice", "30ms", NS_PER_MS, NS_PER_S, "a turn"),
    OPTION_INTEGER_FIELD(Fields, depth, "depth", "4", 1, 64, "a depth"),
    OPTION_BOOL_FIELD(Fields, is_fast, "fast", "yes", "a speed"),
    OPTION_CHOICE_FIELD(Fields, policy, "policy", "least", policies, "a policy"),
    OPTION_TEXT_FIELD(Fields, path, "path", "disk.img", "a path"),
    { 0 },
};

static void test_defaults_fill_every_field(void)
{
    Fields fields = { 0 };

    option_set_defaults(options, &fields);
    g_assert_cmpint(fields.slice_ns, ==, 30 * NS_PER_MS);
    g_assert_cmpint(fields.depth, ==, 4);
    g_assert_true(fields.is_fast);
    g_assert_cmpint(fields.policy, ==, 1);
    g_assert_cmpstr(fields.path, ==, "disk.img");
    option_clear(options, &fields);
    g_assert_null(fields.path);
}

static void test_a_table_is_searched_by_key(void)
{
    g_assert_true(option_find(options, "depth") == &options[1]);
    g_assert_null(option_find(options, "dept"));
    g_assert_null(option_find(NULL, "depth"));
}

static void test_every_value_reads_back_as_it_is_written(void)
{
    static const char *const texts[] = { "5ms", "7", "no", "first", "a b.img" };
    Fields fields = { 0 };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = NULL;

        g_assert_true(option_parse(&options[i], texts[i], &fields));
        text = option_format(&options[i], &fields);
        g_assert_cmpstr(text, ==, texts[i]);
    }
    option_clear(options, &fields);
}

static void test_a_wrong_text_changes_nothing_and_says_what_was_expected(void)
{
    static const struct {
        const char *key, *text, *expected;
    } cases[] = {
        { "slice", "30",
          "a time with its unit, such as 30ms (ns, us, ms, s, min, h), from 1ms to "
          "1s" },
        { "slice", "2s",
          "a time with its unit, such as 30ms (ns, us, ms, s, min, h), from 1ms to "
          "1s" },
        { "depth", "0", "a whole number, from 1 to 64" },
        { "depth", "four", "a whole number, from 1 to 64" },
        { "fast", "true", "yes or no" },
        { "policy", "last", "one of first, least" },
    };
    Fields fields = { 0 };
    Fields before;

    option_set_defaults(options, &fields);
    before = fields;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Option *option = option_find(options, cases[i].key);
        g_autofree char *expected = option_expected(option);

        g_assert_false(option_parse(option, cases[i].text, &fields));
        g_assert_cmpstr(expected, ==, cases[i].expected);
    }
    g_assert_cmpint(fields.slice_ns, ==, before.slice_ns);
    g_assert_cmpint(fields.depth, ==, before.depth);
    g_assert_true(fields.is_fast == before.is_fast);
    g_assert_cmpint(fields.policy, ==, before.policy);
    option_clear(options, &fields);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/option/defaults-fill-every-field",
                    test_defaults_fill_every_field);
    g_test_add_func("/option/a-table-is-searched-by-key",
                    test_a_table_is_searched_by_key);
    g_test_add_func("/option/every-value-reads-back-as-it-is-written",
                    test_every_value_reads_back_as_it_is_written);
    g_test_add_func("/option/a-wrong-text-changes-nothing-and-says-what-was-expected",
                    test_a_wrong_text_changes_nothing_and_says_what_was_expected);
    return g_test_run();
}
