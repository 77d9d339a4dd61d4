#include "experiments/captures/capture_machine.h"

#include "experiments/captures/capture_costs.h"
#include "experiments/captures/guest_script.h"
#include "models/error.h"
#include "sim/random.h"

/* Every kernel of the captures is a Linux 6.1, CFS, with 250 ticks a second; its qemu
 * waits without a timeout. */
#define KERNEL_HZ 250

#define DEFAULT_WEIGHT 256

/* Timers of domain 0's kernel and its daemons: wakes that are not the trace reader's,
 * and not the tick after another wake. 3 to 11 a second in the captures in which domain
 * 0 takes no part, more with two vCPUs, of which each has timers. */
#define DAEMON_INTERVAL_NS (NS_PER_S / 5)

/* With two vCPUs, domain 0 takes 5.3 us longer from an answer to its block than with
 * one (hvm2-hog2-2p against hvm-pio-hog-1p). */
#define BALANCE_NS 5300

/* hvm-disk-1p: from the answer to a read command, or to the last word of a sector when
 * others follow, to dom0's block takes 21.7 us longer than from other answers. */
#define DISK_COMPLETION_NS 21700

/* xentrace, as its wakes in stub-pio-narrow-1p show it: 0.83 MB in 0.87 ms every 100
 * ms; the figure of an empty pass is from pv-cap40-1p. */
#define READER_POLL_NS     (100 * NS_PER_MS)
#define READER_PASS_NS     (17 * NS_PER_US)
#define READER_KILOBYTE_NS 1020

/* Ticks follow each other by 1.4 to 3.7 us more than 10 ms in the captures of one pCPU,
 * accountings by 2.7 us more than 30 ms. */
#define TIMER_LAG_NS 2500

/* Phases of starts, drawn per replication. */
#define START_SPREAD_NS (100 * NS_PER_MS)

/* The machine's parameters and what they point to. */
struct CaptureMachine {
    Machine *machine;
    CostProfile *profile, *stub_profile, *pv_guest_profile;
    MachineParams params;
    XenRelease xen;
    GArray *guests, *neighbours;
    GPtrArray *workloads;
    void *scheduler_options;
    gsl_rng *phases;
};

static int64_t draw_phase_ns(CaptureMachine *setup)
{
    return (int64_t)(gsl_rng_uniform(setup->phases) * (double)START_SPREAD_NS);
}

static SchedParams sched_of(const CaptureDomain *domain)
{
    return (SchedParams){ .set = PARAM_WEIGHT | PARAM_CAP,
                          .weight = domain->weight,
                          .cap_percent = domain->cap_percent };
}

/* A boot sector runs on the first vCPU; any others stay halted, as the firmware leaves
 * them, and a halted vCPU takes part in nothing. */
static void add_guest(CaptureMachine *setup, const CaptureScenario *scenario,
                      const CaptureDomain *domain)
{
    Workload **workload = g_new(Workload *, 1);
    const CaptureDomain *stub = capture_scenario_stub_of(scenario, domain->name);
    GuestParams guest = { .name = domain->name,
                          .id = (unsigned)domain->id,
                          .sched = sched_of(domain),
                          .n_vcpus = 1,
                          .workloads = workload,
                          .start_ns = draw_phase_ns(setup),
                          .timer = { .hz = domain->timer_hz } };

    if (stub) {
        guest.placement = placement_ops_by_name("linux-stub", NULL);
        guest.stub.sched = sched_of(stub);
        guest.stub.id = (unsigned)stub->id;
        guest.stub.tick_phase_ns = draw_phase_ns(setup);
        guest.stub.profile = setup->stub_profile;
    }
    workload[0] = guest_script_new(domain);
    g_ptr_array_add(setup->workloads, workload);
    g_array_append_val(setup->guests, guest);
}

static void add_neighbour(CaptureMachine *setup, const CaptureDomain *domain)
{
    const bool is_hog = domain->workload == CAPTURE_HOG;
    const NeighbourParams neighbour = {
        .name = domain->name,
        .id = (unsigned)domain->id,
        .sched = sched_of(domain),
        .n_vcpus = (unsigned)domain->vcpus,
        .run_ns = is_hog ? TIME_NEVER_NS : domain->run_us * NS_PER_US,
        .block_ns = domain->sleep_us * NS_PER_US,
        .start_ns = draw_phase_ns(setup),
        .has_linux = true,
        .kernel_profile = setup->pv_guest_profile,
    };

    g_array_append_val(setup->neighbours, neighbour);
}

/* Paused domains and those without work take no part. */
static void add_domain(CaptureMachine *setup, const CaptureScenario *scenario,
                       const CaptureDomain *domain)
{
    if (domain->kind == CAPTURE_DOM0) {
        setup->params.dom0.n_vcpus = (unsigned)domain->vcpus;
        setup->params.dom0.daemon_interval_ns = DAEMON_INTERVAL_NS / domain->vcpus;
        setup->params.dom0.sched = sched_of(domain);
        return;
    }
    if (domain->is_paused || domain->workload == CAPTURE_IDLE)
        return;
    if (domain->kind == CAPTURE_HVM)
        add_guest(setup, scenario, domain);
    else
        add_neighbour(setup, domain);
}

typedef struct {
    const char *key;
    int64_t value;
    const char *unit;
} SchedulerSetting;

static bool set_option(CaptureMachine *setup, const SchedulerSetting *setting,
                       GError **error)
{
    const Option *options = setup->params.host.scheduler->options;
    g_autofree char *text =
        g_strdup_printf("%" G_GINT64_FORMAT "%s", setting->value, setting->unit);

    if (option_parse(option_find(options, setting->key), text,
                     setup->scheduler_options))
        return true;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                "[host] %s = %s is not one that Xen 4.17 takes", setting->key, text);
    return false;
}

static int64_t draw_ns(gsl_rng *draws, int64_t below_ns)
{
    return (int64_t)(gsl_rng_uniform(draws) * (double)below_ns);
}

/* Every timer is armed anew when its handler runs, some us late: after a minute the
 * accounting falls anywhere between two ticks, and those of the pCPUs are apart. In the
 * captures accounting is 1.1 to 9.95 ms before the next tick. */
static bool set_phases(CaptureMachine *setup, const CaptureScenario *scenario,
                       uint64_t replication, GError **error)
{
    const int64_t slice_ns = scenario->tslice_ms * NS_PER_MS;
    gsl_rng *draws = random_stream_new(replication, "captures/ticks");
    const SchedulerSetting phases[] = {
        { "tick-first", draw_ns(draws, slice_ns / 3), "ns" },
        { "tick-stagger", draw_ns(draws, slice_ns / 3), "ns" },
        { "accounting-first", draw_ns(draws, slice_ns), "ns" },
        { "timer-lag", TIMER_LAG_NS, "ns" },
    };

    gsl_rng_free(draws);
    for (unsigned i = 0; i < G_N_ELEMENTS(phases); i++)
        if (!set_option(setup, &phases[i], error))
            return false;
    return true;
}

static bool set_scheduler(CaptureMachine *setup, const CaptureScenario *scenario,
                          GError **error)
{
    const SchedulerOps *ops = scheduler_ops_by_name("credit-4.17", error);
    const SchedulerSetting settings[] = {
        { "tslice", scenario->tslice_ms, "ms" },
        { "ratelimit", scenario->ratelimit_us, "us" },
        { "migration-delay", scenario->migration_delay_us, "us" },
    };

    if (!ops)
        return false;
    setup->params.host.scheduler = ops;
    setup->scheduler_options = g_malloc0(ops->options_size);
    setup->params.host.scheduler_options = setup->scheduler_options;
    option_set_defaults(ops->options, setup->scheduler_options);
    for (unsigned i = 0; i < G_N_ELEMENTS(settings); i++)
        if (!set_option(setup, &settings[i], error))
            return false;
    return true;
}

/* The profile's resume was measured where reads are decoded a second time, in it. */
static void set_release(CaptureMachine *setup)
{
    setup->xen = *xen_release_by_name("4.17", NULL);
    setup->xen.repeats_reads = false;
    setup->params.path = (DevicePath){ .xen = &setup->xen,
                                       .n_posted_places = setup->xen.n_posted_places,
                                       .completion = setup->xen.completion };
}

static void prepare(CaptureMachine *setup, const CaptureScenario *scenario)
{
    const unsigned n_pcpus = (unsigned)scenario->n_pcpus;

    setup->guests = g_array_new(false, false, sizeof(GuestParams));
    setup->neighbours = g_array_new(false, false, sizeof(NeighbourParams));
    setup->workloads = g_ptr_array_new_with_free_func(g_free);
    setup->params = (MachineParams){
        .host = { .topology = { n_pcpus, 1, n_pcpus } },
        .profile = setup->profile,
        .placement = placement_ops_by_name("dom0", NULL),
        .dom0 = { .n_vcpus = 1, /* unless the file tells of domain 0 */
                  .sched = { .set = PARAM_WEIGHT, .weight = DEFAULT_WEIGHT },
                  .daemon_interval_ns = DAEMON_INTERVAL_NS,
                  .hz = KERNEL_HZ,
                  .scheduler = &linux_cfs,
                  .balance_ns = BALANCE_NS },
        .trace_reader = { .poll_ns = READER_POLL_NS,
                          .pass_ns = READER_PASS_NS,
                          .kilobyte_ns = READER_KILOBYTE_NS,
                          .traces_hypercalls = scenario->traces_everything,
                          .traps_rdtsc = capture_traps_rdtsc(scenario) },
        .disk_completion_ns = DISK_COMPLETION_NS,
        .nic = { .bits_per_s = 1000000000 },
    };
    set_release(setup);
    for (unsigned i = 0; i < scenario->domains->len; i++)
        add_domain(setup, scenario, g_ptr_array_index(scenario->domains, i));
    setup->params.guests = (const GuestParams *)(void *)setup->guests->data;
    setup->params.n_guests = setup->guests->len;
    setup->params.neighbours = (const NeighbourParams *)(void *)setup->neighbours->data;
    setup->params.n_neighbours = setup->neighbours->len;
}

CaptureMachine *capture_machine_new(const CaptureScenario *scenario,
                                    const CostProfile *profile, uint64_t replication,
                                    GError **error)
{
    g_autoptr(CaptureMachine) setup = g_new0(CaptureMachine, 1);

    setup->profile = capture_costs_new(profile, scenario);
    setup->stub_profile = capture_costs_of_stubs(profile, scenario);
    setup->pv_guest_profile = capture_costs_of_pv_guests(profile, scenario);
    setup->phases = random_stream_new(replication, "captures/phases");
    prepare(setup, scenario);
    if (!set_scheduler(setup, scenario, error) ||
        !set_phases(setup, scenario, replication, error))
        return NULL;
    setup->machine = machine_new(&setup->params);
    return g_steal_pointer(&setup);
}

void capture_machine_free(CaptureMachine *setup)
{
    if (!setup)
        return;
    machine_free(setup->machine);
    g_array_unref(setup->guests);
    g_array_unref(setup->neighbours);
    g_ptr_array_unref(setup->workloads);
    g_free(setup->scheduler_options);
    gsl_rng_free(setup->phases);
    cost_profile_free(setup->profile);
    cost_profile_free(setup->stub_profile);
    cost_profile_free(setup->pv_guest_profile);
    g_free(setup);
}

Machine *capture_machine_get(const CaptureMachine *setup)
{
    return setup->machine;
}

bool capture_machine_has_guest(const CaptureMachine *setup, unsigned domain_id)
{
    for (unsigned i = 0; i < setup->params.n_guests; i++)
        if (setup->params.guests[i].id == domain_id)
            return true;
    return false;
}
