#include "experiments/golden/case.h"

#include <glib/gstdio.h>
#include <string.h>

static const char good[] = "[host]\n"                                     /* 1 */
                           "scheduler=credit-3.1-sdom\n"                  /* 2 */
                           "duration_ns=1000000\n"                        /* 3 */
                           "pcpus=4\n"                                    /* 4 */
                           "threads_per_core=2\n"                         /* 5 */
                           "cores_per_socket=2\n"                         /* 6 */
                           "tick_first_ns=10000000\n"                     /* 7 */
                           "[domain a]\n"                                 /* 8 */
                           "id=1\n"                                       /* 9 */
                           "weight=512\n"                                 /* 10 */
                           "parent=b\n"                                   /* 11 */
                           "[vcpu a.0]\n"                                 /* 12 */
                           "pcpu=3\n"                                     /* 13 */
                           "affinity=0-1,3\n"                             /* 14 */
                           "start_ns=5\n"                                 /* 15 */
                           "script=10:20;30@b.0:40;50@b.0:60@b.0:70:80\n" /* 16 */
                           "[domain b]\n"                                 /* 17 */
                           "id=2\n"                                       /* 18 */
                           "[vcpu b.0]\n"                                 /* 19 */
                           "pcpu=0\n"                                     /* 20 */
                           "start_ns=0\n"                                 /* 21 */
                           "role=server\n"                                /* 22 */
                           "[event 1]\n"                                  /* 23 */
                           "time_ns=100\n"                                /* 24 */
                           "op=pause\n"                                   /* 25 */
                           "domain=a\n"                                   /* 26 */
                           "[event 3]\n"                                  /* 27 */
                           "time_ns=200\n"                                /* 28 */
                           "op=unpause\n"                                 /* 29 */
                           "domain=a\n";                                  /* 30 */

typedef struct {
    char *folder, *path;
} Fixture;

static void set_up(Fixture *fixture, const void *data G_GNUC_UNUSED)
{
    fixture->folder = g_dir_make_tmp("hvmsim-case-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "scenario.ini", NULL);
}

static void tear_down(Fixture *fixture, const void *data G_GNUC_UNUSED)
{
    g_remove(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->path);
    g_free(fixture->folder);
}

static GoldenCase *load(const Fixture *fixture, const char *text, GError **error)
{
    g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
    return golden_case_load(fixture->path, error);
}

static const ScriptItem *item(const GoldenCase *scenario, unsigned i)
{
    return &g_array_index(case_vcpu(scenario, 0)->script, ScriptItem, i);
}

static void test_a_scenario_is_read_whole(Fixture *fixture,
                                          const void *data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GoldenCase) scenario = load(fixture, good, &error);
    const CaseEvent *last;

    g_assert_no_error(error);
    g_assert_cmpstr(scenario->scheduler->name, ==, "credit-3.1");
    g_assert_cmpuint(scenario->topology.n_pcpus, ==, 4);
    g_assert_true(scenario->has_servers);
    g_assert_cmpint(case_domain(scenario, 0)->params.weight, ==, 512);
    g_assert_cmpuint(case_domain(scenario, 0)->parent, ==, 1);
    g_assert_cmpint(case_domain(scenario, 1)->params.weight, ==, DEFAULT_WEIGHT);
    g_assert_cmpuint(mask_count(&case_vcpu(scenario, 0)->affinity), ==, 3);
    g_assert_false(mask_has(&case_vcpu(scenario, 0)->affinity, 2));
    g_assert_cmpint(item(scenario, 0)->block_ns, ==, 20);
    g_assert_cmpuint(item(scenario, 0)->server, ==, NO_INDEX);
    g_assert_cmpuint(item(scenario, 1)->server, ==, 1);
    g_assert_cmpint(item(scenario, 1)->service_ns, ==, 40);
    g_assert_cmpuint(item(scenario, 1)->back_end, ==, NO_INDEX);
    g_assert_cmpint(item(scenario, 2)->completion_ns, ==, 80);
    last = &g_array_index(scenario->events, CaseEvent, 1);
    g_assert_cmpuint(last->number, ==, 3);
    g_assert_cmpint(last->op, ==, OP_UNPAUSE);
    g_assert_cmpstr(case_event_target(scenario, last), ==, "a");
}

static const struct {
    const char *line, *instead;
    const char *message; /* behind the path */
} mistakes[] = {
    { "scheduler=credit-3.1-sdom", "scheduler=credit",
      ":2: [host] scheduler = credit: expected one of credit-3.1, credit-3.1-sdom, " },
    { "pcpus=4", "pcpus=0",
      ":4: [host] pcpus = 0: expected an integer from 1 to 1024" },
    { "pcpus=4", "pcpus=four",
      ":4: [host] pcpus = four: expected an integer from 1 to 1024" },
    { "pcpus=4", "threads=4", ":1: [host] pcpus is missing: expected an integer" },
    { "tick_first_ns=10000000", "ratelimit_us=1000",
      ":7: [host] ratelimit_us = 1000: expected one of the keys scheduler, " },
    { "tick_first_ns=10000000", "tick_first_ns=soon",
      ":7: [host] tick_first_ns = soon: expected an integer from 0 to " },
    { "weight=512", "wieght=512",
      ":10: [domain a] wieght = 512: expected one of the keys id, weight, cap, parent "
      "(did you mean weight?)" },
    { "weight=512", "weight=70000",
      ":10: [domain a] weight = 70000: expected an integer from 0 to 65535" },
    { "weight=512", "id=1", ":10: [domain a] id = 1: expected each key once" },
    { "parent=b", "parent=a",
      ":11: [domain a] parent = a: expected another domain of this file" },
    { "[vcpu a.0]", "[vcpu a.1]", ":12: [vcpu a.1] expected DOMAIN.N of a domain" },
    { "[vcpu a.0]", "[vcpu c.0]", ":12: [vcpu c.0] expected DOMAIN.N of a domain" },
    { "[vcpu a.0]", "[vm a.0]",
      ":12: [vm a.0] is unknown: expected [domain NAME], [vcpu NAME.N] or [event K]" },
    { "pcpu=3", "pcpu=4", ":13: [vcpu a.0] pcpu = 4: expected an integer from 0 to 3" },
    { "affinity=0-1,3", "affinity=0-4",
      ":14: [vcpu a.0] affinity = 0-4: expected pCPUs from 0 to 3 such as 0-2,5" },
    { "affinity=0-1,3", "affinity=3-1",
      ":14: [vcpu a.0] affinity = 3-1: expected pCPUs from 0 to 3 such as 0-2,5" },
    { "10:20;", "10;", ":16: [vcpu a.0] script, item 1 = 10: expected RUN:BLOCK, " },
    { "10:20;", "-2:20;", ":16: [vcpu a.0] script, item 1 = -2:20: expected RUN:" },
    { "30@b.0:40", "30@a.0:40",
      ":16: [vcpu a.0] script, item 2 = 30@a.0:40: expected RUN:" },
    { "role=server", "role=waiter", ":22: [vcpu b.0] role = waiter: expected server" },
    { "[event 3]", "[event x]", ":27: [event x] expected an event number of 2" },
    { "time_ns=200", "time_ns=99",
      ":28: [event 3] time_ns = 99: expected an integer from 100 to " },
    { "op=unpause", "op=paus",
      ":29: [event 3] op = paus: expected one of pause, unpause, set-params, "
      "set-affinity, attach, detach (did you mean pause?)" },
    { "op=unpause", "op=set-params",
      ":29: [event 3] op = set-params: expected a weight, a cap or both beside it" },
    { "op=pause", "op=detach",
      ":30: [event 3] domain = a: expected a domain that is paused then" },
};

static char *replace(const char *text, const char *line, const char *instead)
{
    g_auto(GStrv) parts = g_strsplit(text, line, 2);

    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    return g_strjoinv(instead, parts);
}

static void test_a_mistake_is_named_with_its_place(Fixture *fixture,
                                                   const void *data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        g_autofree char *text = replace(good, mistakes[i].line, mistakes[i].instead);
        g_autoptr(GError) error = NULL;

        g_assert_null(load(fixture, text, &error));
        g_assert_nonnull(error);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, fixture->path));
        g_assert_true(g_str_has_prefix(error->message + strlen(fixture->path),
                                       mistakes[i].message));
    }
}

/* It would be taken again and again at one instant. */
static void test_a_script_must_take_time(Fixture *fixture,
                                         const void *data G_GNUC_UNUSED)
{
    g_autofree char *text =
        replace(good, "10:20;30@b.0:40;50@b.0:60@b.0:70:80", "0:0;0@b.0:0");
    g_autoptr(GError) error = NULL;

    g_assert_null(load(fixture, text, &error));
    g_assert_nonnull(strstr(error->message, "expected at least one item that takes"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/golden-case/a-scenario-is-read-whole", Fixture, NULL, set_up,
               test_a_scenario_is_read_whole, tear_down);
    g_test_add("/golden-case/a-mistake-is-named-with-its-place", Fixture, NULL, set_up,
               test_a_mistake_is_named_with_its_place, tear_down);
    g_test_add("/golden-case/a-script-must-take-time", Fixture, NULL, set_up,
               test_a_script_must_take_time, tear_down);
    return g_test_run();
}
