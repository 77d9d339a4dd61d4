#include "experiments/batch/run.h"
#include "experiments/input/error.h"
#include "tests/unit/scenario_file.h"

#include <string.h>

static Experiment *load_right(const ScenarioFile *fixture, const char *const *settings)
{
    g_autoptr(GError) error = NULL;
    Experiment *experiment =
        scenario_file_load(fixture, right_scenario, settings, &error);

    g_assert_no_error(error);
    return experiment;
}

static const Scenario *cell(const Experiment *experiment, unsigned index)
{
    return ((const ExperimentCell *)g_ptr_array_index(experiment->cells, index))
        ->scenario;
}

static void test_names_stand_for_what_they_name(ScenarioFile *fixture,
                                                gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(Experiment) experiment = load_right(fixture, NULL);
    const Scenario *scenario = cell(experiment, 0);
    const ScenarioDomain *guest = g_ptr_array_index(scenario->domains, 0);
    const ScenarioDomain *hog = g_ptr_array_index(scenario->domains, 1);

    g_assert_cmpuint(experiment->cells->len, ==, 1);
    g_assert_cmpstr(scenario->names.name, ==, "fig7");
    g_assert_cmpint(scenario->run.duration_ns, ==, 100 * NS_PER_MS);
    g_assert_cmpuint(scenario->topology.cores_per_socket, ==, 4);
    g_assert_cmpstr(scenario->scheduler->name, ==, "credit-3.1");
    g_assert_cmpstr(scenario->placement->name, ==, "dom0");
    g_assert_cmpstr(scenario->profile->name, ==, "merom-2007");
    g_assert_cmpuint(guest->workloads->len, ==, 1);
    g_assert_cmpuint(mask_count(&guest->pinning), ==, 3);
    g_assert_false(mask_has(&guest->pinning, 2));
    g_assert_cmpint(hog->keys.sched.weight, ==, 512);
    g_assert_cmpuint(hog->keys.sched.set, ==, PARAM_WEIGHT | PARAM_CAP);
    g_assert_cmpuint(hog->pinning.n_words, ==, 0);
}

/* What the scenario leaves open is as the release has it. */
static void test_the_release_decides_defaults(ScenarioFile *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.host.xen=3.1, 3.3", NULL };
    static const char *const kept[] = { "host.xen=3.3",
                                        "device-model.buffered-entries=7", NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);
    g_autoptr(Experiment) other = load_right(fixture, kept);

    g_assert_cmpint(cell(experiment, 0)->device_model.n_posted_places, ==, 80);
    g_assert_cmpint(cell(experiment, 1)->device_model.n_posted_places, ==, 511);
    g_assert_cmpint(cell(experiment, 1)->device_model.completion, ==,
                    COMPLETION_ASYNCHRONOUS);
    g_assert_cmpint(cell(other, 0)->device_model.n_posted_places, ==, 7);
}

static void test_the_resolved_text_resolves_to_itself(ScenarioFile *fixture,
                                                      gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.domain hog.weight=1..3", NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);
    g_autoptr(Experiment) again = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(experiment->cells->len, ==, 3);
    again = scenario_file_load(fixture, experiment->text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->text, ==, experiment->text);
    g_assert_cmpuint(again->cells->len, ==, 3);
    g_assert_cmpstr(cell(again, 2)->text->str, ==, cell(experiment, 2)->text->str);
}

static void test_a_setting_stands_for_a_line(ScenarioFile *fixture,
                                             gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "host.pcpus=8", "domain guest.count=3",
                                            "domain.hog.weight = 64", "dom0.vcpus=2",
                                            NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);
    const Scenario *scenario = cell(experiment, 0);
    const ScenarioDomain *guest = g_ptr_array_index(scenario->domains, 0);
    const ScenarioDomain *hog = g_ptr_array_index(scenario->domains, 1);

    g_assert_cmpuint(scenario->topology.n_pcpus, ==, 8);
    g_assert_cmpint(guest->keys.count, ==, 3);
    g_assert_cmpint(hog->keys.sched.weight, ==, 64);
    g_assert_cmpint(scenario->dom0.n_vcpus, ==, 2);
}

static void
test_a_cost_change_leaves_the_other_figures(ScenarioFile *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = {
        "sweep.host.cost-change=none, refill high, exit low + ipi 1us + instruction 2 "
        "cycles",
        NULL
    };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);
    const CostProfile *plain = cell(experiment, 0)->profile;
    const CostProfile *second = cell(experiment, 1)->profile;
    const CostProfile *third = cell(experiment, 2)->profile;

    g_assert_cmpint(second->figures[COST_REFILL].cycles, ==,
                    plain->figures[COST_REFILL].high_cycles);
    g_assert_cmpint(second->figures[COST_EXIT].cycles, ==,
                    plain->figures[COST_EXIT].cycles);
    g_assert_cmpint(third->figures[COST_EXIT].cycles, ==,
                    plain->figures[COST_EXIT].low_cycles);
    g_assert_cmpint(third->figures[COST_IPI].cycles, ==, 2660);
    g_assert_cmpint(third->cpi_milli, ==, 2000);
    g_assert_cmpint(third->figures[COST_REFILL].cycles, ==,
                    plain->figures[COST_REFILL].cycles);
    g_assert_cmpstr(third->name, ==, "merom-2007");
}

static void
test_a_setting_of_a_swept_key_replaces_its_values(ScenarioFile *fixture,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.host.pcpus=4, 8, 16",
                                            "host.pcpus=4, 5", NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);

    g_assert_cmpuint(experiment->cells->len, ==, 2);
    g_assert_cmpuint(cell(experiment, 1)->topology.n_pcpus, ==, 5);
}

static void
test_keys_of_another_scheduler_in_play_say_nothing(ScenarioFile *fixture,
                                                   gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.scheduler.name=credit-3.1, sedf-3.1",
                                            "domain guest.period=20ms",
                                            "domain guest.slice=5ms", NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);
    const ScenarioDomain *credit = g_ptr_array_index(cell(experiment, 0)->domains, 0);
    const ScenarioDomain *sedf = g_ptr_array_index(cell(experiment, 1)->domains, 0);

    g_assert_cmpuint(credit->keys.sched.set, ==, PARAM_WEIGHT | PARAM_CAP);
    g_assert_cmpuint(sedf->keys.sched.set, ==, PARAM_PERIOD | PARAM_SLICE);
    g_assert_cmpint(sedf->keys.sched.slice_ns, ==, 5 * NS_PER_MS);
}

/* The verb decides what the parameters are for, the scheduler which there are. */
static void
test_a_swept_event_takes_its_keys_in_each_combination(ScenarioFile *fixture,
                                                      gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = {
        "sweep.scheduler.name=credit-3.1, sedf-3.1, credit2-4.17",
        "sweep.event e.weight=7, 9", "sweep.event e.do=set-weight, set-parameters", NULL
    };
    g_autofree char *text = g_strconcat(
        right_scenario, "[event e]\nat = 1ms\ndo = set-weight\ndomain = hog\n", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment =
        scenario_file_load(fixture, text, settings, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(experiment->cells->len, ==, 12);
    for (unsigned i = 0; i < 12; i++) {
        const ScenarioEvent *event = g_ptr_array_index(cell(experiment, i)->events, 0);
        const bool has_weights = i / 4 != 1;

        g_assert_cmpuint(event->keys.sched.set, ==, has_weights ? PARAM_WEIGHT : 0);
        g_assert_cmpint(event->keys.verb, ==,
                        i % 2 == 0 ? EVENT_SET_WEIGHT : EVENT_SET_PARAMETERS);
        if (has_weights)
            g_assert_cmpint(event->keys.sched.weight, ==, i / 2 % 2 == 0 ? 7 : 9);
    }
}

/* Of the value in each combination, found in its resolved text. */
static void assert_texts(const Experiment *experiment, const char *key,
                         const char *const *texts)
{
    for (unsigned i = 0; i < experiment->cells->len; i++) {
        g_autofree char *line = g_strdup_printf("\n%s = %s\n", key, texts[i]);

        if (!strstr(cell(experiment, i)->text->str, line))
            g_error("combination %u has not %s", i, line + 1);
    }
}

/* Keys whose meaning another swept key decides, swept themselves: no value is dropped.
 */
static void test_a_swept_key_is_taken_beside_another(ScenarioFile *fixture,
                                                     gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *other, *sweep, *key, *texts[4];
    } cases[] = {
        { "sweep.disk.kind=fixed, ssd",
          "sweep.disk.access=50us, 90us",
          "access",
          { "50us", "90us", "50us", "90us" } },
        { "sweep.disk.kind=rotating, fixed",
          "sweep.disk.rpm=60, 90",
          "rpm",
          { "60", "90", "60", "90" } },
        { "sweep.workload disk.source=disk-pio, disk-dma",
          "sweep.workload disk.sectors=8, 16",
          "sectors",
          { "8", "16", "8", "16" } },
        { "sweep.workload disk.source=disk-dma, network",
          "sweep.workload disk.think=1ms, 2ms",
          "think",
          { "1ms", "2ms", "1ms", "2ms" } },
        { "sweep.host.xen=3.1, 3.3",
          "sweep.device-model.completion=thread, lost",
          "completion",
          { "thread", "lost", "thread", "lost" } },
        { "sweep.host.xen=3.3, 3.1",
          "sweep.device-model.buffered-entries=0, 7",
          "buffered-entries",
          { "0", "7", "0", "7" } },
        { "sweep.domain guest.arrival-interval=0, 1ms",
          "sweep.domain guest.arrival-distribution=exponential, constant",
          "arrival-distribution",
          { "exponential", "constant", "exponential", "constant" } },
        { "sweep.domain hog.kind=hog, periodic",
          "sweep.domain hog.vcpus=2, 3",
          "vcpus",
          { "2", "3", "2", "3" } },
        { "sweep.domain hog.creation=static, start",
          "sweep.domain hog.start=1ms, 2ms",
          "start",
          { "1ms", "2ms", "1ms", "2ms" } },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const settings[] = { cases[i].other, cases[i].sweep, NULL };
        g_autoptr(Experiment) experiment = load_right(fixture, settings);

        g_assert_cmpuint(experiment->cells->len, ==, 4);
        assert_texts(experiment, cases[i].key, cases[i].texts);
    }
}

/* Several workloads in one scenario: each has its own keys of one name. */
static void test_workloads_keep_their_own_keys(ScenarioFile *fixture,
                                               gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.workload disk.sectors=8, 16",
                                            "sweep.domain guest.workload=disk, other",
                                            NULL };
    g_autofree char *text = g_strconcat(
        right_scenario, "[workload other]\nsource = disk-dma\nsectors = 24\n", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment =
        scenario_file_load(fixture, text, settings, &error);

    g_assert_no_error(error);
    assert_texts(experiment, "sectors", (const char *const[]){ "8", "8", "16", "16" });
    assert_texts(experiment, "sectors",
                 (const char *const[]){ "24", "24", "24", "24" });
    assert_texts(experiment, "workload",
                 (const char *const[]){ "disk", "other", "disk", "other" });
}

/* A key that only one of the swept kinds or sources has is refused where it is not. */
static void test_a_key_of_another_kind_is_refused(ScenarioFile *fixture,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *other, *setting, *expected;
    } cases[] = {
        { "sweep.domain hog.kind=periodic, hog", "domain hog.run=5ms",
          "run = 5ms: expected one of the keys" },
        { "sweep.domain hog.kind=hog, periodic", "sweep.domain hog.run=5ms, 6ms",
          "run = 5ms: expected one of the keys" },
        { "sweep.workload disk.source=disk-pio, console", "workload disk.sectors=8",
          "sectors = 8: expected one of the keys" },
        { "sweep.workload disk.source=disk-dma, disk-pio", "workload disk.polls=2",
          "polls = 2: expected one of the keys" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const settings[] = { cases[i].other, cases[i].setting, NULL };
        g_autoptr(GError) error = NULL;

        g_assert_null(scenario_file_load(fixture, right_scenario, settings, &error));
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        if (!strstr(error->message, cases[i].expected))
            g_error("\nfound    %s\nexpected %s", error->message, cases[i].expected);
    }
}

static void test_constraints_leave_combinations_out(ScenarioFile *fixture,
                                                    gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = {
        "sweep.domain guest.count=1, 4, 8",
        "sweep.host.pcpus=4, 8",
        NULL,
    };
    g_autofree char *text =
        g_strconcat(right_scenario,
                    "[sweep]\nconstraint = domain guest.count <= host.pcpus\n", NULL);
    g_autoptr(Experiment) experiment =
        scenario_file_load(fixture, text, settings, NULL);

    g_assert_cmpuint(experiment->cells->len, ==, 5);
    g_assert_cmpuint(experiment_count_runs(experiment), ==, 25);
}

/* --set leaves one of the file's schedulers: the others' keys are right all the same.
 */
static void test_a_narrowed_sweep_is_still_right(ScenarioFile *fixture,
                                                 gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "scheduler.name=credit-3.1", NULL };
    g_autofree char *swept = g_strconcat(
        right_scenario,
        "period = 20ms\n[sweep]\nscheduler.name = sedf-3.1, credit-3.1\n", NULL);
    g_auto(GStrv) parts = g_strsplit(right_scenario, "credit-3.1", 2);
    g_autofree char *named =
        g_strconcat(parts[0], "sedf-3.1", parts[1], "period = 20ms\n", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) narrowed =
        scenario_file_load(fixture, swept, settings, &error);
    g_autoptr(Experiment) other = NULL, wrong = NULL;

    g_assert_no_error(error);
    g_assert_cmpuint(narrowed->cells->len, ==, 1);
    g_assert_null(strstr(narrowed->text, "period"));
    other = scenario_file_load(fixture, named, settings, &error);
    g_assert_no_error(error);
    wrong = scenario_file_load(fixture, right_scenario,
                               (const char *const[]){ "domain hog.period=20ms", NULL },
                               &error);
    g_assert_null(wrong);
}

static const ScenarioEvent *event_of(const Experiment *experiment, unsigned index)
{
    return g_ptr_array_index(cell(experiment, 0)->events, index);
}

static char *names_of(const ScenarioEvent *event)
{
    return g_strjoinv(" ", (char **)event->domains->pdata);
}

static void test_events_name_domains(ScenarioFile *fixture,
                                     gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *text, *names;
    } cases[] = {
        { "guest", "guest1 guest2" },
        { "guest2, hog1", "guest2 hog1" },
        { "guest-dm", "guest1-dm guest2-dm" },
        { "*", "Domain-0 guest1 guest2 hog1" },
        { "g*-dm", "guest1-dm guest2-dm" },
        { "hog?", "hog1" },
        { "guest2, g*, guest1", "guest2 guest1" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text =
            g_strdup_printf("%s[event e]\nat = 1ms\ndo = pause\ndomain = %s\n",
                            right_scenario, cases[i].text);
        static const char *const settings[] = { "domain guest.count=2", NULL };
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) experiment =
            scenario_file_load(fixture, text, settings, &error);
        g_autofree char *names = NULL;

        g_assert_no_error(error);
        names = names_of(event_of(experiment, 0));
        g_assert_cmpstr(names, ==, cases[i].names);
    }
}

static void test_events_change_what_they_name(ScenarioFile *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *text =
        g_strconcat(right_scenario,
                    "[event w]\nat = 1ms\ndo = set-weight\nweight = 7\ndomain = hog\n"
                    "[event p]\nat = 2ms\nevery = 3ms\ncount = 4\ndo = pin\npin = 1\n"
                    "domain = hog1\n",
                    NULL);
    g_autoptr(Experiment) experiment = scenario_file_load(fixture, text, NULL, NULL);
    g_autoptr(Experiment) again =
        scenario_file_load(fixture, experiment->text, NULL, NULL);

    g_assert_cmpstr(again->text, ==, experiment->text);
    g_assert_cmpuint(event_of(again, 0)->keys.sched.set, ==, PARAM_WEIGHT);
    g_assert_cmpint(event_of(again, 0)->keys.sched.weight, ==, 7);
    g_assert_cmpint(event_of(again, 0)->order, ==, ORDER_SET_PARAMETERS);
    g_assert_cmpint(event_of(again, 1)->keys.every_ns, ==, 3 * NS_PER_MS);
    g_assert_cmpint(event_of(again, 1)->keys.count, ==, 4);
    g_assert_true(mask_has(&event_of(again, 1)->pinning, 1));
}

/* A stub domain takes its memory, and the hypervisor's part once more; qemu-dm that of
 * a process. */
static void test_memory_is_just_enough(ScenarioFile *fixture,
                                       gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *placement;
        int mib;
    } cases[] = {
        { "dom0", 512 + 2 * (256 + 4 + 16) + 260 },
        { "stub", 512 + 2 * (256 + 4 + 32 + 4) + 260 },
        { "stub+sdom", 512 + 2 * (256 + 4 + 32 + 4) + 260 },
        { "linux-stub", 512 + 2 * (256 + 4 + 128 + 4) + 260 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *enough = g_strdup_printf("host.memory=%dMiB", cases[i].mib);
        g_autofree char *less = g_strdup_printf("host.memory=%dMiB", cases[i].mib - 1);
        g_autofree char *placement =
            g_strdup_printf("device-model.placement=%s", cases[i].placement);
        const char *settings[] = { "domain guest.count=2", placement, enough, NULL };
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) fits =
            scenario_file_load(fixture, right_scenario, settings, &error);

        g_assert_no_error(error);
        g_assert_nonnull(fits);
        settings[2] = less;
        g_assert_null(scenario_file_load(fixture, right_scenario, settings, NULL));
    }
}

/* What the toolstack is to create need not fit. */
static void test_created_domains_need_no_memory_yet(ScenarioFile *fixture,
                                                    gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "host.memory=1GiB", "domain guest.count=9",
                                            "domain guest.creation=start", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment =
        scenario_file_load(fixture, right_scenario, settings, &error);

    g_assert_no_error(error);
    g_assert_cmpint(
        ((const ScenarioDomain *)g_ptr_array_index(cell(experiment, 0)->domains, 0))
            ->keys.creation,
        ==, CREATION_START);
}

static void test_seeds_have_nothing_in_common(ScenarioFile *fixture G_GNUC_UNUSED,
                                              gconstpointer data G_GNUC_UNUSED)
{
    g_assert_cmpuint(run_seed(1, 0), ==, run_seed(1, 0));
    g_assert_cmpuint(run_seed(1, 1), !=, run_seed(2, 0));
    g_assert_cmpuint(run_seed(1, 1), !=, run_seed(1, 0) + 1);
    g_assert_cmpuint(run_seed(1, 0), <=, G_MAXINT64);
}

static void add(const char *path,
                void (*test)(ScenarioFile *fixture, gconstpointer data))
{
    g_test_add(path, ScenarioFile, NULL, scenario_file_set_up, test,
               scenario_file_tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/scenario/names_stand_for_what_they_name",
        test_names_stand_for_what_they_name);
    add("/scenario/the_release_decides_defaults", test_the_release_decides_defaults);
    add("/scenario/the_resolved_text_resolves_to_itself",
        test_the_resolved_text_resolves_to_itself);
    add("/scenario/a_setting_stands_for_a_line", test_a_setting_stands_for_a_line);
    add("/scenario/a_cost_change_leaves_the_other_figures",
        test_a_cost_change_leaves_the_other_figures);
    add("/scenario/a_setting_of_a_swept_key_replaces_its_values",
        test_a_setting_of_a_swept_key_replaces_its_values);
    add("/scenario/keys_of_another_scheduler_in_play_say_nothing",
        test_keys_of_another_scheduler_in_play_say_nothing);
    add("/scenario/a_swept_event_takes_its_keys_in_each_combination",
        test_a_swept_event_takes_its_keys_in_each_combination);
    add("/scenario/a_swept_key_is_taken_beside_another",
        test_a_swept_key_is_taken_beside_another);
    add("/scenario/workloads_keep_their_own_keys", test_workloads_keep_their_own_keys);
    add("/scenario/a_key_of_another_kind_is_refused",
        test_a_key_of_another_kind_is_refused);
    add("/scenario/constraints_leave_combinations_out",
        test_constraints_leave_combinations_out);
    add("/scenario/a_narrowed_sweep_is_still_right",
        test_a_narrowed_sweep_is_still_right);
    add("/scenario/events_name_domains", test_events_name_domains);
    add("/scenario/events_change_what_they_name", test_events_change_what_they_name);
    add("/scenario/memory_is_just_enough", test_memory_is_just_enough);
    add("/scenario/created_domains_need_no_memory_yet",
        test_created_domains_need_no_memory_yet);
    add("/scenario/seeds_have_nothing_in_common", test_seeds_have_nothing_in_common);
    return g_test_run();
}
