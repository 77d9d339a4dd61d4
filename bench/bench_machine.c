/*
 * bench_machine.c - the whole simulator on a reference host: 16 pCPUs, 64 HVM guests.
 *
 * Every guest reads the IDE status eight times and computes in between, so that all of
 * them together make some 50,000 emulated I/O a second; under each placement, with all
 * statistics on and lean (no listener). Metrics: kernel events, scheduling decisions
 * and emulated requests per second of wall time, and simulated seconds per second of
 * it.
 */
#include "bench/measure.h"
#include "experiments/cost_profile.h"
#include "models/machine.h"
#include "results/collector.h"
#include "results/roles.h"

#include <glib.h>

#define N_PCPUS   16u
#define N_GUESTS  64u
#define READS     8
#define SPIN      5000000 /* instructions between groups of reads */
#define SLICE_NS  (20 * NS_PER_MS)
#define WARMUP_NS (200 * NS_PER_MS)
#define TURNS     20

typedef struct {
    Workload base;
    unsigned n_done;
} Poller;

static void poller_next(Workload *self, Activity *next)
{
    Poller *poller = (Poller *)self;

    if (poller->n_done++ % (READS + 1) == READS)
        *next = (Activity){ .kind = ACTIVITY_COMPUTE, .instructions = SPIN };
    else
        *next = (Activity){
            .kind = ACTIVITY_PORT, .address = 0x1f7, .count = 1, .size_bytes = 1
        };
}

static void poller_free(Workload *self)
{
    g_free(self);
}

static const WorkloadOps poller_ops = { "poller", poller_next, poller_free };

/* A machine that goes on from turn to turn. */
typedef struct {
    Machine *machine;
    Collector *collector; /* NULL: lean */
    int64_t until_ns;
    uint64_t events, decisions, requests, turns;
} Reference;

static void count_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                          const Request *request G_GNUC_UNUSED)
{
    uint64_t *requests = listener;

    ++*requests;
}

static uint64_t run_slice(void *subject)
{
    Reference *reference = subject;
    const Host *host = machine_host(reference->machine);
    const uint64_t events = sim_fired_count(host->sim);
    const uint64_t decisions = host->decisions;

    reference->until_ns += SLICE_NS;
    machine_run_until(reference->machine, reference->until_ns);
    reference->events += sim_fired_count(host->sim) - events;
    reference->decisions += host->decisions - decisions;
    reference->turns++;
    return sim_fired_count(host->sim) - events;
}

static Machine *build(const char *placement, const CostProfile *profile,
                      GuestParams *guests, Workload **workloads)
{
    MachineParams params = {
        .host = { .topology = { N_PCPUS, 1, N_PCPUS },
                  .scheduler = scheduler_ops_by_name("credit-3.1", NULL) },
        .profile = profile,
        .placement = placement_ops_by_name(placement, NULL),
        .dom0 = { .n_vcpus = 2, .hz = 100 },
        .select_timeout_ns = 10 * NS_PER_MS,
        .disk = { .seek_ns = 50000, .bytes_per_s = 400000000 },
        .nic = { .bits_per_s = 1000000000 },
        .guests = guests,
        .n_guests = N_GUESTS,
    };

    for (unsigned i = 0; i < N_GUESTS; i++) {
        Poller *poller = g_new0(Poller, 1);

        poller->base.ops = &poller_ops;
        workloads[i] = &poller->base;
        guests[i] = (GuestParams){ .name = "guest",
                                   .id = i + 1,
                                   .n_vcpus = 1,
                                   .workloads = &workloads[i],
                                   .start_ns = i * NS_PER_MS,
                                   .stub_id = 1000 + i };
    }
    return machine_new(&params);
}

static void report(const char *placement, const char *listening,
                   const Reference *reference, double ns_per_event)
{
    const double events = (double)reference->events;
    const double wall_s = events * ns_per_event / 1e9;
    const double simulated_s = (double)((int64_t)reference->turns * SLICE_NS) / 1e9;
    const struct {
        const char *metric;
        double value;
        const char *unit;
    } rows[] = {
        { "events", events / wall_s, "1/s" },
        { "decisions", (double)reference->decisions / wall_s, "1/s" },
        { "requests", (double)reference->requests / wall_s, "1/s" },
        { "speed", simulated_s / wall_s, "s/s" },
        { "load", (double)reference->requests / simulated_s, "requests/s" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *metric =
            g_strdup_printf("%s-%s-%s", placement, listening, rows[i].metric);

        bench_print("machine", N_GUESTS, metric, rows[i].value, rows[i].unit);
    }
}

static void measure(const char *placement, const CostProfile *profile, bool is_lean)
{
    GuestParams guests[N_GUESTS];
    Workload *workloads[N_GUESTS];
    Reference reference = { .machine = build(placement, profile, guests, workloads),
                            .until_ns = WARMUP_NS };
    Contender contender = { "event", run_slice, &reference, 0 };

    host_add_probe(
        machine_host(reference.machine),
        &(Probe){ .listener = &reference.requests, .request = count_request });
    if (!is_lean)
        reference.collector = collector_new(machine_host(reference.machine));
    machine_run_until(reference.machine, WARMUP_NS);
    if (!is_lean)
        collector_begin(reference.collector);
    reference.requests = 0;
    bench_compare(&contender, 1, TURNS);
    report(placement, is_lean ? "lean" : "full", &reference, contender.ns);
    collector_free(reference.collector);
    machine_free(reference.machine);
}

int main(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CostProfile) profile =
        cost_profile_load(HVMSIM_SOURCE_DIR "/models/costs/merom-2007.ini", &error);

    g_assert_no_error(error);
    bench_print_header();
    for (unsigned i = 0; placement_ops_all()[i]; i++) {
        measure(placement_ops_all()[i]->name, profile, false);
        measure(placement_ops_all()[i]->name, profile, true);
    }
    return 0;
}
