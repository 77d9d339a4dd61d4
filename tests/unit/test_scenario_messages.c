#include "experiments/input/error.h"
#include "tests/unit/scenario_file.h"

#include <string.h>

typedef struct {
    const char *from, *to; /* a text of the right scenario, exchanged */
    const char *message;   /* behind the path; "..." stands for anything */
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
      "cache-model, smt-speed, "
      "timer-phases (did you mean pcpus?)" },
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
      ":5: [host] costs = merom: expected a hardware profile; none is called merom or "
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
    { "source = disk-pio", "source = network\ncard = ne200",
      ":11: [workload disk] card = ne200: expected one of rtl8139, ne2000 "
      "(did you mean ne2000?)" },
    { "source = disk-pio", "source = ps2\nhold = 0",
      ":11: [workload disk] hold = 0: expected a time ..." },
    { "source = disk-pio", "source = ps2\nholds = 1ms",
      ":11: [workload disk] holds = 1ms: expected one of the keys ..." },
    { "source = disk-pio", "source = trace\nfile = nowhere",
      ":11: [workload disk] file = nowhere: expected a trace; none is called nowhere "
      "or "
      "nowhere.xtr.xz in ..." },
    { "source = disk-pio", "source = trace\nfile = /nowhere/a.xtr.xz",
      ":11: [workload disk] file = /nowhere/a.xtr.xz: expected a trace; none is called "
      "/nowhere/a.xtr.xz" },
    { "source = disk-pio", "source = trace\nfile = ./fig7.ini",
      ":11: [workload disk] file = ./fig7.ini: expected a trace that can be read: "
      "..." },
    { "workload = disk", "workload = disc",
      ":13: [domain guest] workload = disc: expected names of [workload] groups, each "
      "once: disk (did you mean disk?)" },
    { "workload = disk", "workload = disk, disk",
      ":13: [domain guest] workload = disk, disk: expected names of [workload] groups, "
      "each once, not disk twice" },
    { "[workload disk]\nsource = disk-pio\n", "",
      ":11: [domain guest] workload = disk: expected names of [workload] groups, each "
      "once: this scenario has none" },
    { "workload = disk\n", "workload = ,\n",
      ":13: [domain guest] workload = ,: expected names of [workload] groups, each "
      "once: disk" },
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
      "pin, weight, cap; it belongs to [domain NAME] with kind = hvm" },
    { "weight = 512", "weight = 0",
      ":17: [domain hog] weight = 0: expected a whole number, from 1 to 65535" },
    { "weight = 512", "cap = 40",
      ":17: [domain hog] cap = 40: expected a percentage, such as 40%, from 0% to "
      "102400%" },
    { "weight = 512", "slice = 10ms",
      ":17: [domain hog] slice = 10ms: expected one of the keys ...; it belongs to the "
      "schedulers rtds-4.17, nemesis-atropos, sedf-3.1" },
    { "weight = 512", "weight = 512\nscheduler = sedf-3.1",
      ":18: [domain hog] scheduler = sedf-3.1: expected ...; it belongs to "
      "[scheduler], "
      "as name" },
    { "weight = 512", "weight = 512\nrate = 1GiB/s",
      ":18: [domain hog] rate = 1GiB/s: expected ...; it belongs to [disk], [nic]" },
    { "weight = 512", "weight = 512\nplacement = stub",
      ":18: [domain hog] placement = stub: expected ...; it belongs to [device-model], "
      "[domain NAME] with kind = hvm" },
    { "weight = 512",
      "weight = 512\n[domain guest1]\n"
      "kind = hog\ncount = 11\n[domain guest11]\nkind = hog",
      ":21: [domain guest11] count = 1: expected names of its own, and guest111 is "
      "taken" },
    { "weight = 512", "weight = 512\n[domain Domain-0]\nkind = hog",
      ":18: [domain Domain-0] expected another name: the model has a domain of its own "
      "that is called so" },
    { "weight = 512", "weight = 512\n[domain dom0]\nkind = hog\ncount = 0",
      ":18: [domain dom0] expected another name: the model has ..." },
    { "weight = 512", "weight = 512\n[domain driver-domain]\nkind = hog",
      ":18: [domain driver-domain] expected another name: the model has ..." },
    { "weight = 512", "weight = 512\n[domain guest-dm]\nkind = hog",
      ":18: [domain guest-dm] expected another name: the stub domains of [domain "
      "guest] are called so" },
    { "weight = 512", "weight = 512\ncount = 4096\nvcpus = 8",
      ":18: [domain hog] count = 4096: expected fewer domains or vCPUs: those up to "
      "here may need 106534 timers, and 65535 is the most" },
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
    { "pin = 0-1,3", "placement = stob",
      ":14: [domain guest] placement = stob: expected one of the placements dom0, "
      "stub, "
      "stub+sdom, linux-stub (did you mean stub?)" },
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
      ":20: [sweep] constraint = host.pcpus < 4: expected constraints that some "
      "combination meets" },
    { "weight = 512",
      "weight = 512\n[sweep]\nhost.pcpus = 4, 5\nconstraint = host.pcpus > 4\n"
      "constraint = host.pcpus < 5\nconstraint = host.pcpus < 4",
      ":21: [sweep] constraint = host.pcpus < 5: expected constraints that some "
      "combination meets" },
};

static bool is_message(const char *message, const char *path, const char *expected)
{
    const char *dots = strstr(expected, "...");
    const bool has_path = g_str_has_prefix(message, path);
    const char *rest = message + strlen(path);

    if (!dots)
        return has_path && strcmp(rest, expected) == 0;
    return has_path && strncmp(rest, expected, (size_t)(dots - expected)) == 0 &&
           g_str_has_suffix(rest, dots + 3);
}

static void test_messages_name_the_line(ScenarioFile *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(bad_inputs); i++) {
        const BadInput *input = &bad_inputs[i];
        g_autoptr(GString) text = g_string_new(right_scenario);
        g_autoptr(GError) error = NULL;
        g_autoptr(Experiment) experiment = NULL;

        g_assert_cmpuint(g_string_replace(text, input->from, input->to, 1), ==, 1);
        experiment = scenario_file_load(fixture, text->str, NULL, &error);
        g_assert_null(experiment);
        g_assert_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT);
        if (!is_message(error->message, fixture->path, input->message))
            g_error("\nfound    %s\nexpected %s", error->message, input->message);
    }
}

static void test_messages_about_settings(ScenarioFile *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
    static const struct {
        const char *setting, *message;
    } cases[] = {
        { "duration", "--set duration: expected GROUP.KEY=TEXT, such as "
                      "run.duration=1s" },
        { "duration=1s", "--set duration=1s: expected GROUP.KEY=TEXT, such as "
                         "run.duration=1s" },
        { "run.duration=", "--set run.duration=: expected a text behind the =" },
        { "sweep.host.pcpus=",
          "--set sweep.host.pcpus=: expected a text behind the =" },
        { "run.duration=1", "--set: [run] duration = 1: expected a time with its unit, "
                            "such as 30ms (ns, us, ms, s, min, h), from 1ns to 1h" },
        { "run.duraton=1s", "--set: [run] duraton = 1s: expected one of the keys "
                            "duration, warmup, seed, replications (did you mean "
                            "duration?)" },
        { "sweep.run.seed=1, 2",
          "--set: [sweep] run.seed = 1, 2: expected a key of the model; [run] "
          "replications, or --replications N, runs each combination with so many "
          "seeds" },
        { "sweep.run.replications=1, 2",
          "--set: [sweep] run.replications = 1, 2: expected a key of the model; [run] "
          "replications = N, or --replications N, is how often each combination "
          "runs" },
        { "sweep.constraint=host.pcpus > 4",
          "--set: [sweep] constraint = host.pcpus > 4: expected constraints that some "
          "combination meets" },
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

        g_assert_null(scenario_file_load(fixture, right_scenario, settings, &error));
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/scenario/messages_name_the_line", ScenarioFile, NULL,
               scenario_file_set_up, test_messages_name_the_line,
               scenario_file_tear_down);
    g_test_add("/scenario/messages_about_settings", ScenarioFile, NULL,
               scenario_file_set_up, test_messages_about_settings,
               scenario_file_tear_down);
    return g_test_run();
}
