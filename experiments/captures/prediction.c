#include "experiments/captures/prediction.h"

#include "experiments/captures/guest_script.h"
#include "models/error.h"
#include "models/machine.h"
#include "sim/random.h"

#include <string.h>

#define WARMUP_NS (10 * NS_PER_S)

/* Every kernel of the captures is a Linux 6.1 with 250 ticks a second; its qemu waits
 * without a timeout. */
#define KERNEL_HZ 250

/* Domain 0 wakes some 38 times a second for its own sake (stub-pio-narrow-1p). */
#define DAEMON_INTERVAL_NS (NS_PER_S / 38)

/* A capture shows one second of guests that were started by hand, at phases that are
 * not recorded. As many runs with drawn phases are averaged. */
#define REPLICATIONS    10
#define START_SPREAD_NS (100 * NS_PER_MS)

/* What a record costs, and a trapped RDTSC (captures' README): with every hypercall
 * traced, a call is one record more, a switch of tasks or into idle four. */
#define RECORD_CYCLES       390
#define SWITCH_RECORDS      4
#define RDTSC_CYCLES        1300
#define RDTSCS_BEFORE_REPLY 13
#define RDTSCS_AFTER_REPLY  8
/* The way from the answer to the block is longer in a stub domain's Linux than in
 * dom0's: 14,130 ns in stub-pio-narrow-1p, 12,420 in hvm-piolight-narrow-1p. */
#define STUB_LOOP_CYCLES 1700

/* What all replications have shown of a domain. */
typedef struct {
    int64_t id;
    GArray *trips_ns; /* of int64_t */
    int64_t running_ns;
    bool is_hvm;
} DomainSamples;

typedef struct {
    GPtrArray *domains; /* of DomainSamples, by index */
    uint64_t switches;
    bool is_measuring;
} Samples;

static void free_samples(void *data)
{
    DomainSamples *samples = data;

    g_array_unref(samples->trips_ns);
    g_free(samples);
}

static DomainSamples *samples_of(Samples *samples, const Domain *domain)
{
    return g_ptr_array_index(samples->domains, domain->index);
}

/* Exit to entry: the guest's next instruction is what ends a request. */
static void on_request(void *listener, int64_t now_ns, const Request *request)
{
    Samples *samples = listener;
    const int64_t trip_ns = now_ns - request->issued_ns;

    if (samples->is_measuring)
        g_array_append_val(samples_of(samples, request->guest->domain)->trips_ns,
                           trip_ns);
}

/* The machine's parameters and what they point to. */
typedef struct {
    MachineParams params;
    GArray *guests, *neighbours;
    GPtrArray *workloads;
    void *scheduler_options;
    gsl_rng *phases;
} Setup;

static int64_t draw_phase_ns(Setup *setup)
{
    return (int64_t)(gsl_rng_uniform(setup->phases) * (double)START_SPREAD_NS);
}

static SchedParams sched_of(const CaptureDomain *domain)
{
    return (SchedParams){ .set = PARAM_WEIGHT | PARAM_CAP,
                          .weight = domain->weight,
                          .cap_percent = domain->cap_percent };
}

static void add_guest(Setup *setup, const CaptureScenario *scenario,
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
                          .timer_hz = domain->timer_hz };

    if (stub) {
        guest.stub_sched = sched_of(stub);
        guest.stub_id = (unsigned)stub->id;
    }
    workload[0] = guest_script_new(domain);
    g_ptr_array_add(setup->workloads, workload);
    g_array_append_val(setup->guests, guest);
}

static void add_neighbour(Setup *setup, const CaptureDomain *domain)
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
    };

    g_array_append_val(setup->neighbours, neighbour);
}

/* Paused domains and those without work take no part. */
static void add_domain(Setup *setup, const CaptureScenario *scenario,
                       const CaptureDomain *domain)
{
    if (domain->kind == CAPTURE_DOM0) {
        setup->params.dom0.n_vcpus = (unsigned)domain->vcpus;
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

static bool set_scheduler(Setup *setup, const CaptureScenario *scenario, GError **error)
{
    const SchedulerOps *ops = scheduler_ops_by_name("credit-4.17", error);
    const struct {
        const char *key;
        int64_t value;
        const char *unit;
    } options[] = {
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
    for (unsigned i = 0; i < G_N_ELEMENTS(options); i++) {
        g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "%s",
                                                options[i].value, options[i].unit);

        if (!option_parse(option_find(ops->options, options[i].key), text,
                          setup->scheduler_options)) {
            g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                        "[host] %s = %s is not one that Xen 4.17 takes", options[i].key,
                        text);
            return false;
        }
    }
    return true;
}

/* The machine of one replication. */
static bool setup_init(Setup *setup, const CaptureScenario *scenario,
                       const CostProfile *profile, uint64_t replication, GError **error)
{
    const unsigned n_pcpus = (unsigned)scenario->n_pcpus;

    setup->guests = g_array_new(false, false, sizeof(GuestParams));
    setup->neighbours = g_array_new(false, false, sizeof(NeighbourParams));
    setup->workloads = g_ptr_array_new_with_free_func(g_free);
    setup->phases = random_stream_new(replication, "captures/phases");
    setup->scheduler_options = NULL;
    setup->params = (MachineParams){
        .host = { .topology = { n_pcpus, 1, n_pcpus } },
        .profile = profile,
        .dom0 = { .hz = KERNEL_HZ, .daemon_interval_ns = DAEMON_INTERVAL_NS },
        .nic = { .bits_per_s = 1000000000 },
    };
    setup->params.placement =
        placement_ops_by_name(scenario->placement == 1 ? "linux-stub" : "dom0", error);
    for (unsigned i = 0; i < scenario->domains->len; i++)
        add_domain(setup, scenario, g_ptr_array_index(scenario->domains, i));
    setup->params.guests = (const GuestParams *)(void *)setup->guests->data;
    setup->params.n_guests = setup->guests->len;
    setup->params.neighbours = (const NeighbourParams *)(void *)setup->neighbours->data;
    setup->params.n_neighbours = setup->neighbours->len;
    return setup->params.placement && set_scheduler(setup, scenario, error);
}

static void setup_clear(Setup *setup)
{
    g_array_unref(setup->guests);
    g_array_unref(setup->neighbours);
    g_ptr_array_unref(setup->workloads);
    g_free(setup->scheduler_options);
    gsl_rng_free(setup->phases);
}

/* Figures. */

static void free_figure(void *data)
{
    Figure *figure = data;

    g_free(figure->metric);
    g_free(figure);
}

static void add_figure(GPtrArray *figures, int64_t domain, const char *metric,
                       double value)
{
    Figure *figure = g_new(Figure, 1);

    *figure = (Figure){ domain, g_strdup(metric), value, value, value };
    g_ptr_array_add(figures, figure);
}

static int by_value(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* The sample of rank floor(n x percent / 100), as captures are read. */
static double percentile(const GArray *sorted, unsigned percent)
{
    return (double)g_array_index(sorted, int64_t, sorted->len * percent / 100);
}

static double mean(const GArray *values)
{
    int64_t sum = 0;

    for (unsigned i = 0; i < values->len; i++)
        sum += g_array_index(values, int64_t, i);
    return (double)sum / values->len;
}

static int64_t running_ns(const Domain *domain, int64_t now_ns)
{
    int64_t sum_ns = 0;

    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, i);

        sum_ns += runstate_total_ns(&vcpu->runstate, RUNSTATE_RUNNING, now_ns);
    }
    return sum_ns;
}

static void add_domain_figures(GPtrArray *figures, const DomainSamples *samples,
                               int64_t span_ns)
{
    GArray *trips_ns = samples->trips_ns;

    add_figure(figures, samples->id, "cpu",
               (double)samples->running_ns / (double)span_ns);
    if (!samples->is_hvm)
        return;
    if (trips_ns->len == 0)
        g_array_append_val(trips_ns, span_ns); /* it waited all the time */
    g_array_sort(trips_ns, by_value);
    add_figure(figures, samples->id, "round_trips",
               (double)trips_ns->len * NS_PER_S / (double)span_ns);
    add_figure(figures, samples->id, "round_trip_p50", percentile(trips_ns, 50));
    add_figure(figures, samples->id, "round_trip_p95", percentile(trips_ns, 95));
    add_figure(figures, samples->id, "round_trip_mean", mean(trips_ns));
}

static void prepare_samples(Samples *samples, const Host *host,
                            const MachineParams *params)
{
    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);
        DomainSamples *sampled = g_new0(DomainSamples, 1);

        sampled->id = domain->id;
        for (unsigned j = 0; j < params->n_guests; j++)
            sampled->is_hvm |= params->guests[j].id == domain->id;
        sampled->trips_ns = g_array_new(false, false, sizeof(int64_t));
        g_ptr_array_add(samples->domains, sampled);
    }
}

/* Adds the present counts, or takes them off. */
static void count(Samples *samples, const Host *host, int sign)
{
    const int64_t now_ns = host_now_ns(host);

    samples->switches += (uint64_t)((int64_t)host->switches * sign);
    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);

        samples_of(samples, domain)->running_ns += sign * running_ns(domain, now_ns);
    }
}

static bool run_machine(Machine *machine, Samples *samples, int64_t span_ns,
                        GError **error)
{
    Host *host = machine_host(machine);

    host_add_probe(host, &(Probe){ .listener = samples, .request = on_request });
    samples->is_measuring = false;
    machine_run_until(machine, WARMUP_NS);
    count(samples, host, -1);
    samples->is_measuring = true;
    machine_run_until(machine, WARMUP_NS + span_ns);
    count(samples, host, 1);
    return machine_check(machine, error);
}

static GPtrArray *to_figures(const Samples *samples, int64_t span_ns)
{
    GPtrArray *figures = g_ptr_array_new_with_free_func(free_figure);

    add_figure(figures, -1, "switches",
               (double)samples->switches * NS_PER_S / (double)span_ns);
    for (unsigned i = 0; i < samples->domains->len; i++)
        add_domain_figures(figures, g_ptr_array_index(samples->domains, i), span_ns);
    return figures;
}

static GPtrArray *run_replication(const CaptureScenario *scenario,
                                  const CostProfile *profile, uint64_t replication,
                                  GError **error)
{
    const int64_t span_ns = scenario->duration_s * NS_PER_S;
    Samples samples = { .domains = g_ptr_array_new_with_free_func(free_samples) };
    Setup setup;
    GPtrArray *figures = NULL;

    if (setup_init(&setup, scenario, profile, replication, error)) {
        g_autoptr(Machine) machine = machine_new(&setup.params);

        prepare_samples(&samples, machine_host(machine), &setup.params);
        if (run_machine(machine, &samples, span_ns, error))
            figures = to_figures(&samples, span_ns);
    }
    setup_clear(&setup);
    g_ptr_array_unref(samples.domains);
    return figures;
}

static int by_number(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Quantiles by the median replication, everything else by the mean of all. */
static double combine(const Figure *figure, double *values, unsigned n)
{
    double sum = 0;

    qsort(values, n, sizeof *values, by_number);
    if (strstr(figure->metric, "_p"))
        return (values[(n - 1) / 2] + values[n / 2]) / 2;
    for (unsigned i = 0; i < n; i++)
        sum += values[i];
    return sum / n;
}

/* Into the first replication's figures. A domain that has a figure in one replication
 * has it in all: each runs for as long. */
static void combine_all(GPtrArray *const *replications, unsigned n)
{
    GPtrArray *figures = replications[0];

    for (unsigned i = 0; i < figures->len; i++) {
        Figure *figure = g_ptr_array_index(figures, i);
        double values[REPLICATIONS];

        for (unsigned j = 0; j < n; j++) {
            const Figure *same = g_ptr_array_index(replications[j], i);

            g_assert(same->domain == figure->domain &&
                     strcmp(same->metric, figure->metric) == 0);
            values[j] = same->value;
        }
        figure->value = combine(figure, values, n);
        figure->low = values[0];
        figure->high = values[n - 1];
    }
}

static void lengthen(CostProfile *profile, Cost cost, int64_t cycles)
{
    profile->figures[cost].cycles += cycles;
}

/* The profile under the circumstances of the capture. */
static void adapt_profile(CostProfile *profile, const CaptureScenario *scenario)
{
    const bool is_stub = scenario->placement == 1;

    if (scenario->traces_everything) {
        lengthen(profile, COST_SYSTEM_CALL, RECORD_CYCLES);
        lengthen(profile, COST_HYPERCALL, RECORD_CYCLES);
        lengthen(profile, COST_UPCALL, RECORD_CYCLES);
        lengthen(profile, COST_TASK_SWITCH, SWITCH_RECORDS * RECORD_CYCLES);
        lengthen(profile, COST_TASK_IDLE, SWITCH_RECORDS * RECORD_CYCLES);
    }
    if (is_stub)
        lengthen(profile, COST_QEMU_LOOP, STUB_LOOP_CYCLES);
    if (is_stub && scenario->is_rdtsc_trapped) {
        lengthen(profile, COST_QEMU_WAKE, RDTSCS_BEFORE_REPLY * RDTSC_CYCLES);
        lengthen(profile, COST_QEMU_LOOP, RDTSCS_AFTER_REPLY * RDTSC_CYCLES);
    }
}

GPtrArray *capture_predict(const CaptureScenario *scenario, const CostProfile *profile,
                           GError **error)
{
    g_autoptr(CostProfile) adapted = cost_profile_copy(profile);
    GPtrArray *replications[REPLICATIONS] = { NULL };
    unsigned n = 0;
    GPtrArray *figures = NULL;

    adapt_profile(adapted, scenario);
    while (n < REPLICATIONS &&
           (replications[n] = run_replication(scenario, adapted, n, error)))
        n++;
    if (n == REPLICATIONS) {
        combine_all(replications, n);
        figures = g_ptr_array_ref(replications[0]);
    }
    for (unsigned i = 0; i < n; i++)
        g_ptr_array_unref(replications[i]);
    return figures;
}
