/*
 * bench_machine.c - the whole simulator on the reference host (reference.h), and how
 * the cost of an event grows with the host.
 *
 * "machine": under each placement, with all statistics on (full) and lean; kernel
 * events, scheduling decisions and emulated requests per second of wall time, and
 * simulated seconds per second of it. "growth": stub domains, lean, 4 vCPUs for each
 * pCPU, from 4 to 1,024 of them; n is the number of vCPUs, and the hosts take turns.
 * SEDF has a queue for each pCPU and looks at no other one; in
 * "growth-balancing" credit looks at every pCPU when it tickles and balances, as Xen's
 * does.
 */
#include "bench/measure.h"
#include "bench/reference.h"

#include <string.h>

#define SLICE_NS     (20 * NS_PER_MS)
#define TURNS        20
#define GROWTH_NS    (1600 * NS_PER_MS) /* over the number of pCPUs */
#define GROWTH_TURNS 5

typedef struct {
    Reference *reference;
    int64_t slice_ns;
} Subject;

static uint64_t run_slice(void *data)
{
    const Subject *subject = data;
    const uint64_t before = reference_counts(subject->reference).events;

    reference_run(subject->reference, subject->slice_ns);
    return reference_counts(subject->reference).events - before;
}

static void report(const char *name, const Reference *reference, double ns_per_event)
{
    const ReferenceCounts counts = reference_counts(reference);
    const double wall_s = (double)counts.events * ns_per_event / 1e9;
    const double simulated_s = (double)counts.simulated_ns / 1e9;
    const struct {
        const char *metric;
        double value;
        const char *unit;
    } rows[] = {
        { "events", (double)counts.events / wall_s / 1e6, "M/s" },
        { "decisions", (double)counts.decisions / wall_s / 1e6, "M/s" },
        { "requests", (double)counts.requests / wall_s / 1e6, "M/s" },
        { "speed", simulated_s / wall_s, "s/s" },
        { "load", (double)counts.requests / simulated_s, "requests/s" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *metric = g_strdup_printf("%s-%s", name, rows[i].metric);

        bench_print("machine", REFERENCE_GUESTS, metric, rows[i].value, rows[i].unit);
    }
}

static void measure(const char *placement)
{
    Subject full = { reference_new(&REFERENCE_HOST(placement, false)), SLICE_NS };
    Subject lean = { reference_new(&REFERENCE_HOST(placement, true)), SLICE_NS };
    Contender contenders[] = { { "full", run_slice, &full, 0 },
                               { "lean", run_slice, &lean, 0 } };
    g_autofree char *full_name = g_strdup_printf("%s-full", placement);
    g_autofree char *lean_name = g_strdup_printf("%s-lean", placement);

    bench_compare(contenders, G_N_ELEMENTS(contenders), TURNS);
    report(full_name, full.reference, contenders[0].ns);
    report(lean_name, lean.reference, contenders[1].ns);
    reference_free(full.reference);
    reference_free(lean.reference);
}

static void report_growth(const char *benchmark, const Subject *subject, double ns,
                          double ratio)
{
    const ReferenceCounts counts = reference_counts(subject->reference);
    const unsigned n = reference_vcpus(subject->reference);
    const double events = (double)counts.events;

    bench_print(benchmark, n, "event", ns, "ns");
    bench_print(benchmark, n, "event-ratio", ratio, "");
    bench_print(benchmark, n, "decisions", 100 * (double)counts.decisions / events,
                "% of events");
}

/* The same number of events on every host, more or less. */
static void measure_growth(const char *benchmark, const char *scheduler)
{
    static const unsigned n_pcpus[] = { 4, 16, 64, 256, 1024 };
    Subject subjects[G_N_ELEMENTS(n_pcpus)];
    Contender contenders[G_N_ELEMENTS(n_pcpus)];

    for (unsigned i = 0; i < G_N_ELEMENTS(n_pcpus); i++) {
        const ReferenceParams params = { "stub", scheduler, n_pcpus[i],
                                         2 * n_pcpus[i] - 1, true };

        subjects[i] = (Subject){ reference_new(&params), GROWTH_NS / n_pcpus[i] };
        contenders[i] = (Contender){ "event", run_slice, &subjects[i], 0 };
    }
    bench_compare(contenders, G_N_ELEMENTS(contenders), GROWTH_TURNS);
    for (unsigned i = 0; i < G_N_ELEMENTS(n_pcpus); i++) {
        report_growth(benchmark, &subjects[i], contenders[i].ns,
                      contenders[i].ns / contenders[0].ns);
        reference_free(subjects[i].reference);
    }
}

/* Without an argument every placement; with one, that placement, or "growth". */
int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : NULL;

    bench_print_header();
    for (unsigned i = 0; placement_ops_all()[i]; i++)
        if (!only || strcmp(placement_ops_all()[i]->name, only) == 0)
            measure(placement_ops_all()[i]->name);
    if (only && strcmp(only, "growth") == 0) {
        measure_growth("growth", "sedf-3.1");
        measure_growth("growth-balancing", "credit-3.1");
    }
    return 0;
}
