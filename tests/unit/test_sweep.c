#include "experiments/input/error.h"
#include "experiments/scenario/sweep.h"
#include "models/host/scheduler.h"

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
        { "a.x = 4..17 step 4\n", "4; 8; 12; 16" },
        { "a.x = 10%..50% step 10%\n", "10%; 20%; 30%; 40%; 50%" },
        { "a.x = 0 .. 3ms step 1ms, 10ms\n", "0ns; 1ms; 2ms; 3ms; 10ms" },
        { "a.x = 0.1ms..0.5ms step 0.1ms\n", "100us; 200us; 300us; 400us; 500us" },
        { "a.x = 1s..2s step 500ms\n", "1s; 1500ms; 2s" },
        { "a.x = 512KiB..1MiB step 256KiB\n", "512KiB; 768KiB; 1MiB" },
        { "a.x = ../a..b, a..b, 0..b\n", "../a..b; a..b; 0..b" },
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

static const char combination[] = "[run]\nduration = 1s\n"
                                  "[host]\npcpus = 8\n"
                                  "[scheduler]\nname = sedf-3.1\n"
                                  "[workload poll]\nsource = poll\n"
                                  "[domain web]\ncount = 4\nworkload = poll\n";

/* Asks a constraint of that combination, among others under credit2. */
static bool check(const char *constraint, unsigned *n_held, GError **error)
{
    g_autofree char *lines = g_strdup_printf("a.x = 1\nconstraint = %s\n", constraint);
    g_autoptr(IniFile) file = parse(lines);
    g_autoptr(IniFile) document =
        ini_file_parse("fig7.ini", combination, strlen(combination), NULL, NULL);
    g_autoptr(Sweep) sweep = sweep_new(ini_file_find(file, "sweep"), NULL);
    g_autoptr(GPtrArray) schedulers = g_ptr_array_new();

    g_ptr_array_add(schedulers, (void *)scheduler_ops_by_name("credit2-4.17", NULL));
    return sweep_check_constraints(sweep, document, schedulers, n_held, error);
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
        { "run.warmup = 0.5s", true },
        { "run.warmup < run.duration", true },
        { "scheduler.name = sedf-3.1", true },
        { "scheduler.name = credit-3.1", false },
        { "scheduler.name = credit-3.1 or domain web.count > 3", true },
        { "scheduler.name = credit-3.1 or domain web.count > 4", false },
        { "scheduler.ratelimit > 0", true },
        { "domain web.cap = 0", true },
        { "domain web.timer-hz >= 100", true },
        { "domain web.drivers = pv", false },
        { "domain web.workload = poll", true },
        { "workload poll.source != disk-pio", true },
        { "device-model.placement = dom0", true },
        { "output.csv = yes", true },
        { "output.csv = output.figures", true },
        { "domain web.placement != device-model.placement", true },
        { "domain web.pin = dom0.pin", true },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        unsigned n_held;

        check(cases[i].constraint, &n_held, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(n_held, ==, cases[i].holds);
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
        { "a.x = 1, 2, 1\n", "fig7.ini:2: [sweep] a.x = 1, 2, 1: expected each value "
                             "once, and 1 is repeated" },
        { "a.x = 1, 2\na.yy = 1, 2\nlockstep = a.x, a.y\n",
          "fig7.ini:4: [sweep] lockstep = a.x, a.y: expected keys of this sweep: a.x, "
          "a.yy (did you mean a.x?)" },
        { "a.x = 1, 2\nb.y = 1..3\nlockstep = a.x, b.y\n",
          "fig7.ini:4: [sweep] lockstep = a.x, b.y: expected as many values of b.y as "
          "of a.x (2), not 3" },
        { "a.x = 1..4 step 0\n",
          "fig7.ini:2: [sweep] a.x = 1..4 step 0: expected a step above 0" },
        { "a.x = 8..4\n", "fig7.ini:2: [sweep] a.x = 8..4: expected a range that goes "
                          "up, such as 4..8" },
        { "a.x = 1ms..4ms\n",
          "fig7.ini:2: [sweep] a.x = 1ms..4ms: expected a step where there is a unit, "
          "such as 1ms..10ms step 1ms" },
        { "a.x = 1ms..4ms step 10%\n",
          "fig7.ini:2: [sweep] a.x = 1ms..4ms step 10%: expected a range whose ends "
          "and "
          "step are numbers with units of one kind, such as 1ms..10ms step 500us" },
        { "a.x = 1..4ms step 1ms\n",
          "fig7.ini:2: [sweep] a.x = 1..4ms step 1ms: expected a range whose ends and "
          "step are numbers with units of one kind, such as 1ms..10ms step 500us" },
        { "a.x = -2..2\n", "fig7.ini:2: [sweep] a.x = -2..2: expected a range that "
                           "begins at 0 or above" },
        { "a.x = 0..1s step 1ns\n",
          "fig7.ini:2: [sweep] a.x = 0..1s step 1ns: expected no more than 100000 "
          "values of a range" },
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

static void assert_refused(const char *constraint, const char *expected)
{
    g_autofree char *beginning = g_strdup_printf(
        "fig7.ini:3: [sweep] constraint = %s: expected %s", constraint, expected);
    g_autoptr(GError) error = NULL;
    unsigned n_held;

    g_assert_false(check(constraint, &n_held, &error));
    if (!g_str_has_prefix(error->message, beginning))
        g_error("\nfound    %s\nexpected %s", error->message, beginning);
}

static void test_constraints_that_decide_nothing_are_refused(void)
{
    static const char one_comparison[] =
        "one comparison between words \"or\", with what must hold as well in a "
        "constraint line of its own, not \"";
    static const char grammar[] = "GROUP.KEY and a text or another key, with =, !=, <, "
                                  "<=, > or >= and spaces between them, not \"";
    static const struct {
        const char *constraint, *expected;
    } cases[] = {
        { "domain web.count", grammar },
        { "domain web.count=4", grammar },
        { "domain web.count =", grammar },
        { "domain web.count = 4 or nonsense", grammar },
        { "domain web.count = 4 and host.pcpus = 8", one_comparison },
        { "domain web.count = 4 and host.pcpus <= 8", one_comparison },
        { "domain web.count = 4 OR host.pcpus", one_comparison },
        { "domain web.count = 4 or", one_comparison },
        { "domain web.counts = 4", "a key of the scenario, GROUP.KEY, before =, not "
                                   "\"domain web.counts\"" },
        { "4 = domain web.count", "a key of the scenario, GROUP.KEY, before =, not "
                                  "\"4\"" },
        { "scheduler.name < credit-3.1",
          "= or != behind scheduler.name, whose texts have no order" },
        { "device-model.placement != stubb",
          "another key, or one of the placements dom0, stub, stub+sdom, linux-stub "
          "(did you mean stub?), behind !=" },
        { "scheduler.name = credit2", "another key, or one of the schedulers " },
        { "domain web.drivers = pvv",
          "another key, or one of emulated, pv (did you mean pv?), behind =" },
        { "run.duration > 10",
          "another key, or a time with its unit, such as 30ms (ns, us, ms, s, min, h), "
          "from 1ns to 1h, behind >" },
        { "domain web.count <= host.pcpu",
          "another key, or a whole number, from 0 to 4096, behind <=" },
        { "domain web.count <= 5000",
          "another key, or a whole number, from 0 to 4096, behind <=" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_refused(cases[i].constraint, cases[i].expected);
}

static void test_keys_that_are_never_alike_are_not_compared(void)
{
    static const struct {
        const char *constraint, *expected;
    } cases[] = {
        { "domain web.count <= run.duration",
          "a key behind <= that can be compared with domain web.count, which is a "
          "whole number, from 0 to 4096" },
        { "scheduler.name = host.pcpus",
          "a key behind = that can be compared with scheduler.name, which is one of "
          "the schedulers" },
        { "scheduler.name != device-model.placement",
          "a key behind != that can be compared with scheduler.name, which is one of "
          "the schedulers" },
        { "domain web.workload = dom0.pin",
          "a key behind = that can be compared with domain web.workload, which is a "
          "text" },
        { "domain web.drivers = disk.kind",
          "a key behind = that can be compared with domain web.drivers, which is one "
          "of emulated, pv" },
        { "output.csv = domain web.drivers",
          "a key behind = that can be compared with output.csv, which is yes or no" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_refused(cases[i].constraint, cases[i].expected);
}

/* NULL, or what is wrong with the values of one line. */
static char *check_values(const char *line)
{
    g_autofree char *lines = g_strconcat(line, "\n", NULL);
    g_autoptr(IniFile) file = parse(lines);
    g_autoptr(IniFile) document =
        ini_file_parse("fig7.ini", combination, strlen(combination), NULL, NULL);
    g_autoptr(Sweep) sweep = sweep_new(ini_file_find(file, "sweep"), NULL);
    g_autoptr(GPtrArray) schedulers = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    if (sweep_check_values(sweep, document, schedulers, &error))
        return NULL;
    g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
    return g_strdup(error->message);
}

static void test_values_differ_as_their_key_reads_them(void)
{
    static const struct {
        const char *line, *doubles; /* NULL: there are none */
    } cases[] = {
        { "domain web.count = 4, 4.0", "4.0 is the same as 4" },
        { "domain.web.count = 1..3, 02", "02 is the same as 2" },
        { "run.duration = 1ms, 2ms, 1000us", "1000us is the same as 1ms" },
        { "run.duration = 0.5s, 500 ms", "500 ms is the same as 0.5s" },
        { "run.duration = 4, 4.0", NULL }, /* no times: for the reader to refuse */
        { "dom0.cap = 0%, 0", "0 is the same as 0%" },
        { "host.memory = 1GiB, 1024MiB", "1024MiB is the same as 1GiB" },
        { "run.duration = 1ms, 1us, 10ms", NULL },
        { "scenario.name = 4, 4.0", NULL },
        { "workload poll.nix = 4, 4.0", NULL }, /* no key: likewise */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *message = check_values(cases[i].line);
        g_autofree char *expected =
            cases[i].doubles
                ? g_strdup_printf("fig7.ini:2: [sweep] %s: expected each value once, "
                                  "and %s",
                                  cases[i].line, cases[i].doubles)
                : NULL;

        g_assert_cmpstr(message, ==, expected);
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
    g_test_add_func("/sweep/constraints_that_decide_nothing_are_refused",
                    test_constraints_that_decide_nothing_are_refused);
    g_test_add_func("/sweep/keys_that_are_never_alike_are_not_compared",
                    test_keys_that_are_never_alike_are_not_compared);
    g_test_add_func("/sweep/values_differ_as_their_key_reads_them",
                    test_values_differ_as_their_key_reads_them);
    g_test_add_func("/sweep/numbers_are_in_their_base_unit",
                    test_numbers_are_in_their_base_unit);
    return g_test_run();
}
