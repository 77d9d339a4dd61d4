#include "workloads/capture_figures.h"

#include "workloads/error.h"
#include "workloads/exit_reason.h"

#include <math.h>

/* A round trip on its way. Stamps; 0: not yet. */
typedef struct {
    uint64_t exit_tsc;
    uint32_t server; /* the vCPU woken first after the exit */
    uint64_t stamps[TRIP_STAGES];
    bool is_port;
    bool was_offline;
} Trip;

typedef struct {
    uint32_t id; /* domain << 16 | vCPU */
    DomainFigures *figures;
    RunstateName state;
    uint64_t since_tsc;
    uint64_t signal_tsc; /* of the wake record since the last change; 0: none */
    uint64_t woken_tsc;  /* 0: no wake-up waits to run */
    Trip trip;
} TracedVcpu;

/* The state of reading. */
typedef struct {
    CaptureFigures *figures;
    GPtrArray *vcpus; /* TracedVcpu, in the order of their first record */
    GHashTable *by_id;
    GArray *running; /* by pCPU: TracedVcpu *, NULL when unknown */
} Survey;

static DomainFigures *domain_figures_new(unsigned domain)
{
    DomainFigures *figures = g_new0(DomainFigures, 1);

    figures->domain = domain;
    figures->wake_to_run = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    figures->round_trips = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        figures->stages[i] = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    figures->exits = g_array_new(FALSE, FALSE, sizeof(ExitCount));
    return figures;
}

static void domain_figures_free(gpointer data)
{
    DomainFigures *figures = data;

    g_array_unref(figures->wake_to_run);
    g_array_unref(figures->round_trips);
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        g_array_unref(figures->stages[i]);
    g_array_unref(figures->exits);
    g_free(figures);
}

void capture_figures_free(CaptureFigures *figures)
{
    if (!figures)
        return;
    g_ptr_array_unref(figures->domains);
    g_free(figures);
}

static DomainFigures *find_domain(const CaptureFigures *figures, unsigned domain)
{
    for (unsigned i = 0; i < figures->domains->len; i++) {
        DomainFigures *candidate = g_ptr_array_index(figures->domains, i);

        if (candidate->domain == domain)
            return candidate;
    }
    return NULL;
}

const DomainFigures *capture_figures_domain(const CaptureFigures *figures,
                                            unsigned domain)
{
    return find_domain(figures, domain);
}

static DomainFigures *domain_of(CaptureFigures *figures, unsigned domain)
{
    DomainFigures *found = find_domain(figures, domain);

    if (found)
        return found;
    found = domain_figures_new(domain);
    g_ptr_array_add(figures->domains, found);
    return found;
}

/* A vCPU not met before was in this state since the start of the capture. */
static TracedVcpu *vcpu_of(Survey *survey, uint32_t id, RunstateName state)
{
    TracedVcpu *vcpu = g_hash_table_lookup(survey->by_id, GUINT_TO_POINTER(id));

    if (vcpu)
        return vcpu;
    vcpu = g_new0(TracedVcpu, 1);
    vcpu->id = id;
    vcpu->figures = domain_of(survey->figures, trace_vcpu_domain(id));
    vcpu->state = state;
    vcpu->since_tsc = survey->figures->first_tsc;
    g_ptr_array_add(survey->vcpus, vcpu);
    g_hash_table_insert(survey->by_id, GUINT_TO_POINTER(id), vcpu);
    return vcpu;
}

static TracedVcpu **running_on(Survey *survey, unsigned pcpu)
{
    if (survey->running->len <= pcpu)
        g_array_set_size(survey->running, pcpu + 1);
    return &g_array_index(survey->running, TracedVcpu *, pcpu);
}

/* None where the TSCs of two pCPUs disagree about the order. */
static uint64_t ticks_between(uint64_t from_tsc, uint64_t to_tsc)
{
    return to_tsc > from_tsc ? to_tsc - from_tsc : 0;
}

/* Round trips. */

static void stamp(Trip *trip, TripStage stage, uint64_t tsc)
{
    if (trip->exit_tsc != 0 && trip->stamps[stage] == 0)
        trip->stamps[stage] = tsc;
}

static void note_exit(TracedVcpu *vcpu, const TraceRecord *record)
{
    const uint32_t code = (uint32_t)record->words[0];
    GArray *exits = vcpu->figures->exits;

    vcpu->trip = (Trip){ .exit_tsc = record->tsc, .is_port = exit_code_is_port(code) };
    for (unsigned i = 0; i < exits->len; i++) {
        ExitCount *exit = &g_array_index(exits, ExitCount, i);

        if (exit->code == code) {
            exit->count++;
            return;
        }
    }
    g_array_append_val(exits, ((ExitCount){ code, 1 }));
}

static void note_stages(const TracedVcpu *vcpu)
{
    const Trip *trip = &vcpu->trip;
    uint64_t since_tsc = trip->exit_tsc;

    for (unsigned i = 0; i < TRIP_STAGES; i++) {
        if (trip->stamps[i] < since_tsc)
            return; /* a stage is missing, or two TSCs disagree */
        since_tsc = trip->stamps[i];
    }
    since_tsc = trip->exit_tsc;
    for (unsigned i = 0; i < TRIP_STAGES; i++) {
        const uint64_t ticks = trip->stamps[i] - since_tsc;

        g_array_append_val(vcpu->figures->stages[i], ticks);
        since_tsc = trip->stamps[i];
    }
}

static void note_entry(TracedVcpu *vcpu, uint64_t tsc)
{
    Trip *trip = &vcpu->trip;
    const uint64_t ticks = ticks_between(trip->exit_tsc, tsc);

    if (trip->exit_tsc != 0 && trip->is_port && trip->was_offline) {
        g_array_append_val(vcpu->figures->round_trips, ticks);
        stamp(trip, TRIP_RUN_TO_ENTRY, tsc);
        note_stages(vcpu);
    }
    trip->exit_tsc = 0;
}

/* The first vCPU that is woken on the pCPU of a guest after its exit serves it. */
static void note_server_wake(TracedVcpu *guest, const TracedVcpu *woken, uint64_t tsc)
{
    if (!guest || guest == woken || guest->trip.stamps[TRIP_EXIT_TO_WAKE] != 0)
        return;
    guest->trip.server = woken->id;
    stamp(&guest->trip, TRIP_EXIT_TO_WAKE, tsc);
}

static void note_server_run(Survey *survey, const TracedVcpu *server, uint64_t tsc)
{
    for (unsigned i = 0; i < survey->vcpus->len; i++) {
        TracedVcpu *guest = g_ptr_array_index(survey->vcpus, i);

        if (guest->trip.stamps[TRIP_EXIT_TO_WAKE] != 0 &&
            guest->trip.server == server->id)
            stamp(&guest->trip, TRIP_WAKE_TO_RUN, tsc);
    }
}

/* Run states. */

/* A trip's stages begin at the wake record, which comes before the change of state. */
static void note_wake(Survey *survey, TracedVcpu *vcpu, const TraceRecord *record)
{
    const uint64_t signal_tsc = vcpu->signal_tsc != 0 ? vcpu->signal_tsc : record->tsc;

    vcpu->woken_tsc = record->tsc;
    note_server_wake(*running_on(survey, record->pcpu), vcpu, signal_tsc);
    stamp(&vcpu->trip, TRIP_RUN_TO_REPLY, signal_tsc);
}

static void note_run(Survey *survey, TracedVcpu *vcpu, const TraceRecord *record)
{
    const uint64_t waited_ticks = ticks_between(vcpu->woken_tsc, record->tsc);

    *running_on(survey, record->pcpu) = vcpu;
    if (vcpu->woken_tsc != 0)
        g_array_append_val(vcpu->figures->wake_to_run, waited_ticks);
    vcpu->woken_tsc = 0;
    stamp(&vcpu->trip, TRIP_REPLY_TO_RUN, record->tsc);
    note_server_run(survey, vcpu, record->tsc);
}

static void note_runstate(Survey *survey, const TraceRecord *record)
{
    const RunstateName old = trace_old_state(record), new = trace_new_state(record);
    TracedVcpu *vcpu = vcpu_of(survey, (uint32_t)record->words[0], old);

    if (old == RUNSTATE_RUNNING)
        vcpu->figures->running_ticks += ticks_between(vcpu->since_tsc, record->tsc);
    vcpu->state = new;
    vcpu->since_tsc = record->tsc;
    if (old == RUNSTATE_RUNNING && new == RUNSTATE_OFFLINE)
        vcpu->trip.was_offline = true;
    if ((old == RUNSTATE_BLOCKED || old == RUNSTATE_OFFLINE) &&
        new == RUNSTATE_RUNNABLE)
        note_wake(survey, vcpu, record);
    if (new == RUNSTATE_RUNNING)
        note_run(survey, vcpu, record);
    vcpu->signal_tsc = 0;
}

static void note_signal(Survey *survey, const TraceRecord *record)
{
    const uint32_t id =
        trace_vcpu((unsigned)record->words[0], (unsigned)record->words[1]);
    TracedVcpu *vcpu = g_hash_table_lookup(survey->by_id, GUINT_TO_POINTER(id));

    if (vcpu)
        vcpu->signal_tsc = record->tsc;
}

static void note_record(Survey *survey, const TraceRecord *record)
{
    CaptureFigures *figures = survey->figures;
    TracedVcpu **running = running_on(survey, record->pcpu);

    figures->n_records++;
    if (figures->first_tsc == 0)
        figures->first_tsc = record->tsc;
    figures->last_tsc = MAX(figures->last_tsc, record->tsc);
    if (trace_is_runstate(record)) {
        note_runstate(survey, record);
    } else if (record->event == TRACE_CONTINUE_RUNNING && record->n_words >= 1) {
        *running = vcpu_of(survey, (uint32_t)record->words[0], RUNSTATE_RUNNING);
    } else if (record->event == TRACE_WAKE && record->n_words >= 2) {
        note_signal(survey, record);
    } else if (record->event == TRACE_SWITCH) {
        figures->n_switches++;
    } else if (record->event == TRACE_LOST_RECORDS && record->n_words >= 4) {
        figures->n_lost += record->words[0];
        figures->lost_ticks +=
            ticks_between(record->words[3] << 32 | record->words[2], record->tsc);
    } else if (trace_is_exit(record) && *running) {
        note_exit(*running, record);
    } else if (record->event == TRACE_VM_ENTRY && *running) {
        note_entry(*running, record->tsc);
    }
}

static int compare_ticks(gconstpointer a, gconstpointer b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int compare_exits(gconstpointer a, gconstpointer b)
{
    const ExitCount *x = a, *y = b;

    return (x->code > y->code) - (x->code < y->code);
}

static int compare_domains(gconstpointer a, gconstpointer b)
{
    const DomainFigures *x = *(const DomainFigures *const *)a;
    const DomainFigures *y = *(const DomainFigures *const *)b;

    return (x->domain > y->domain) - (x->domain < y->domain);
}

static void finish(Survey *survey)
{
    CaptureFigures *figures = survey->figures;

    for (unsigned i = 0; i < survey->vcpus->len; i++) {
        const TracedVcpu *vcpu = g_ptr_array_index(survey->vcpus, i);

        if (vcpu->state == RUNSTATE_RUNNING)
            vcpu->figures->running_ticks +=
                ticks_between(vcpu->since_tsc, figures->last_tsc);
    }
    g_ptr_array_sort(figures->domains, compare_domains);
    for (unsigned i = 0; i < figures->domains->len; i++) {
        DomainFigures *domain = g_ptr_array_index(figures->domains, i);

        g_array_sort(domain->wake_to_run, compare_ticks);
        g_array_sort(domain->round_trips, compare_ticks);
        for (unsigned stage = 0; stage < TRIP_STAGES; stage++)
            g_array_sort(domain->stages[stage], compare_ticks);
        g_array_sort(domain->exits, compare_exits);
    }
}

static bool survey_trace(Survey *survey, Xentrace *trace, GError **error)
{
    GError *fault = NULL;
    TraceRecord record;

    while (xentrace_next(trace, &record, &fault))
        note_record(survey, &record);
    if (fault) {
        g_propagate_error(error, fault);
        return false;
    }
    finish(survey);
    return true;
}

CaptureFigures *capture_figures_new(Xentrace *trace, int64_t clock_hz, GError **error)
{
    if (!xentrace_check_run_states(trace, error))
        return NULL;
    CaptureFigures *figures = g_new0(CaptureFigures, 1);

    figures->clock_hz = clock_hz;
    figures->domains = g_ptr_array_new_with_free_func(domain_figures_free);
    g_autoptr(GPtrArray) vcpus = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) by_id = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) running = g_array_new(FALSE, TRUE, sizeof(TracedVcpu *));
    Survey survey = { figures, vcpus, by_id, running };

    if (survey_trace(&survey, trace, error))
        return figures;
    capture_figures_free(figures);
    return NULL;
}

CaptureFigures *capture_figures_read(const char *path, int64_t clock_hz, GError **error)
{
    g_autoptr(Xentrace) trace = xentrace_open(path, error);

    return trace ? capture_figures_new(trace, clock_hz, error) : NULL;
}

/* Summaries. */

static int64_t ticks_ns(const CaptureFigures *figures, uint64_t ticks)
{
    return cycles_to_ns((Cycles){ (int64_t)ticks }, figures->clock_hz);
}

int64_t capture_percentile_ns(const CaptureFigures *figures, const GArray *samples,
                              unsigned percent)
{
    if (samples->len == 0)
        return 0;
    const uint64_t rank = (uint64_t)samples->len * percent / 100;

    return ticks_ns(figures, g_array_index(samples, uint64_t,
                                           MIN(rank, samples->len - UINT64_C(1))));
}

int64_t capture_mean_ns(const CaptureFigures *figures, const GArray *samples)
{
    uint64_t sum = 0;

    if (samples->len == 0)
        return 0;
    for (unsigned i = 0; i < samples->len; i++)
        sum += g_array_index(samples, uint64_t, i);
    return llround((double)ticks_ns(figures, sum) / samples->len);
}

const char *trip_stage_name(TripStage stage)
{
    static const char *const names[TRIP_STAGES] = {
        [TRIP_EXIT_TO_WAKE] = "exit_to_wake", [TRIP_WAKE_TO_RUN] = "wake_to_run",
        [TRIP_RUN_TO_REPLY] = "run_to_reply", [TRIP_REPLY_TO_RUN] = "reply_to_run",
        [TRIP_RUN_TO_ENTRY] = "run_to_entry",
    };

    return names[stage];
}

double capture_per_second(const CaptureFigures *figures, uint64_t count)
{
    const uint64_t span = figures->last_tsc - figures->first_tsc;

    return span == 0 ? 0 : (double)count * 1e9 / (double)ticks_ns(figures, span);
}

/* Text. */

static void print_ns(GString *csv, const char *domain, const char *metric, int64_t ns)
{
    g_string_append_printf(csv, "%s,%s,%" G_GINT64_FORMAT ",ns\n", domain, metric, ns);
}

static void print_samples(GString *csv, const CaptureFigures *figures,
                          const char *domain, const char *metric, const GArray *samples)
{
    static const unsigned percents[] = { 50, 95, 99 };
    g_autofree char *mean = g_strdup_printf("%s_mean", metric);

    for (unsigned i = 0; i < G_N_ELEMENTS(percents); i++) {
        g_autofree char *name = g_strdup_printf("%s_p%u", metric, percents[i]);

        print_ns(csv, domain, name,
                 capture_percentile_ns(figures, samples, percents[i]));
    }
    print_ns(csv, domain, mean, capture_mean_ns(figures, samples));
}

static void print_rate(GString *csv, const CaptureFigures *figures, const char *domain,
                       const char *metric, uint64_t count)
{
    g_string_append_printf(csv, "%s,%s,%.1f,1/s\n", domain, metric,
                           capture_per_second(figures, count));
}

static void print_domain(GString *csv, const CaptureFigures *figures,
                         const DomainFigures *domain, const char *name)
{
    const double share =
        capture_per_second(figures, domain->running_ticks) / (double)figures->clock_hz;

    g_string_append_printf(csv, "%s,cpu,%.5f,pCPU\n", name, share);
    if (domain->wake_to_run->len > 0) {
        print_rate(csv, figures, name, "wakes", domain->wake_to_run->len);
        print_samples(csv, figures, name, "wake_to_run", domain->wake_to_run);
    }
    if (domain->round_trips->len > 0) {
        print_rate(csv, figures, name, "round_trips", domain->round_trips->len);
        print_samples(csv, figures, name, "round_trip", domain->round_trips);
        print_ns(csv, name, "round_trip_max",
                 capture_percentile_ns(figures, domain->round_trips, 100));
    }
    for (unsigned i = 0; i < domain->exits->len; i++) {
        const ExitCount *exit = &g_array_index(domain->exits, ExitCount, i);
        g_autofree char *metric = g_strdup_printf("exits_0x%02x", exit->code);

        print_rate(csv, figures, name, metric, exit->count);
    }
}

char *capture_figures_to_csv(const CaptureFigures *figures)
{
    GString *csv = g_string_new("domain,metric,value,unit\n");
    const uint64_t span = figures->last_tsc - figures->first_tsc;

    g_string_append_printf(csv, "host,span,%.6f,s\n",
                           (double)ticks_ns(figures, span) / 1e9);
    g_string_append_printf(csv, "host,switches,%.0f,1/s\n",
                           capture_per_second(figures, figures->n_switches));
    g_string_append_printf(csv, "host,records,%" G_GUINT64_FORMAT ",\n",
                           figures->n_records);
    for (unsigned i = 0; i < figures->domains->len; i++) {
        const DomainFigures *domain = g_ptr_array_index(figures->domains, i);
        g_autofree char *number = g_strdup_printf("%u", domain->domain);

        print_domain(csv, figures, domain,
                     domain->domain == TRACE_IDLE_DOMAIN ? "idle" : number);
    }
    return g_string_free(csv, FALSE);
}
