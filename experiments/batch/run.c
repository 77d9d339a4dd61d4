#include "experiments/batch/run.h"

#include "experiments/batch/run_plan.h"
#include "results/collector.h"
#include "results/laws.h"
#include "results/roles.h"

#include <inttypes.h>

/* Simulated time between two looks at the stop flag. */
#define STOP_INTERVAL_NS (50 * NS_PER_MS)

uint64_t run_seed(int64_t root, unsigned replication)
{
    g_autofree char *identity =
        g_strdup_printf("%" PRId64 "/replication%u", root, replication);
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);

    digest[16] = '\0';
    return g_ascii_strtoull(digest, NULL, 16) >> 1;
}

/* False when told to stop. */
static bool run_until(Machine *machine, int64_t end_ns, const int *stop)
{
    int64_t now_ns = host_now_ns(machine_host(machine));

    while (now_ns < end_ns && !g_atomic_int_get(stop)) {
        now_ns = MIN(end_ns, now_ns + STOP_INTERVAL_NS);
        machine_run_until(machine, now_ns);
    }
    return now_ns >= end_ns;
}

RunRecord *run_simulate(const Scenario *scenario, uint64_t seed, const int *stop,
                        GError **error)
{
    const int64_t warmup_ns = scenario->run.warmup_ns;
    g_autoptr(RunPlan) plan = run_plan_new(scenario, seed);
    g_autoptr(Machine) machine = machine_new(&plan->params);
    g_autoptr(Collector) collector = NULL;
    g_autoptr(RunRecord) record = NULL;

    collector = collector_new(machine_host(machine));
    collector_set_machine_roles(collector, machine, &plan->params);
    if (!run_until(machine, warmup_ns, stop))
        return NULL;
    collector_begin(collector);
    if (!run_until(machine, warmup_ns + scenario->run.duration_ns, stop) ||
        !machine_check(machine, error))
        return NULL;
    record = collector_finish(collector);
    return run_record_check_laws(record, error) ? g_steal_pointer(&record) : NULL;
}

Series *run_series(const Scenario *scenario, uint64_t seed, int64_t interval_ns,
                   unsigned n_intervals, const int *stop, GError **error)
{
    g_autoptr(RunPlan) plan = run_plan_new(scenario, seed);
    g_autoptr(Machine) machine = machine_new(&plan->params);
    g_autoptr(Series) series =
        series_new(machine_host(machine), interval_ns, n_intervals);

    if (!run_until(machine, interval_ns * n_intervals, stop) ||
        !machine_check(machine, error))
        return NULL;
    return g_steal_pointer(&series);
}

bool run_trace(const Scenario *scenario, uint64_t seed, const RunTraceParams *params,
               FILE *stream, const int *stop, uint64_t *n_records)
{
    g_autoptr(RunPlan) plan = run_plan_new(scenario, seed);
    g_autoptr(Machine) machine = machine_new(&plan->params);
    g_autoptr(Tracer) tracer =
        tracer_new(params->format, machine_host(machine), stream);

    g_assert(0 <= params->from_ns && params->from_ns < params->until_ns);
    if (!run_until(machine, params->from_ns, stop))
        return false;
    tracer_begin(tracer);
    for (int64_t to_ns = params->from_ns;
         to_ns < params->until_ns && !ferror(stream);) {
        to_ns = MIN(params->until_ns, to_ns + STOP_INTERVAL_NS);
        if (!run_until(machine, to_ns, stop))
            return false;
    }
    tracer_end(tracer);
    *n_records = tracer_n_records(tracer);
    return true;
}
