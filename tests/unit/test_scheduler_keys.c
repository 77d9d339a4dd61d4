#include "experiments/input/error.h"
#include "tests/unit/scenario_file.h"

#include <string.h>

/* Keys that several schedulers have, in scenarios that run or name several of them:
 * each takes the value. All ordered pairs, each with all the keys that both have. */

static char *scenario_under(const char *scheduler, const char *lines)
{
    g_auto(GStrv) parts = g_strsplit(right_scenario, "name = credit-3.1\n", 2);

    return g_strconcat(parts[0], "name = ", scheduler, "\n", lines, parts[1], NULL);
}

static Experiment *load(const ScenarioFile *fixture, const char *text,
                        const char *const *settings)
{
    g_autoptr(GError) error = NULL;
    Experiment *experiment = scenario_file_load(fixture, text, settings, &error);

    g_assert_no_error(error);
    return experiment;
}

/* That [scheduler] of the combination has exactly this value of the key. */
static void assert_value(const Experiment *experiment, unsigned cell,
                         const SchedulerOps *scheduler, const char *key,
                         const char *value)
{
    const Scenario *scenario =
        ((const ExperimentCell *)g_ptr_array_index(experiment->cells, cell))->scenario;
    g_autofree char *line = g_strdup_printf("\n%s = %s\n", key, value);
    const char *group = strstr(scenario->text->str, "\n[scheduler]\n");
    const char *end = strstr(group + 1, "\n[");
    g_autofree char *found = option_format(option_find(scheduler->options, key),
                                           scenario->scheduler_options);

    g_assert_true(scenario->scheduler == scheduler);
    g_assert_cmpstr(found, ==, value);
    g_assert_nonnull(g_strstr_len(group, end - group + 1, line));
}

/* A value that is not the default, as the key is written in resolved scenarios. */
static char *unusual_value(const Option *option)
{
    g_autofree char *usual = ini_text_value(option, option->default_text);
    const int64_t low_and_above[] = { option->low, option->low + 1 };

    if (option->kind == OPTION_BOOL)
        return g_strdup(g_str_equal(usual, "yes") ? "no" : "yes");
    if (option->kind == OPTION_CHOICE)
        return g_strdup(option->choices[g_str_equal(usual, option->choices[0])]);
    g_assert_cmpint(option->kind, ==, OPTION_INTEGER);
    for (unsigned i = 0; i < G_N_ELEMENTS(low_and_above); i++) {
        g_autofree char *text = units_format(low_and_above[i], option->unit);

        if (!g_str_equal(text, usual))
            return g_steal_pointer(&text);
    }
    g_assert_not_reached();
}

/* A key that both have, and two values of it. */
typedef struct {
    const SchedulerOps *first, *second;
    const char *key, *value, *usual;
} Shared;

typedef void (*CheckShared)(const ScenarioFile *fixture, const Shared *shared);

/* The number of keys that two schedulers have. */
static unsigned for_each_of(const ScenarioFile *fixture, const SchedulerOps *first,
                            const SchedulerOps *second, CheckShared check)
{
    unsigned n = 0;

    for (const Option *option = first->options; option && option->key; option++) {
        g_autofree char *value = NULL, *usual = NULL;

        if (!option_find(second->options, option->key))
            continue;
        value = unusual_value(option);
        usual = ini_text_value(option, option->default_text);
        check(fixture, &(Shared){ first, second, option->key, value, usual });
        n++;
    }
    return n;
}

static void for_each_shared(const ScenarioFile *fixture, CheckShared check)
{
    unsigned n = 0;

    for (const SchedulerOps *const *first = scheduler_ops_all(); *first; first++)
        for (const SchedulerOps *const *second = scheduler_ops_all(); *second; second++)
            if (*first != *second)
                n += for_each_of(fixture, *first, *second, check);
    g_assert_cmpuint(n, >, 0);
}

static void check_in_the_file(const ScenarioFile *fixture, const Shared *shared)
{
    g_autofree char *line = g_strdup_printf("%s = %s\n", shared->key, shared->value);
    g_autofree char *text = scenario_under(shared->first->name, line);
    g_autofree char *names = g_strdup_printf("sweep.scheduler.name=%s, %s",
                                             shared->first->name, shared->second->name);
    const char *const settings[] = { names, NULL };
    g_autoptr(Experiment) experiment = load(fixture, text, settings);

    assert_value(experiment, 0, shared->first, shared->key, shared->value);
    assert_value(experiment, 1, shared->second, shared->key, shared->value);
}

static void check_by_a_setting(const ScenarioFile *fixture, const Shared *shared)
{
    g_autofree char *text = scenario_under(shared->first->name, "");
    g_autofree char *names = g_strdup_printf("sweep.scheduler.name=%s, %s",
                                             shared->first->name, shared->second->name);
    g_autofree char *key =
        g_strdup_printf("scheduler.%s=%s", shared->key, shared->value);
    const char *const settings[] = { key, names, NULL };
    g_autoptr(Experiment) experiment = load(fixture, text, settings);

    assert_value(experiment, 0, shared->first, shared->key, shared->value);
    assert_value(experiment, 1, shared->second, shared->key, shared->value);
}

static void check_swept(const ScenarioFile *fixture, const Shared *shared)
{
    g_autofree char *sweep =
        g_strdup_printf("%s\n[sweep]\nscheduler.%s = %s, %s\nscheduler.name = %s, %s\n",
                        right_scenario, shared->key, shared->usual, shared->value,
                        shared->first->name, shared->second->name);
    g_autoptr(Experiment) experiment = load(fixture, sweep, NULL);

    g_assert_cmpuint(experiment->cells->len, ==, 4);
    assert_value(experiment, 0, shared->first, shared->key, shared->usual);
    assert_value(experiment, 1, shared->second, shared->key, shared->usual);
    assert_value(experiment, 2, shared->first, shared->key, shared->value);
    assert_value(experiment, 3, shared->second, shared->key, shared->value);
}

/* The file's scheduler is left by --set: its key stays, in the file or by --set. */
static void check_renamed(const ScenarioFile *fixture, const Shared *shared)
{
    g_autofree char *line = g_strdup_printf("%s = %s\n", shared->key, shared->value);
    g_autofree char *text = scenario_under(shared->first->name, line);
    g_autofree char *name = g_strdup_printf("scheduler.name=%s", shared->second->name);
    g_autofree char *key =
        g_strdup_printf("scheduler.%s=%s", shared->key, shared->usual);
    const char *settings[] = { name, NULL, NULL };
    g_autoptr(Experiment) of_file = load(fixture, text, settings);
    g_autoptr(Experiment) by_setting = NULL;

    assert_value(of_file, 0, shared->second, shared->key, shared->value);
    settings[1] = key;
    by_setting = load(fixture, text, settings);
    assert_value(by_setting, 0, shared->second, shared->key, shared->usual);
}

static void test_shared(ScenarioFile *fixture, gconstpointer check)
{
    for_each_shared(fixture, *(const CheckShared *)check);
}

static void test_each_has_its_own_range(ScenarioFile *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *names, *key, *expected; /* NULL: all take it */
    } cases[] = {
        { "credit-4.17, credit2-4.17", "ratelimit = 500ms", NULL },
        { "credit-4.17, credit2-4.17", "ratelimit = 501ms", "from 0ns to 500ms" },
        { "credit2-4.17, credit-4.17", "ratelimit = 501ms", "from 0ns to 500ms" },
        { "credit-3.1, credit-4.17", "tslice = 2s", "from 1ms to 1s" },
        { "credit-4.17, credit-3.1", "tslice = 2s", "from 1ms to 1s" },
        { "credit-3.1, credit-3.4", "ratelimit = 1ms", "one of the keys " },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "%s[scheduler]\n%s\n[sweep]\nscheduler.name = %s\n",
            strstr(right_scenario, "[device-model]"), cases[i].key, cases[i].names);
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) experiment =
            scenario_file_load(fixture, text, NULL, &error);

        g_assert_cmpint(experiment != NULL, ==, cases[i].expected == NULL);
        if (experiment)
            continue;
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        g_assert_nonnull(strstr(error->message, cases[i].key));
        g_assert_nonnull(strstr(error->message, cases[i].expected));
    }
}

static void add(const char *path, const CheckShared *check)
{
    g_test_add(path, ScenarioFile, check, scenario_file_set_up, test_shared,
               scenario_file_tear_down);
}

int main(int argc, char **argv)
{
    const CheckShared in_the_file = check_in_the_file;
    const CheckShared by_a_setting = check_by_a_setting;
    const CheckShared swept = check_swept, renamed = check_renamed;

    g_test_init(&argc, &argv, NULL);
    add("/scheduler_keys/each_takes_a_key_of_the_file", &in_the_file);
    add("/scheduler_keys/each_takes_a_key_by_a_setting", &by_a_setting);
    add("/scheduler_keys/each_takes_each_swept_value", &swept);
    add("/scheduler_keys/a_new_name_leaves_the_key", &renamed);
    g_test_add("/scheduler_keys/each_has_its_own_range", ScenarioFile, NULL,
               scenario_file_set_up, test_each_has_its_own_range,
               scenario_file_tear_down);
    return g_test_run();
}
