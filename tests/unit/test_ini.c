#include "experiments/input/error.h"
#include "experiments/input/ini.h"
#include "models/suggest.h"

#include <string.h>

typedef struct {
    int64_t weight, length_ns;
    bool is_fast;
    int colour;
    char *name;
} Fields;

static const char *const colours[] = { "red", "green", "blue", NULL };
static const Option options[] = {
    OPTION_INTEGER_FIELD(Fields, weight, "weight", "256", 1, 65535, "its weight"),
    OPTION_NS_FIELD(Fields, length_ns, "length", "10ms", 1, NS_PER_S, "its length"),
    OPTION_BOOL_FIELD(Fields, is_fast, "fast", "no", "its speed"),
    OPTION_CHOICE_FIELD(Fields, colour, "colour", "red", colours, "its colour"),
    OPTION_TEXT_FIELD(Fields, name, "name", "", "its name"),
    { 0 },
};

static IniFile *parse(const char *text, GError **error)
{
    static const char *const repeatable[] = { "constraint", NULL };

    return ini_file_parse("fig7.ini", text, strlen(text), repeatable, error);
}

static void test_groups_and_keys_keep_their_lines(void)
{
    g_autoptr(IniFile) file = parse("# a comment\n\n[host]\npcpus = 8 # of them\r\n"
                                    "[domain web]\n  weight=512\nname = a#b\n",
                                    NULL);
    const IniGroup *host = ini_file_find(file, "host");
    const IniGroup *web = ini_file_find(file, "domain web");

    g_assert_cmpuint(file->groups->len, ==, 2);
    g_assert_cmpstr(ini_group_find(host, "pcpus")->text, ==, "8");
    g_assert_cmpuint(ini_group_find(host, "pcpus")->place.line, ==, 4);
    g_assert_cmpstr(web->kind, ==, "domain");
    g_assert_cmpstr(web->name, ==, "web");
    g_assert_cmpuint(web->place.line, ==, 5);
    g_assert_cmpstr(ini_group_find(web, "weight")->text, ==, "512");
    g_assert_cmpstr(ini_group_find(web, "name")->text, ==, "a#b");
    g_assert_null(ini_group_find(web, "colour"));
    g_assert_null(ini_file_find(file, "domain"));
}

static void test_a_byte_order_mark_is_no_text(void)
{
    g_autoptr(IniFile) file = parse("\xef\xbb\xbf[host]\r\npcpus = 8\r\n", NULL);

    g_assert_nonnull(file);
    g_assert_cmpstr(ini_group_find(ini_file_find(file, "host"), "pcpus")->text, ==,
                    "8");
}

static void test_repeatable_keys_may_repeat(void)
{
    g_autoptr(IniFile) file = parse("[sweep]\nconstraint = a\nconstraint = b\n", NULL);

    g_assert_nonnull(file);
    g_assert_cmpuint(ini_file_find(file, "sweep")->entries->len, ==, 2);
}

static void test_syntax_errors_name_the_line(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "pcpus = 8\n",
          "fig7.ini:1: pcpus = 8: expected a [group] before the first key" },
        { "[host\n", "fig7.ini:1: [host: expected a closing ]" },
        { "[]\n", "fig7.ini:1: []: expected a group, such as [host] or [domain web]" },
        { "[a b c]\n",
          "fig7.ini:1: [a b c]: expected a group, such as [host] or [domain web]" },
        { "[host]\npcpus\n", "fig7.ini:2: pcpus: expected [group] or key = text" },
        { "[host]\n= 8\n", "fig7.ini:2: = 8: expected [group] or key = text" },
        { "[host]\npcpus =  # none\n",
          "fig7.ini:2: [host] pcpus: expected a text behind the =" },
        { "[host]\n\n[host]\n",
          "fig7.ini:3: [host]: expected each group once, and line 1 has it" },
        { "[host]\npcpus = 8\npcpus = 4\n",
          "fig7.ini:3: [host] pcpus = 4: expected each key once, and line 2 has it" },
        { "[host]\nx = \xff\n", "fig7.ini:2: byte 0xff: expected text in UTF-8" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(parse(cases[i].text, &error));
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void test_a_group_fills_a_struct(void)
{
    g_autoptr(IniFile) file =
        parse("[web]\nweight = 512\ncolour = blue\nfast = yes\n", NULL);
    Fields fields = { 0 };
    const IniBinding binding = { options, &fields };

    g_assert_true(
        ini_group_read(ini_file_find(file, "web"), &binding, 1, &(GError *){ NULL }));
    g_assert_cmpint(fields.weight, ==, 512);
    g_assert_cmpint(fields.length_ns, ==, 10 * NS_PER_MS);
    g_assert_true(fields.is_fast);
    g_assert_cmpint(fields.colour, ==, 2);
    g_assert_cmpstr(fields.name, ==, "");
    option_clear(options, &fields);
}

static void test_messages_name_the_place(void)
{
    static const struct {
        const char *line, *message;
    } cases[] = {
        { "weight = heavy", "fig7.ini:2: [web] weight = heavy: expected a whole "
                            "number, from 1 to 65535" },
        { "weight = 0",
          "fig7.ini:2: [web] weight = 0: expected a whole number, from 1 to 65535" },
        { "weight = 12ms",
          "fig7.ini:2: [web] weight = 12ms: expected a whole number, from 1 to 65535" },
        { "length = 10", "fig7.ini:2: [web] length = 10: expected a time with its "
                         "unit, such as 30ms (ns, us, ms, s, min, h), from 1ns to 1s" },
        { "length = 2s", "fig7.ini:2: [web] length = 2s: expected a time with its "
                         "unit, such as 30ms (ns, us, ms, s, min, h), from 1ns to 1s" },
        { "fast = true", "fig7.ini:2: [web] fast = true: expected yes or no" },
        { "colour = gren", "fig7.ini:2: [web] colour = gren: expected one of red, "
                           "green, blue (did you mean green?)" },
        { "colour = mauve",
          "fig7.ini:2: [web] colour = mauve: expected one of red, green, blue" },
        { "wieght = 1", "fig7.ini:2: [web] wieght = 1: expected one of the keys "
                        "weight, length, fast, colour, name (did you mean weight?)" },
        { "shape = round", "fig7.ini:2: [web] shape = round: expected one of the keys "
                           "weight, length, fast, colour, name" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("[web]\n%s\n", cases[i].line);
        g_autoptr(IniFile) file = parse(text, NULL);
        g_autoptr(GError) error = NULL;
        Fields fields = { 0 };
        const IniBinding binding = { options, &fields };

        g_assert_false(ini_group_read(ini_file_find(file, "web"), &binding, 1, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
        option_clear(options, &fields);
    }
}

static void test_a_missing_file_is_an_io_error(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(ini_file_load("/nonexistent/fig7.ini", NULL, &error));
    g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO);
    g_assert_nonnull(strstr(error->message, "/nonexistent/fig7.ini"));
}

static void test_the_nearest_word_is_suggested(void)
{
    static const struct {
        const char *text, *nearest;
    } cases[] = {
        { "placment", "placement" }, { "palcement", "placement" },
        { "credti", "credit" },      { "sdef", "sedf" },
        { "zebra", NULL },           { "x", NULL },
        { "place", "placement" },    { "pl", NULL },
    };
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    g_ptr_array_add(words, (char *)"placement");
    g_ptr_array_add(words, (char *)"credit");
    g_ptr_array_add(words, (char *)"sedf");
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(suggest_word(cases[i].text, words), ==, cases[i].nearest);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ini/groups_and_keys_keep_their_lines",
                    test_groups_and_keys_keep_their_lines);
    g_test_add_func("/ini/a_byte_order_mark_is_no_text",
                    test_a_byte_order_mark_is_no_text);
    g_test_add_func("/ini/repeatable_keys_may_repeat", test_repeatable_keys_may_repeat);
    g_test_add_func("/ini/syntax_errors_name_the_line",
                    test_syntax_errors_name_the_line);
    g_test_add_func("/ini/a_group_fills_a_struct", test_a_group_fills_a_struct);
    g_test_add_func("/ini/messages_name_the_place", test_messages_name_the_place);
    g_test_add_func("/ini/a_missing_file_is_an_io_error",
                    test_a_missing_file_is_an_io_error);
    g_test_add_func("/ini/the_nearest_word_is_suggested",
                    test_the_nearest_word_is_suggested);
    return g_test_run();
}
