#include "experiments/captures/stages.h"

#include "experiments/captures/capture_machine.h"
#include "models/error.h"

/* Captures are read at their own clock. */
#define CAPTURE_CLOCK_HZ NS_PER_S

#define WARMUP_NS NS_PER_S
#define SPAN_NS   NS_PER_S

/* The latest instant of each kind, 0 before the first. A round trip that lacks one
 * still has that of an earlier trip, which is out of order. */
typedef struct {
    unsigned guest_id, server_id;
    int64_t running_after_ns; /* a dispatch to the first instruction */
    int64_t wake_ns, run_ns, reply_ns, guest_run_ns;
    GArray *stages[TRIP_STAGES]; /* of int64_t */
} Listener;

static const CaptureDomain *only_guest(const CaptureScenario *scenario, GError **error)
{
    const CaptureDomain *guest = NULL;
    unsigned n_guests = 0;

    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const CaptureDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->kind != CAPTURE_HVM || domain->is_paused)
            continue;
        guest = domain;
        n_guests++;
    }
    if (n_guests == 1)
        return guest;
    g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                "the capture has %u HVM guests that run: expected one to calibrate on",
                n_guests);
    return NULL;
}

bool stages_measure(const char *trace_path, const CaptureScenario *scenario,
                    StageMedians *medians, GError **error)
{
    const CaptureDomain *guest = only_guest(scenario, error);
    g_autoptr(CaptureFigures) figures =
        guest ? capture_figures_read(trace_path, CAPTURE_CLOCK_HZ, error) : NULL;
    const DomainFigures *domain =
        figures ? capture_figures_domain(figures, (unsigned)guest->id) : NULL;

    if (!figures)
        return false;
    if (!domain || domain->stages[0]->len == 0) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                    "%s: domain %" G_GINT64_FORMAT " makes no round trip in it",
                    trace_path, guest->id);
        return false;
    }
    medians->n_trips = domain->stages[0]->len;
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        medians->median_ns[i] = capture_percentile_ns(figures, domain->stages[i], 50);
    return true;
}

static void on_woken(void *data, int64_t now_ns, const Vcpu *vcpu)
{
    Listener *listener = data;

    if (vcpu->domain->id == listener->server_id)
        listener->wake_ns = now_ns;
    if (vcpu->domain->id == listener->guest_id)
        listener->reply_ns = now_ns;
}

static void on_switched(void *data, int64_t now_ns, const Pcpu *pcpu G_GNUC_UNUSED,
                        const Vcpu *prev G_GNUC_UNUSED, const Vcpu *next)
{
    Listener *listener = data;

    if (next->domain->id == listener->server_id)
        listener->run_ns = now_ns + listener->running_after_ns;
    if (next->domain->id == listener->guest_id)
        listener->guest_run_ns = now_ns + listener->running_after_ns;
}

static void on_request(void *data, int64_t now_ns, const Request *request)
{
    Listener *listener = data;
    const int64_t instants[] = { request->issued_ns,     listener->wake_ns,
                                 listener->run_ns,       listener->reply_ns,
                                 listener->guest_run_ns, now_ns };

    for (unsigned i = 0; i < TRIP_STAGES; i++)
        if (instants[i] > instants[i + 1])
            return; /* its server had not to be woken */
    for (unsigned i = 0; i < TRIP_STAGES; i++) {
        const int64_t stage_ns = instants[i + 1] - instants[i];

        g_array_append_val(listener->stages[i], stage_ns);
    }
}

static int by_value(const void *left, const void *right)
{
    const int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

static bool take_medians(Listener *listener, StageMedians *medians, GError **error)
{
    medians->n_trips = listener->stages[0]->len;
    if (medians->n_trips == 0) {
        g_set_error_literal(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                            "no simulated round trip found its server asleep");
        return false;
    }
    for (unsigned i = 0; i < TRIP_STAGES; i++) {
        g_array_sort(listener->stages[i], by_value);
        medians->median_ns[i] =
            g_array_index(listener->stages[i], int64_t, medians->n_trips / 2);
    }
    return true;
}

static void run(const CaptureMachine *setup, Listener *listener)
{
    Machine *machine = capture_machine_get(setup);

    host_add_probe(machine_host(machine), &(Probe){ .listener = listener,
                                                    .woken = on_woken,
                                                    .switched = on_switched,
                                                    .request = on_request });
    machine_run_until(machine, WARMUP_NS);
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        g_array_set_size(listener->stages[i], 0);
    machine_run_until(machine, WARMUP_NS + SPAN_NS);
}

bool stages_simulate(const CaptureScenario *scenario, const CostProfile *profile,
                     StageMedians *medians, GError **error)
{
    const CaptureDomain *guest = only_guest(scenario, error);
    const CaptureDomain *stub =
        guest ? capture_scenario_stub_of(scenario, guest->name) : NULL;
    g_autoptr(CaptureMachine) setup =
        guest ? capture_machine_new(scenario, profile, 0, error) : NULL;
    Listener listener = { .running_after_ns = cost_ns(profile, COST_SCHEDULE) +
                                              cost_ns(profile, COST_SWITCH) +
                                              cost_ns(profile, COST_REFILL) };
    bool is_taken;

    if (!setup)
        return false;
    listener.guest_id = (unsigned)guest->id;
    listener.server_id = stub ? (unsigned)stub->id : 0;
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        listener.stages[i] = g_array_new(false, false, sizeof(int64_t));
    run(setup, &listener);
    is_taken = take_medians(&listener, medians, error);
    for (unsigned i = 0; i < TRIP_STAGES; i++)
        g_array_unref(listener.stages[i]);
    return is_taken;
}
