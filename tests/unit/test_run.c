#include "experiments/batch/experiment.h"
#include "experiments/batch/run.h"
#include "experiments/batch/starvation.h"
#include "experiments/input/error.h"

#include <glib/gstdio.h>

static const char text[] = "[run]\n"
                           "duration = 100ms\n"
                           "warmup = 20ms\n"
                           "[host]\n"
                           "pcpus = 2\n"
                           "[disk]\n"
                           "seek = 5ms\n"
                           "rate = 1GiB/s\n"
                           "[workload dma]\n"
                           "source = disk-dma\n"
                           "[workload pio]\n"
                           "source = disk-pio\n"
                           "[domain guest]\n"
                           "kind = hvm\n"
                           "workload = dma\n"
                           "start-spread = 10ms\n"
                           "[domain hog]\n"
                           "kind = hog\n";

static Experiment *load(const char *const *settings)
{
    g_autofree char *folder = g_dir_make_tmp("run-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "small.ini", NULL);
    g_autoptr(GError) error = NULL;
    Experiment *experiment;

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    experiment = experiment_load(path, settings, &error);
    g_assert_no_error(error);
    g_unlink(path);
    g_rmdir(folder);
    return experiment;
}

static RunRecord *simulate(const char *const *settings, uint64_t seed)
{
    g_autoptr(Experiment) experiment = load(settings);
    const ExperimentCell *cell = g_ptr_array_index(experiment->cells, 0);
    const int stop = 0;
    g_autoptr(GError) error = NULL;
    RunRecord *record = run_simulate(cell->scenario, seed, &stop, &error);

    g_assert_no_error(error);
    return record;
}

static const DomainRecord *domain_of(const RunRecord *record, const char *name)
{
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, i);

        if (g_str_equal(domain->name, name))
            return domain;
    }
    g_assert_not_reached();
}

static void test_a_run_measures_after_its_warm_up(void)
{
    g_autoptr(RunRecord) record = simulate(NULL, 1);

    g_assert_cmpint(record->warmup_ns, ==, 20 * NS_PER_MS);
    g_assert_cmpint(record->measured_ns, ==, 100 * NS_PER_MS);
    g_assert_cmpint(domain_of(record, "guest1")->role, ==, ROLE_GUEST);
    g_assert_cmpint(domain_of(record, "hog1")->role, ==, ROLE_NEIGHBOUR);
    g_assert_cmpuint(domain_of(record, "guest1")->requests, >, 0);
}

/* One stub domain serves all vCPUs of its guest, one request after the other: those in
 * line are not in service, or the utilisation law would not hold. */
static void test_requests_of_several_vcpus_wait_their_turn(void)
{
    static const char *const settings[] = { "host.pcpus=8",
                                            "domain guest.vcpus=4",
                                            "domain guest.workload=pio",
                                            "device-model.placement=stub",
                                            "disk.seek=0",
                                            "run.duration=1s",
                                            NULL };
    g_autoptr(RunRecord) record = simulate(settings, 1);
    const DomainRecord *guest = domain_of(record, "guest1");
    const DomainRecord *stub = domain_of(record, "guest1-dm");

    g_assert_cmpint(guest->stage_ns[STAGE_WAIT_TASK], >, 0);
    g_assert_cmpint(guest->stage_ns[STAGE_SERVICE] + guest->stage_ns[STAGE_REPLY], <=,
                    stub->ran_ns + stub->overhead_ns + NS_PER_MS);
}

static void test_the_same_seed_is_the_same_run(void)
{
    g_autoptr(RunRecord) first = simulate(NULL, 1);
    g_autoptr(RunRecord) second = simulate(NULL, 1);
    g_autoptr(RunRecord) other = simulate(NULL, 2);

    g_assert_cmpuint(first->host.events, ==, second->host.events);
    g_assert_cmpint(domain_of(first, "guest1")->latency_sum_ns, ==,
                    domain_of(second, "guest1")->latency_sum_ns);
    g_assert_cmpint(first->host.idle_ns, !=, other->host.idle_ns);
}

/* Nothing else in them is drawn. */
static void test_phases_of_timers_may_be_drawn(void)
{
    static const char *const fixed[] = { "domain guest.start-spread=0",
                                         "scheduler.name=credit-4.17", NULL };
    static const char *const drawn[] = { "domain guest.start-spread=0",
                                         "scheduler.name=credit-4.17",
                                         "host.timer-phases=drawn", NULL };
    g_autoptr(RunRecord) first = simulate(fixed, 1);
    g_autoptr(RunRecord) second = simulate(fixed, 2);
    g_autoptr(RunRecord) drawn_first = simulate(drawn, 1);
    g_autoptr(RunRecord) drawn_again = simulate(drawn, 1);
    g_autoptr(RunRecord) drawn_second = simulate(drawn, 2);

    g_assert_cmpint(first->host.idle_ns, ==, second->host.idle_ns);
    g_assert_cmpint(drawn_first->host.idle_ns, !=, first->host.idle_ns);
    g_assert_cmpint(drawn_first->host.idle_ns, ==, drawn_again->host.idle_ns);
    g_assert_cmpint(drawn_first->host.idle_ns, !=, drawn_second->host.idle_ns);
}

static void test_a_warm_up_may_be_nothing(void)
{
    static const char *const settings[] = { "run.warmup=0", NULL };
    g_autoptr(RunRecord) record = simulate(settings, 1);

    g_assert_cmpint(record->warmup_ns, ==, 0);
    g_assert_cmpint(record->measured_ns, ==, 100 * NS_PER_MS);
}

static void test_a_stopped_run_leaves_no_record(void)
{
    g_autoptr(Experiment) experiment = load(NULL);
    const ExperimentCell *cell = g_ptr_array_index(experiment->cells, 0);
    const int stop = 1;
    g_autoptr(GError) error = NULL;

    g_assert_null(run_simulate(cell->scenario, 1, &stop, &error));
    g_assert_no_error(error);
}

/* A disk of 5 ms per transfer makes 20 in 100 ms, however often the timer ends the
 * guest's HLT meanwhile. */
static void test_a_guest_waits_for_its_disk_and_not_for_its_timer(void)
{
    static const char *const placements[] = { "device-model.placement=dom0",
                                              "device-model.placement=stub" };

    for (unsigned i = 0; i < G_N_ELEMENTS(placements); i++) {
        const char *const settings[] = { placements[i], "domain guest.timer-hz=1000",
                                         NULL };
        g_autoptr(RunRecord) record = simulate(settings, 1);
        const DomainRecord *guest = domain_of(record, "guest1");

        g_assert_cmpuint(guest->transfers, >=, 15);
        g_assert_cmpuint(guest->transfers, <=, 20);
        g_assert_cmpint(guest->transfer_sum_ns, >=,
                        (int64_t)guest->transfers * 5 * NS_PER_MS);
    }
}

/* With PV drivers, and frames from outside, by a driver domain: destroyed after so
 * long, and replaced. The laws of a run hold, or there would be no record. */
static void test_guests_of_every_kind_come_and_go(void)
{
    static const char *const placements[] = { "device-model.placement=dom0",
                                              "device-model.placement=stub",
                                              "device-model.placement=stub+sdom",
                                              "device-model.placement=linux-stub" };

    for (unsigned i = 0; i < G_N_ELEMENTS(placements); i++) {
        const char *const settings[] = { placements[i],
                                         "run.duration=1500ms",
                                         "host.pcpus=4",
                                         "domain hog.count=0",
                                         "driver-domain.devices=disk+network",
                                         "domain guest.drivers=pv",
                                         "domain guest.arrival-interval=1ms",
                                         "domain guest.memory=16MiB",
                                         "domain guest.lifetime=100ms",
                                         "domain guest.replace=yes",
                                         NULL };
        g_autoptr(RunRecord) record = simulate(settings, 1);
        const DomainRecord *guest = domain_of(record, "guest1");

        g_assert_cmpuint(guest->creations, >, 0);
        g_assert_cmpuint(guest->destructions, >, 0);
        g_assert_cmpuint(guest->transfers, >, 10);
    }
}

/* What is said of two runs of the first combination. */
static char *describe_starvation(const char *const *settings)
{
    g_autoptr(Experiment) experiment = load(settings);
    g_autoptr(RunRecord) record = simulate(settings, 1);
    Starvation *starvation = starvation_new(experiment);
    char *description;

    starvation_add(starvation, 0, record);
    starvation_add(starvation, 0, record);
    description = starvation_describe(starvation);
    starvation_free(starvation);
    return description;
}

/* The schedule has no place for them. */
static void test_who_never_runs_is_told(void)
{
    static const char *const settings[] = { "scheduler.name=arinc653", "host.pcpus=1",
                                            "domain hog.count=8", NULL };
    g_autofree char *description = describe_starvation(settings);

    g_assert_cmpstr(
        description, ==,
        "in 2 of the 2 runs made now domains were runnable and had no CPU time after "
        "the warm-up:\n"
        "  small: guest1, hog1, hog2, hog3, hog4, hog5 and 3 more (2 runs)");
}

static void test_who_has_nothing_to_do_does_not_starve(void)
{
    static const char *const absent[] = { "domain guest.start=10s",
                                          "domain hog.creation=event", NULL };
    static const char *const gone[] = { "domain hog.stop=10ms", NULL };
    g_autofree char *of_all = describe_starvation(NULL);
    g_autofree char *of_absent = describe_starvation(absent);
    g_autofree char *of_gone = describe_starvation(gone);

    g_assert_null(of_all);
    g_assert_null(of_absent);
    g_assert_null(of_gone);
}

/* Of the command line, too, every constraint holds. */
static void test_constraints_add_up(void)
{
    static const char *const settings[] = { "sweep.host.pcpus=1, 2, 3, 4",
                                            "sweep.constraint=host.pcpus >= 2",
                                            "sweep.constraint=host.pcpus <= 3", NULL };
    g_autoptr(Experiment) experiment = load(settings);

    g_assert_cmpuint(experiment->cells->len, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/run/a_run_measures_after_its_warm_up",
                    test_a_run_measures_after_its_warm_up);
    g_test_add_func("/run/requests of several vCPUs wait their turn",
                    test_requests_of_several_vcpus_wait_their_turn);
    g_test_add_func("/run/the_same_seed_is_the_same_run",
                    test_the_same_seed_is_the_same_run);
    g_test_add_func("/run/phases of timers may be drawn",
                    test_phases_of_timers_may_be_drawn);
    g_test_add_func("/run/a_warm_up_may_be_nothing", test_a_warm_up_may_be_nothing);
    g_test_add_func("/run/a_stopped_run_leaves_no_record",
                    test_a_stopped_run_leaves_no_record);
    g_test_add_func("/run/guests_of_every_kind_come_and_go",
                    test_guests_of_every_kind_come_and_go);
    g_test_add_func("/run/a_guest_waits_for_its_disk_and_not_for_its_timer",
                    test_a_guest_waits_for_its_disk_and_not_for_its_timer);
    g_test_add_func("/run/who_never_runs_is_told", test_who_never_runs_is_told);
    g_test_add_func("/run/who_has_nothing_to_do_does_not_starve",
                    test_who_has_nothing_to_do_does_not_starve);
    g_test_add_func("/run/constraints_add_up", test_constraints_add_up);
    return g_test_run();
}
