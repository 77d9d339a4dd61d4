#include "experiments/input/error.h"
#include "experiments/scenario/sweep.h"

#include <math.h>
#include <string.h>

static const char *const repeatable[] = { "constraint", "lockstep", NULL };

static IniFile *parse(const char *lines)
{
    g_autofree char *text = g_strconcat("[sweep]\n", lines, NULL);
    g_autoptr(GError) error = NULL;
    IniFile *file = ini_file_parse("fig7.ini", text, strlen(text), repeatable, &error);

    g_assert_no_error(error);
    return file;
}

/* "a1 a2" for each combination, joined by "; ". */
static char *list_combinations(const Sweep *sweep)
{
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < sweep_count(sweep); i++) {
        g_string_append(list, i > 0 ? "; " : "");
        for (unsigned axis = 0; axis < sweep->axes->len; axis++)
            g_string_append_printf(list, "%s%s", axis > 0 ? " " : "",
                                   sweep_value(sweep, axis, i));
    }
    return g_string_free(list, FALSE);
}

static void test_axes_cross_or_go_in_lock_step(void)
{
    static const struct {
        const char *lines, *combinations;
    } cases[] = {
        { "a.x = 1, 2\n", "1; 2" },
        { "a.x = 1, 2\nb.y = p, q, r\n", "1 p; 1 q; 1 r; 2 p; 2 q; 2 r" },
        { "a.x = 1, 2\nb.y = p, q\nlockstep = a.x, b.y\n", "1 p; 2 q" },
        { "a.x = 1, 2\nc.z = k, l\nb.y = p, q\nlockstep = a.x, b.y\n",
          "1 k p; 1 l p; 2 k q; 2 l q" },
        { "c.z = k, l\na.x = 1, 2\nb.y = p, q\nlockstep = b.y, a.x\n",
          "k 1 p; k 2 q; l 1 p; l 2 q" },
        { "domain.web.count = 1..4\n", "1; 2; 3; 4" },
        { "a.x = 0, 4..16 step 4\n", "0; 4; 8; 12; 16" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(IniFile) file = parse(cases[i].lines);
        g_autoptr(GError) error = NULL;
        g_autoptr(Sweep) sweep = sweep_new(ini_file_find(file, "sweep"), &error);
        g_autofree char *combinations = NULL;

        g_assert_no_error(error);
        combinations = list_combinations(sweep);
        g_assert_cmpstr(combinations, ==, cases[i].combinations);
    }
}

static void test_no_sweep_is_one_combination(void)
{
    g_autoptr(Sweep) sweep = sweep_new(NULL, NULL);

    g_assert_cmpuint(sweep_count(sweep), ==, 1);
    g_assert_cmpuint(sweep->axes->len, ==, 0);
}

static const char *look_up(void *data G_GNUC_UNUSED, const KeyName *name)
{
    if (strcmp(name->head, "domain web") == 0 && strcmp(name->key, "count") == 0)
        return "4";
    if (strcmp(name->head, "host") == 0 && strcmp(name->key, "pcpus") == 0)
        return "8";
    if (strcmp(name->head, "run") == 0 && strcmp(name->key, "duration") == 0)
        return "1s";
    if (strcmp(name->head, "scheduler") == 0 && strcmp(name->key, "name") == 0)
        return "sedf-3.1";
    return NULL;
}

static void test_constraints_compare_keys_and_texts(void)
{
    static const struct {
        const char *constraint;
        bool holds;
    } cases[] = {
        { "domain web.count = 4", true },
        { "domain.web.count != 4", false },
        { "domain web.count <= host.pcpus", true },
        { "host.pcpus < domain web.count", false },
        { "run.duration >= 1000ms", true },
        { "scheduler.name = sedf-3.1", true },
        { "scheduler.name = credit-3.1", false },
        { "scheduler.name = credit-3.1 or domain web.count > 3", true },
        { "scheduler.name = credit-3.1 or domain web.count > 4", false },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *lines =
            g_strdup_printf("a.x = 1\nconstraint = %s\n", cases[i].constraint);
        g_autoptr(IniFile) file = parse(lines);
        g_autoptr(Sweep) sweep = sweep_new(ini_file_find(file, "sweep"), NULL);
        g_autoptr(GError) error = NULL;
        bool is_kept;

        g_assert_true(sweep_check_constraints(sweep, look_up, NULL, &is_kept, &error));
        g_assert_no_error(error);
        g_assert_true(is_kept == cases[i].holds);
    }
}

static void test_messages_name_the_line(void)
{
    static const struct {
        const char *lines, *message;
    } cases[] = {
        { "pcpus = 1, 2\n", "fig7.ini:2: [sweep] pcpus = 1, 2: expected a key of a "
                            "group, such as domain guest.count = 1, 2, 4" },
        { "a.x = 1,, 2\n",
          "fig7.ini:2: [sweep] a.x = 1,, 2: expected texts between the commas" },
        { "a.x = 1, 2, 1\n", "fig7.ini:2: [sweep] a.x = 1, 2, 1: expected 1 once" },
        { "a.x = 1, 2\na.yy = 1, 2\nlockstep = a.x, a.y\n",
          "fig7.ini:4: [sweep] lockstep = a.x, a.y: expected keys of this sweep: a.x, "
          "a.yy (did you mean a.x?)" },
        { "a.x = 1, 2\nb.y = 1..3\nlockstep = a.x, b.y\n",
          "fig7.ini:4: [sweep] lockstep = a.x, b.y: expected as many values of b.y as "
          "of a.x (2), not 3" },
        { "a.x = 0..999\nb.x = 0..999\n",
          "fig7.ini:1: [sweep] makes more than 100000 combinations" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(IniFile) file = parse(cases[i].lines);
        g_autoptr(GError) error = NULL;

        g_assert_null(sweep_new(ini_file_find(file, "sweep"), &error));
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void test_constraints_that_compare_nothing_are_refused(void)
{
    static const char *const constraints[] = {
        "domain web.count",
        "domain web.counts = 4",
        "4 = domain web.count",
        "scheduler.name < credit-3.1",
        "domain web.count = 4 or nonsense",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(constraints); i++) {
        g_autofree char *lines =
            g_strdup_printf("a.x = 1\nconstraint = %s\n", constraints[i]);
        g_autoptr(IniFile) file = parse(lines);
        g_autoptr(Sweep) sweep = sweep_new(ini_file_find(file, "sweep"), NULL);
        g_autoptr(GError) error = NULL;
        bool is_kept;

        g_assert_false(sweep_check_constraints(sweep, look_up, NULL, &is_kept, &error));
        g_assert_true(g_str_has_prefix(error->message, "fig7.ini:3: [sweep] "
                                                       "constraint = "));
    }
}

static void test_numbers_are_in_their_base_unit(void)
{
    g_assert_cmpfloat(sweep_number("32"), ==, 32);
    g_assert_cmpfloat(sweep_number("30ms"), ==, 30e6);
    g_assert_cmpfloat(sweep_number("64KiB"), ==, 65536);
    g_assert_cmpfloat(sweep_number("40%"), ==, 40);
    g_assert_true(isnan(sweep_number("stub")));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sweep/axes_cross_or_go_in_lock_step",
                    test_axes_cross_or_go_in_lock_step);
    g_test_add_func("/sweep/no_sweep_is_one_combination",
                    test_no_sweep_is_one_combination);
    g_test_add_func("/sweep/constraints_compare_keys_and_texts",
                    test_constraints_compare_keys_and_texts);
    g_test_add_func("/sweep/messages_name_the_line", test_messages_name_the_line);
    g_test_add_func("/sweep/constraints_that_compare_nothing_are_refused",
                    test_constraints_that_compare_nothing_are_refused);
    g_test_add_func("/sweep/numbers_are_in_their_base_unit",
                    test_numbers_are_in_their_base_unit);
    return g_test_run();
}
