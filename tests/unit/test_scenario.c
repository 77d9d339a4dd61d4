#include "experiments/error.h"
#include "experiments/experiment.h"
#include "experiments/run.h"

#include <glib/gstdio.h>
#include <string.h>

/* A scenario that is right, of which the tests spoil one line. */
static const char right[] = "[run]\n"
                            "duration = 100ms\n"
                            "[host]\n"
                            "pcpus = 4\n"
                            "[scheduler]\n"
                            "name = credit-3.1\n"
                            "[device-model]\n"
                            "placement = dom0\n"
                            "[workload disk]\n"
                            "source = disk-pio\n"
                            "[domain guest]\n"
                            "kind = hvm\n"
                            "workload = disk\n"
                            "pin = 0-1,3\n"
                            "[domain hog]\n"
                            "kind = hog\n"
                            "weight = 512\n";

typedef struct {
    char *folder, *path;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
    fixture->folder = g_dir_make_tmp("scenario-XXXXXX", NULL);
    fixture->path = g_build_filename(fixture->folder, "fig7.ini", NULL);
}

static void tear_down(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
    g_unlink(fixture->path);
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
}

static Experiment *load(const Fixture *fixture, const char *text,
                        const char *const *settings, GError **error)
{
    g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
    return experiment_load(fixture->path, settings, error);
}

static Experiment *load_right(const Fixture *fixture, const char *const *settings)
{
    g_autoptr(GError) error = NULL;
    Experiment *experiment = load(fixture, right, settings, &error);

    g_assert_no_error(error);
    return experiment;
}

static const Scenario *cell(const Experiment *experiment, unsigned index)
{
    return ((const ExperimentCell *)g_ptr_array_index(experiment->cells, index))
        ->scenario;
}

static void test_names_stand_for_what_they_name(Fixture *fixture,
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
static void test_the_release_decides_defaults(Fixture *fixture,
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

static void test_the_resolved_text_resolves_to_itself(Fixture *fixture,
                                                      gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.domain hog.weight=1..3", NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);
    g_autoptr(Experiment) again = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(experiment->cells->len, ==, 3);
    again = load(fixture, experiment->text, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->text, ==, experiment->text);
    g_assert_cmpuint(again->cells->len, ==, 3);
    g_assert_cmpstr(cell(again, 2)->text->str, ==, cell(experiment, 2)->text->str);
}

static void test_a_setting_stands_for_a_line(Fixture *fixture,
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
test_a_cost_change_leaves_the_other_figures(Fixture *fixture,
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
test_a_setting_of_a_swept_key_replaces_its_values(Fixture *fixture,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "sweep.host.pcpus=4, 8, 16",
                                            "host.pcpus=4, 5", NULL };
    g_autoptr(Experiment) experiment = load_right(fixture, settings);

    g_assert_cmpuint(experiment->cells->len, ==, 2);
    g_assert_cmpuint(cell(experiment, 1)->topology.n_pcpus, ==, 5);
}

static void
test_keys_of_another_scheduler_in_play_say_nothing(Fixture *fixture,
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

static void test_constraints_leave_combinations_out(Fixture *fixture,
                                                    gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = {
        "sweep.domain guest.count=1, 4, 8",
        "sweep.host.pcpus=4, 8",
        NULL,
    };
    g_autofree char *text = g_strconcat(
        right, "[sweep]\nconstraint = domain guest.count <= host.pcpus\n", NULL);
    g_autoptr(Experiment) experiment = load(fixture, text, settings, NULL);

    g_assert_cmpuint(experiment->cells->len, ==, 5);
    g_assert_cmpuint(experiment_count_runs(experiment), ==, 25);
}

static const ScenarioEvent *event_of(const Experiment *experiment, unsigned index)
{
    return g_ptr_array_index(cell(experiment, 0)->events, index);
}

static char *names_of(const ScenarioEvent *event)
{
    return g_strjoinv(" ", (char **)event->domains->pdata);
}

static void test_events_name_domains(Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *text, *names;
    } cases[] = {
        { "guest", "guest1 guest2" },          { "guest2, hog1", "guest2 hog1" },
        { "guest-dm", "guest1-dm guest2-dm" }, { "*", "Domain-0 guest1 guest2 hog1" },
        { "g*-dm", "guest1-dm guest2-dm" },    { "hog?", "hog1" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(
            "%s[event e]\nat = 1ms\ndo = pause\ndomain = %s\n", right, cases[i].text);
        static const char *const settings[] = { "domain guest.count=2", NULL };
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) experiment = load(fixture, text, settings, &error);
        g_autofree char *names = NULL;

        g_assert_no_error(error);
        names = names_of(event_of(experiment, 0));
        g_assert_cmpstr(names, ==, cases[i].names);
    }
}

static void test_events_change_what_they_name(Fixture *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
    g_autofree char *text =
        g_strconcat(right,
                    "[event w]\nat = 1ms\ndo = set-weight\nweight = 7\ndomain = hog\n"
                    "[event p]\nat = 2ms\nevery = 3ms\ncount = 4\ndo = pin\npin = 1\n"
                    "domain = hog1\n",
                    NULL);
    g_autoptr(Experiment) experiment = load(fixture, text, NULL, NULL);
    g_autoptr(Experiment) again = load(fixture, experiment->text, NULL, NULL);

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
static void test_memory_is_just_enough(Fixture *fixture,
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
        g_autoptr(Experiment) fits = load(fixture, right, settings, &error);

        g_assert_no_error(error);
        settings[2] = less;
        g_assert_null(load(fixture, right, settings, NULL));
    }
}

/* What the toolstack is to create need not fit. */
static void test_created_domains_need_no_memory_yet(Fixture *fixture,
                                                    gconstpointer data G_GNUC_UNUSED)
{
    static const char *const settings[] = { "host.memory=1GiB", "domain guest.count=9",
                                            "domain guest.creation=start", NULL };
    g_autoptr(GError) error = NULL;
    g_autoptr(Experiment) experiment = load(fixture, right, settings, &error);

    g_assert_no_error(error);
    g_assert_cmpint(
        ((const ScenarioDomain *)g_ptr_array_index(cell(experiment, 0)->domains, 0))
            ->keys.creation,
        ==, CREATION_START);
}

typedef struct {
    const char *from, *to; /* a text of the right scenario, exchanged */
    const char *message;   /* behind the path; "..." stands for anything at the end */
} BadInput;

static const BadInput bad_inputs[] = {
    { "[host]", "[hots]",
      ":3: [hots] expected one of the groups scenario, run, host, scheduler, dom0, "
      "driver-domain, stub, device-model, disk, nic, rings, domain, workload, event, "
      "sweep, output "
      "(did "
      "you "
      "mean "
      "host?)" },
    { "[host]", "[host big]", ":3: [host big] expected no name, as in [host]" },
    { "[domain hog]", "[domain]",
      ":15: [domain] expected a name, as in [domain guest]" },
    { "pcpus = 4", "pcpu = 4",
      ":4: [host] pcpu = 4: expected one of the keys pcpus, threads-per-core, "
      "cores-per-socket, costs, cost-change, memory, memory-per-domain, xen, "
      "cache-model, smt-speed (did you mean pcpus?)" },
    { "pcpus = 4", "pcpus = 4\nsmt-speed = 0%",
      ":5: [host] smt-speed = 0%: expected ..." },
    { "pcpus = 4", "pcpus = 4\ncache-model = warm",
      ":5: [host] cache-model = warm: expected one of fixed, footprint" },
    { "pin = 0-1,3", "working-set = 1GiB",
      ":14: [domain guest] working-set = 1GiB: expected ..." },
    { "pcpus = 4", "pcpus = 4MHz",
      ":4: [host] pcpus = 4MHz: expected a whole number, from 1 to 1024" },
    { "100ms", "100",
      ":2: [run] duration = 100: expected a time with its unit, such as 30ms (ns, us, "
      "ms, s, min, h), from 1ns to 1h" },
    { "pcpus = 4", "pcpus = 4\nthreads-per-core = 3",
      ":4: [host] pcpus = 4: expected whole cores of 3 threads" },
    { "pcpus = 4", "pcpus = 4\ncores-per-socket = 3",
      ":4: [host] pcpus = 4: expected whole sockets of 3 cores of 1 threads" },
    { "pcpus = 4", "pcpus = 4\ncost-change = refil high",
      ":5: [host] cost-change = refil high: expected none, or one of the figures ..." },
    { "pcpus = 4", "pcpus = 4\ncost-change = exit low + refill much",
      ":5: [host] cost-change = exit low + refill much: expected low, high, cycles or "
      "a "
      "time up to 1s, such as 790 cycles or 0.3us, in \"refill much\"" },
    { "pcpus = 4", "pcpus = 4\ncost-change = high",
      ":5: [host] cost-change = high: expected a figure and low, high or a value in "
      "\"high\"" },
    { "pcpus = 4", "pcpus = 4\ncosts = merom",
      ":5: [host] costs = merom: expected a cost profile; none is called merom or "
      "merom.ini in ..." },
    { "credit-3.1", "credit-3.2",
      ":6: [scheduler] name = credit-3.2: expected one of the schedulers ..." },
    { "name = credit-3.1", "name = credit-3.1\ntick-frist = 1ms",
      ":7: [scheduler] tick-frist = 1ms: expected one of the keys ..." },
    { "= dom0", "= domo",
      ":8: [device-model] placement = domo: expected one of the placements dom0, ..." },
    { "pcpus = 4", "pcpus = 4\nxen = 3.4",
      ":5: [host] xen = 3.4: expected one of the releases 3.0.3, 3.0.4, 3.1, 3.2, 3.3, "
      "4.17 (did you mean 3.1?)" },
    { "= dom0", "= dom0\nin-xen = rtc, ide-statsu",
      ":9: [device-model] in-xen = rtc, ide-statsu: expected registers or devices that "
      "need no qemu-dm: ..." },
    { "= dom0", "= dom0\nin-xen = ide-command",
      ":9: [device-model] in-xen = ide-command: expected registers or devices that "
      "need no qemu-dm: ..." },
    { "= dom0", "= dom0\nposted = ide-status",
      ":9: [device-model] posted = ide-status: expected registers or devices that are "
      "written: ..." },
    { "= dom0", "= dom0\ncompletion = lost\nselect-timeout = 0",
      ":9: [device-model] completion = lost: expected a select-timeout above 0 beside "
      "it" },
    { "pin = 0-1,3", "timer-mode = no-ticks",
      ":14: [domain guest] timer-mode = no-ticks: expected one of "
      "delay-for-missed-ticks, no-delay, no-missed-ticks-pending, "
      "one-missed-tick-pending..." },
    { "disk-pio", "disk-poi",
      ":10: [workload disk] source = disk-poi: expected one of the workload sources "
      "..." },
    { "source = disk-pio", "share = 2",
      ":9: [workload disk] needs source; `hvmsim list workloads` has them" },
    { "source = disk-pio", "source = trace\nfile = nowhere",
      ":11: [workload disk] file = nowhere: expected a trace; none is called nowhere "
      "or "
      "nowhere.xtr.xz in ..." },
    { "source = disk-pio", "source = trace\nfile = ./fig7.ini",
      ":11: [workload disk] file = ./fig7.ini: expected a trace that can be read: "
      "..." },
    { "workload = disk", "workload = disc",
      ":13: [domain guest] workload = disc: expected names of [workload] groups, each "
      "once: disk (did you mean disk?)" },
    { "workload = disk", "workload = disk, disk",
      ":13: [domain guest] workload = disk, disk: expected names of [workload] groups, "
      "each once: disk (did you mean disk?)" },
    { "workload = disk\n", "",
      ":11: [domain guest] needs workload, what its vCPUs do" },
    { "source = disk-pio\n[domain guest]",
      "source = poll\n[domain guest]\ndrivers = pv",
      ":12: [domain guest] drivers = pv: expected emulated, as no workload ..." },
    { "[host]", "[driver-domain]\ndevices = disk, disk\n[host]",
      ":4: [driver-domain] devices = disk, disk: expected none, disk, network or "
      "disk+network" },
    { "[host]", "[driver-domain]\ndevices = tape\n[host]",
      ":4: [driver-domain] devices = tape: expected none, disk, "
      "network or disk+network" },
    { "[host]", "[disk]\nkind = tape\n[host]",
      ":4: [disk] kind = tape: expected one of fixed, rotating, ssd" },
    { "[host]", "[disk]\nimage = 81GiB\n[host]",
      ":4: [disk] image = 81GiB: expected no more than the disk's size" },
    { "[host]", "[disk]\nsize = 1GiB\nimage = 1GiB\ncylinders = 3000000\n[host]",
      ":6: [disk] cylinders = 3000000: expected no more than the disk has sectors" },
    { "[host]", "[disk]\ntrack-seek = 20ms\n[host]",
      ":4: [disk] track-seek = 20ms: expected no more than full-seek" },
    { "[host]", "[rings]\nblock = 48\n[host]",
      ":4: [rings] block = 48: expected a power of 2, since indices run freely" },
    { "[host]", "[rings]\nnetwork = 3\n[host]",
      ":4: [rings] network = 3: expected a power of 2, since indices run freely" },
    { "kind = hog\n", "", ":15: [domain hog] needs workload, what its vCPUs do" },
    { "0-1,3", "0-1,4",
      ":14: [domain guest] pin = 0-1,4: expected all, or pCPUs from 0 to 3, such as "
      "0-1,3" },
    { "kind = hog", "kind = hig",
      ":16: [domain hog] kind = hig: expected one of hvm, hog, periodic (did you mean "
      "hog?)" },
    { "weight = 512", "timer-hz = 100",
      ":17: [domain hog] timer-hz = 100: expected one of the keys kind, count, vcpus, "
      "start, start-spread, memory, creation, stop, lifetime, replace, working-set, "
      "pin, weight, cap" },
    { "weight = 512", "weight = 0",
      ":17: [domain hog] weight = 0: expected a whole number, from 1 to 65535" },
    { "weight = 512", "cap = 40",
      ":17: [domain hog] cap = 40: expected a percentage, such as 40%, from 0% to "
      "102400%" },
    { "weight = 512", "slice = 10ms",
      ":17: [domain hog] slice = 10ms: expected one of the keys ..." },
    { "weight = 512",
      "weight = 512\n[domain guest1]\n"
      "kind = hog\ncount = 11\n[domain guest11]\nkind = hog",
      ": [domain guest11]: expected names of its own, and guest111 is taken" },
    { "weight = 512", "weight = 512\n[sweep]\ndomain gest.count = 1, 2",
      ":19: [sweep] domain gest.count = 1, 2: expected a key of one of the groups "
      "run, host, scheduler, dom0, driver-domain, stub, device-model, disk, nic, "
      "rings, workload "
      "disk, "
      "domain "
      "guest, domain hog (did you mean domain guest?)" },
    { "weight = 512", "weight = 512\n[sweep]\ndomain guest.count = 1, two",
      ":19: [domain guest] count = two: expected a whole number, from 0 to 4096" },
    { "pcpus = 4", "pcpus = 4\nmemory = 1GiB",
      ":5: [host] memory = 1GiB: expected 1048MiB for all domains with their device "
      "models (dom0 512MiB, guest 276MiB, hog 260MiB)" },
    { "weight = 512", "weight = 512\nstart = 2ms\nstop = 2ms",
      ":19: [domain hog] stop = 2ms: expected a time after start and start-spread" },
    { "weight = 512", "weight = 512\nreplace = yes",
      ":18: [domain hog] replace = yes: expected lifetime beside it" },
    { "weight = 512", "weight = 512\ncreation = begin",
      ":18: [domain hog] creation = begin: expected one of static, start, event" },
    { "pin = 0-1,3", "boot = boot",
      ":14: [domain guest] boot = boot: expected the name of a [workload] group" },
    { "pin = 0-1,3", "drivers = pv\nlifetime = 1s",
      ":14: [domain guest] drivers = pv: expected emulated, as guests with PV drivers "
      "neither come nor go" },
    { "pin = 0-1,3", "arrival-interval = 1s\nlifetime = 1s",
      ":14: [domain guest] arrival-interval = 1s: expected 0, as guests that are sent "
      "frames neither come nor go" },
    { "pin = 0-1,3", "lifetime = 1s\n[driver-domain]\ndevices = disk",
      ":11: [domain guest] with a driver domain, no guest comes or goes" },
    { "pin = 0-1,3", "drivers = pv\n[event e]\nat = 1ms\ndo = destroy\ndomain = guest1",
      ":18: [event e] domain = guest1: expected no guest with PV drivers ..." },
    { "weight = 512", "weight = 512\n[event e]\ndo = pause\ndomain = hog1",
      ":18: [event e] needs at" },
    { "weight = 512", "weight = 512\n[event e]\nat = 1ms\ndomain = hog1",
      ":18: [event e] needs do" },
    { "weight = 512", "weight = 512\n[event e]\nat = 1ms\ndo = pause",
      ":18: [event e] needs domain" },
    { "weight = 512", "weight = 512\n[event e]\nat = 1ms\ndo = puase\ndomain = hog1",
      ":20: [event e] do = puase: expected one of create, ..." },
    { "weight = 512", "weight = 512\n[event e]\nat = 1ms\ndo = pause\ndomain = hig1",
      ":21: [event e] domain = hig1: expected names or groups of domains, with * and ? "
      "if need be: Domain-0, guest, guest1, guest-dm, hog, hog1 (did you mean hog1?)" },
    { "weight = 512", "weight = 512\n[event e]\nat = 1ms\ndo = pause\ndomain = hog2",
      ":21: [event e] domain = hog2: expected names or groups of domains, ..." },
    { "weight = 512", "weight = 512\n[event e]\nat = 600ms\ndo = pause\ndomain = hog",
      ":19: [event e] at = 600ms: expected a time before the end of the run, 600ms "
      "(warmup and duration)" },
    { "weight = 512",
      "weight = 512\n[event e]\nat = 1ms\ncount = 3\ndo = pause\ndomain = hog",
      ":20: [event e] count = 3: expected every beside it" },
    { "weight = 512",
      "weight = 512\n[event e]\nat = 1ms\ndo = set-weight\ndomain = hog\ncap = 10%",
      ":18: [event e] do = set-weight needs weight" },
    { "weight = 512",
      "weight = 512\n[event e]\nat = 1ms\ndo = pause\ndomain = hog\nweight = 3",
      ":22: [event e] weight = 3: expected one of the keys at, ..." },
    { "weight = 512",
      "weight = 512\n[event e]\nat = 1ms\ndo = pin\ndomain = hog\npin = 4",
      ":22: [event e] pin = 4: expected all, or pCPUs from 0 to 3, such as 0-1,3" },
    { "weight = 512", "weight = 512\n[event e]\nat = 1ms\ndo = pin\ndomain = hog",
      ":18: [event e] do = pin needs pin" },
    { "weight = 512",
      "weight = 512\n[event e]\nat = 1ms\ndo = detach\ndomain = hog\nparent = hog1",
      ":22: [event e] parent = hog1: expected it only with do = attach" },
    { "weight = 512",
      "weight = 512\n[event e]\nat = 1ms\ndo = attach\ndomain = hog\nparent = hig1",
      ":22: [event e] parent = hig1: expected one domain: ..." },
    { "weight = 512",
      "weight = 512\n[sweep]\nhost.pcpus = 4, 5\n"
      "constraint = host.pcpus < 4",
      ":18: [sweep] keeps none of its 2 combinations: expected constraints that some "
      "combination meets" },
};

static bool is_message(const char *message, const char *path, const char *expected)
{
    const char *dots = strstr(expected, "...");
    const bool has_path = g_str_has_prefix(message, path);
    const char *rest = message + strlen(path);

    if (!dots || dots[3] != '\0')
        return has_path && strcmp(rest, expected) == 0;
    return has_path && strncmp(rest, expected, (size_t)(dots - expected)) == 0;
}

static void test_messages_name_the_line(Fixture *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(bad_inputs); i++) {
        const BadInput *input = &bad_inputs[i];
        g_autoptr(GString) text = g_string_new(right);
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) experiment = NULL;

        g_assert_cmpuint(g_string_replace(text, input->from, input->to, 1), ==, 1);
        experiment = load(fixture, text->str, NULL, &error);
        g_assert_null(experiment);
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        if (!is_message(error->message, fixture->path, input->message))
            g_error("\nfound    %s\nexpected %s", error->message, input->message);
    }
}

static void test_messages_about_settings(Fixture *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *setting, *message;
    } cases[] = {
        { "duration", "--set duration: expected GROUP.KEY=TEXT, such as "
                      "run.duration=1s" },
        { "duration=1s", "--set duration=1s: expected GROUP.KEY=TEXT, such as "
                         "run.duration=1s" },
        { "run.duration=", "--set run.duration=: expected GROUP.KEY=TEXT, such as "
                           "run.duration=1s" },
        { "run.duration=1", "--set: [run] duration = 1: expected a time with its unit, "
                            "such as 30ms (ns, us, ms, s, min, h), from 1ns to 1h" },
        { "run.duraton=1s", "--set: [run] duraton = 1s: expected one of the keys "
                            "duration, warmup, seed, replications (did you mean "
                            "duration?)" },
        { "domain gest.count=1",
          "--set domain gest.count=1: expected a key of one of the groups run, host, "
          "scheduler, dom0, driver-domain, stub, device-model, disk, nic, rings, "
          "workload disk, "
          "domain "
          "guest, "
          "domain hog (did you mean domain guest?)" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const settings[] = { cases[i].setting, NULL };
        g_autoptr(GError) error = NULL;

        g_assert_null(load(fixture, right, settings, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

static void test_seeds_have_nothing_in_common(Fixture *fixture G_GNUC_UNUSED,
                                              gconstpointer data G_GNUC_UNUSED)
{
    g_assert_cmpuint(run_seed(1, 0), ==, run_seed(1, 0));
    g_assert_cmpuint(run_seed(1, 1), !=, run_seed(2, 0));
    g_assert_cmpuint(run_seed(1, 1), !=, run_seed(1, 0) + 1);
    g_assert_cmpuint(run_seed(1, 0), <=, G_MAXINT64);
}

static void add(const char *path, void (*test)(Fixture *fixture, gconstpointer data))
{
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
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
    add("/scenario/constraints_leave_combinations_out",
        test_constraints_leave_combinations_out);
    add("/scenario/events_name_domains", test_events_name_domains);
    add("/scenario/events_change_what_they_name", test_events_change_what_they_name);
    add("/scenario/memory_is_just_enough", test_memory_is_just_enough);
    add("/scenario/created_domains_need_no_memory_yet",
        test_created_domains_need_no_memory_yet);
    add("/scenario/messages_name_the_line", test_messages_name_the_line);
    add("/scenario/messages_about_settings", test_messages_about_settings);
    add("/scenario/seeds_have_nothing_in_common", test_seeds_have_nothing_in_common);
    return g_test_run();
}
