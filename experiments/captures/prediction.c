#include "experiments/captures/prediction.h"

#include "experiments/captures/capture_machine.h"
#include "experiments/captures/pooling.h"
#include "experiments/threads/crew.h"
#include "models/host/interrupt.h"

#include <math.h>

#define WARMUP_NS   (10 * NS_PER_S)
#define NOT_WAITING (-1)

/* What all replications have shown of a domain. */
typedef struct {
    int64_t id;
    GArray *trips_ns; /* of int64_t */
    GArray *waits_ns; /* of int64_t: from each wake to running */
    /* The longest that has not ended, as far as it was measured; 0: none. */
    int64_t open_trip_ns, open_wait_ns;
    int64_t running_ns;
    bool is_hvm;
} DomainSamples;

typedef struct {
    GPtrArray *domains; /* of DomainSamples, by index */
    GArray *woken_ns;   /* of int64_t, by Vcpu.index: when, or NOT_WAITING */
    GArray *exited_ns;  /* likewise: with an access that has not been served */
    SwitchCosts costs;
    uint64_t switches;
    bool is_measuring;
} Samples;

static void free_samples(void *data)
{
    DomainSamples *samples = data;

    g_array_unref(samples->trips_ns);
    g_array_unref(samples->waits_ns);
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

static int64_t *exited_at(Samples *samples, const Vcpu *vcpu)
{
    return &g_array_index(samples->exited_ns, int64_t, vcpu->index);
}

static void on_exited(void *listener, int64_t now_ns, const Vcpu *vcpu,
                      ExitClass exit G_GNUC_UNUSED, const Activity *access)
{
    if (access)
        *exited_at(listener, vcpu) = now_ns;
}

static void on_entered(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu)
{
    *exited_at(listener, vcpu) = NOT_WAITING;
}

static int64_t *woken_at(Samples *samples, const Vcpu *vcpu)
{
    return &g_array_index(samples->woken_ns, int64_t, vcpu->index);
}

/* A vCPU put back by a preemption has not been woken. */
static void on_runstate(void *listener, int64_t now_ns, const Vcpu *vcpu,
                        RunstateName from, RunstateName to)
{
    if (vcpu->is_idle || to == RUNSTATE_RUNNING)
        return;
    *woken_at(listener, vcpu) =
        from >= RUNSTATE_BLOCKED && to == RUNSTATE_RUNNABLE ? now_ns : NOT_WAITING;
}

static void end_wait(Samples *samples, const Pcpu *pcpu, const Vcpu *next,
                     int64_t now_ns)
{
    int64_t *woken_ns = woken_at(samples, next);
    const int64_t wait_ns = pcpu_wait_ns(pcpu, *woken_ns, now_ns);

    if (*woken_ns != NOT_WAITING)
        g_array_append_val(samples_of(samples, next->domain)->waits_ns, wait_ns);
    *woken_ns = NOT_WAITING;
}

/* Xen has the pass in the time of the vCPU that it leaves; the model's books give all
 * of it to the next one. */
static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev, const Vcpu *next)
{
    Samples *samples = listener;
    const int64_t pass_ns = pcpu_pass_ns(pcpu, now_ns);
    const int64_t load_ns =
        pcpu->loaded == next ? 0 : samples->costs.switch_ns + samples->costs.refill_ns;

    if (!samples->is_measuring)
        return;
    if (!prev->is_idle)
        samples_of(samples, prev->domain)->running_ns += pass_ns;
    if (next->is_idle)
        return;
    samples_of(samples, next->domain)->running_ns -= pass_ns + load_ns;
    end_wait(samples, pcpu, next, now_ns);
}

/* Figures. */

static void free_figure(void *data)
{
    Figure *figure = data;

    g_free(figure->metric);
    g_free(figure);
}

static void add_figure(GPtrArray *figures, int64_t domain, const char *metric,
                       const char *unit, double value)
{
    Figure *figure = g_new(Figure, 1);

    *figure =
        (Figure){ domain, g_strdup(metric), unit, value, value, value, { value } };
    g_ptr_array_add(figures, figure);
}

static int by_value(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* The sample of rank floor(n x percent / 100), as captures are read; NAN of none. */
static double percentile(const GArray *sorted, unsigned percent)
{
    const unsigned rank = sorted->len * percent / 100;

    return sorted->len > 0 ? (double)g_array_index(sorted, int64_t, rank) : NAN;
}

static double mean(const GArray *values)
{
    int64_t sum = 0;

    if (values->len == 0)
        return NAN;
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

/* How many in a second, and how long. */
typedef struct {
    const char *rate, *p50, *p95, *mean;
    const char *p99; /* NULL: not predicted */
} DurationMetrics;

static const DurationMetrics wait_metrics = {
    .rate = "wakes",
    .p50 = "wake_to_run_p50",
    .p95 = "wake_to_run_p95",
    .mean = "wake_to_run_mean",
};
static const DurationMetrics trip_metrics = {
    .rate = "round_trips",
    .p50 = "round_trip_p50",
    .p95 = "round_trip_p95",
    .p99 = "round_trip_p99",
    .mean = "round_trip_mean",
};

/* open_ns: of one that has not ended; 0: none. Where none has ended, that one tells
 * how long they take at least. Without either there are no durations: NAN. */
static void add_durations(GPtrArray *figures, int64_t domain, int64_t span_ns,
                          GArray *values_ns, int64_t open_ns,
                          const DurationMetrics *metrics)
{
    if (values_ns->len == 0 && open_ns > 0)
        g_array_append_val(values_ns, open_ns);
    g_array_sort(values_ns, by_value);
    add_figure(figures, domain, metrics->rate, "1/s",
               (double)values_ns->len * NS_PER_S / (double)span_ns);
    add_figure(figures, domain, metrics->p50, "ns", percentile(values_ns, 50));
    add_figure(figures, domain, metrics->p95, "ns", percentile(values_ns, 95));
    if (metrics->p99)
        add_figure(figures, domain, metrics->p99, "ns", percentile(values_ns, 99));
    add_figure(figures, domain, metrics->mean, "ns", mean(values_ns));
}

static void add_domain_figures(GPtrArray *figures, const DomainSamples *samples,
                               int64_t span_ns)
{
    add_figure(figures, samples->id, "cpu", "pCPU",
               (double)samples->running_ns / (double)span_ns);
    add_durations(figures, samples->id, span_ns, samples->waits_ns,
                  samples->open_wait_ns, &wait_metrics);
    if (samples->is_hvm)
        add_durations(figures, samples->id, span_ns, samples->trips_ns,
                      samples->open_trip_ns, &trip_metrics);
}

static void prepare_samples(Samples *samples, const CaptureMachine *setup)
{
    const Host *host = machine_host(capture_machine_get(setup));
    const int64_t not_waiting = NOT_WAITING;

    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);
        DomainSamples *sampled = g_new0(DomainSamples, 1);

        sampled->id = domain->id;
        sampled->is_hvm = capture_machine_has_guest(setup, domain->id);
        sampled->trips_ns = g_array_new(false, false, sizeof(int64_t));
        sampled->waits_ns = g_array_new(false, false, sizeof(int64_t));
        g_ptr_array_add(samples->domains, sampled);
    }
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        g_array_append_val(samples->woken_ns, not_waiting);
        g_array_append_val(samples->exited_ns, not_waiting);
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

/* One that began before the measurement counts from there. */
static void keep_open(int64_t *open_ns, int64_t since_ns, int64_t now_ns)
{
    if (since_ns != NOT_WAITING)
        *open_ns = MAX(*open_ns, now_ns - MAX(since_ns, WARMUP_NS));
}

/* A vCPU that runs on without a switch keeps its wake, but waits no more. */
static void find_open(Samples *samples, const Host *host)
{
    const int64_t now_ns = host_now_ns(host);

    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);
        DomainSamples *sampled = samples_of(samples, vcpu->domain);

        keep_open(&sampled->open_trip_ns, *exited_at(samples, vcpu), now_ns);
        if (vcpu->runstate.state == RUNSTATE_RUNNABLE)
            keep_open(&sampled->open_wait_ns, *woken_at(samples, vcpu), now_ns);
    }
}

static bool run_machine(Machine *machine, Samples *samples, int64_t span_ns,
                        GError **error)
{
    Host *host = machine_host(machine);

    host_add_probe(host, &(Probe){ .listener = samples,
                                   .switched = on_switched,
                                   .runstate = on_runstate,
                                   .exited = on_exited,
                                   .entered = on_entered,
                                   .request = on_request });
    samples->costs = host->costs;
    samples->is_measuring = false;
    machine_run_until(machine, WARMUP_NS);
    count(samples, host, -1);
    samples->is_measuring = true;
    machine_run_until(machine, WARMUP_NS + span_ns);
    count(samples, host, 1);
    find_open(samples, host);
    return machine_check(machine, error);
}

static GPtrArray *to_figures(const Samples *samples, int64_t span_ns)
{
    GPtrArray *figures = g_ptr_array_new_with_free_func(free_figure);

    add_figure(figures, -1, "switches", "1/s",
               (double)samples->switches * NS_PER_S / (double)span_ns);
    for (unsigned i = 0; i < samples->domains->len; i++)
        add_domain_figures(figures, g_ptr_array_index(samples->domains, i), span_ns);
    return figures;
}

typedef struct {
    const CaptureScenario *scenario;
    const CostProfile *profile;
    uint64_t number;
    GPtrArray *figures; /* NULL: an error */
    GError *error;
} Replication;

/* In a thread of the crew. */
static void run_replication(void *job, void *unused G_GNUC_UNUSED)
{
    Replication *self = job;
    const int64_t span_ns = self->scenario->duration_s * NS_PER_S;
    Samples samples = { 0 };
    g_autoptr(CaptureMachine) setup =
        capture_machine_new(self->scenario, self->profile, self->number, &self->error);

    if (!setup)
        return;
    samples.domains = g_ptr_array_new_with_free_func(free_samples);
    samples.woken_ns = g_array_new(false, false, sizeof(int64_t));
    samples.exited_ns = g_array_new(false, false, sizeof(int64_t));
    prepare_samples(&samples, setup);
    if (run_machine(capture_machine_get(setup), &samples, span_ns, &self->error))
        self->figures = to_figures(&samples, span_ns);
    g_ptr_array_unref(samples.domains);
    g_array_unref(samples.woken_ns);
    g_array_unref(samples.exited_ns);
}

/* NULL and an error if one has none. */
static GPtrArray *put_together(Replication *replications, GError **error)
{
    GPtrArray *figures[CAPTURE_REPLICATIONS];

    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++) {
        figures[i] = replications[i].figures;
        if (figures[i])
            continue;
        g_propagate_error(error, g_steal_pointer(&replications[i].error));
        return NULL;
    }
    figures_pool(replications[0].scenario, figures);
    return g_ptr_array_ref(figures[0]);
}

GPtrArray *capture_predict(const CaptureScenario *scenario, const CostProfile *profile,
                           unsigned n_jobs, GError **error)
{
    Replication replications[CAPTURE_REPLICATIONS];
    Crew *crew = crew_new(n_jobs, run_replication, NULL);
    GPtrArray *figures;

    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++) {
        replications[i] = (Replication){ scenario, profile, i, NULL, NULL };
        crew_give(crew, &replications[i]);
    }
    crew_free(crew);
    figures = put_together(replications, error);
    for (unsigned i = 0; i < CAPTURE_REPLICATIONS; i++) {
        g_clear_pointer(&replications[i].figures, g_ptr_array_unref);
        g_clear_error(&replications[i].error);
    }
    return figures;
}
