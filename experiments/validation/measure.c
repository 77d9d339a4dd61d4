#include "experiments/validation/measure.h"

#include "sim/units.h"

#include <math.h>
#include <string.h>

/* What ping calls 0.10 ms. */
#define SLOW_NS (100 * NS_PER_US)

/* The domains that are the subject, added up. */
typedef struct {
    unsigned n_domains;
    int64_t measured_ns;
    const HostRecord *host;
    int64_t stage_ns[STAGES];
    int64_t offline_ns;
    Histogram *request_times, *wake_times; /* NULL: not asked for */
    int64_t ran_ns, overhead_ns;
    int64_t latency_sum_ns, stages_ns;
    int64_t transfer_sum_ns, wake_sum_ns, lived_ns;
    uint64_t requests, transfers, wakes, deadlines, missed_deadlines;
    uint64_t slow_transfers; /* longer than SLOW_NS */
} Total;

typedef enum {
    NEEDS_SUMS,
    NEEDS_LATENCIES, /* distribution of requests */
    NEEDS_WAKES,     /* of wake to run; of a role, or "host" */
} Needs;

struct Measure {
    const char *name, *unit;
    double (*take)(const Total *total);
    Needs needs;
};

static double per_second(uint64_t n, const Total *total)
{
    return (double)n * (double)NS_PER_S / (double)total->measured_ns;
}

static double percent_of_pcpu(int64_t time_ns, const Total *total)
{
    return 100.0 * (double)time_ns / (double)total->measured_ns;
}

static double mean_us(int64_t sum_ns, uint64_t n)
{
    return (double)sum_ns / (double)n / (double)NS_PER_US;
}

static double take_cpu(const Total *total)
{
    return percent_of_pcpu(total->ran_ns + total->overhead_ns, total);
}

static double take_work(const Total *total)
{
    return percent_of_pcpu(total->ran_ns, total);
}

static double take_requests(const Total *total)
{
    return per_second(total->requests, total);
}

static double take_transfers(const Total *total)
{
    return per_second(total->transfers, total);
}

static double take_lived(const Total *total)
{
    return percent_of_pcpu(total->lived_ns, total);
}

static double take_transfers_lived(const Total *total)
{
    return (double)total->transfers * (double)NS_PER_S / (double)total->lived_ns;
}

static double take_met(const Total *total)
{
    return per_second(total->deadlines - total->missed_deadlines, total);
}

static double take_missed(const Total *total)
{
    return 100.0 * (double)total->missed_deadlines / (double)total->deadlines;
}

static double take_wakes(const Total *total)
{
    return per_second(total->wakes, total);
}

static double take_latency(const Total *total)
{
    return mean_us(total->latency_sum_ns, total->requests);
}

static double take_transfer_time(const Total *total)
{
    return mean_us(total->transfer_sum_ns, total->transfers);
}

static double take_wake_latency(const Total *total)
{
    return mean_us(total->wake_sum_ns, total->wakes);
}

static double take_slow_transfers(const Total *total)
{
    return 100.0 * (double)total->slow_transfers / (double)total->transfers;
}

static double take_stages(const Total *total)
{
    return (double)total->stages_ns / (double)total->latency_sum_ns;
}

/* The stages as an observer from outside can tell them apart: per request. */

static double stages_us(const Total *total, Stage from, Stage to)
{
    int64_t sum_ns = 0;

    for (Stage stage = from; stage <= to; stage++)
        sum_ns += total->stage_ns[stage];
    return mean_us(sum_ns, total->requests);
}

static double take_signal_time(const Total *total)
{
    return stages_us(total, STAGE_EXIT, STAGE_NOTIFY);
}

static double take_serving_time(const Total *total)
{
    return stages_us(total, STAGE_WAIT_VCPU, STAGE_REPLY);
}

static double take_return_time(const Total *total)
{
    return stages_us(total, STAGE_WAIT_GUEST, STAGE_ENTRY);
}

/* Little's law: the time in which requests were at their device models, as the run
 * states of their guests' vCPUs have it, over what the requests say. */
static double take_little(const Total *total)
{
    int64_t sum_ns = 0;

    for (Stage stage = STAGE_WAIT_VCPU; stage <= STAGE_REPLY; stage++)
        sum_ns += total->stage_ns[stage];
    return (double)total->offline_ns / (double)sum_ns;
}

/* Of all passes through schedule(), whoever asked. */
static double take_switches(const Total *total)
{
    return per_second(total->host->switches, total);
}

static double quantile_us(const Histogram *values, unsigned ppm)
{
    if (!histogram_has_quantile(values->count, ppm))
        return NAN;
    return (double)histogram_quantile_ns(values, ppm) / (double)NS_PER_US;
}

static double take_latency_p50(const Total *total)
{
    return quantile_us(total->request_times, 500000);
}

static double take_latency_p95(const Total *total)
{
    return quantile_us(total->request_times, 950000);
}

static double take_wake_p50(const Total *total)
{
    return quantile_us(total->wake_times, 500000);
}

static double take_wake_p95(const Total *total)
{
    return quantile_us(total->wake_times, 950000);
}

static double take_wake_p99(const Total *total)
{
    return quantile_us(total->wake_times, 990000);
}

static const Measure measures[] = {
    { "cpu", "%", take_cpu, NEEDS_SUMS },
    { "work", "%", take_work, NEEDS_SUMS },
    { "requests", "1/s", take_requests, NEEDS_SUMS },
    { "transfers", "1/s", take_transfers, NEEDS_SUMS },
    { "lived", "%", take_lived, NEEDS_SUMS },
    { "transfers-per-life-second", "1/s", take_transfers_lived, NEEDS_SUMS },
    { "deadlines-met", "1/s", take_met, NEEDS_SUMS },
    { "deadlines-missed", "%", take_missed, NEEDS_SUMS },
    { "wakes", "1/s", take_wakes, NEEDS_SUMS },
    { "latency", "us", take_latency, NEEDS_SUMS },
    { "transfer-time", "us", take_transfer_time, NEEDS_SUMS },
    { "slow-transfers", "%", take_slow_transfers, NEEDS_SUMS },
    { "wake-latency", "us", take_wake_latency, NEEDS_SUMS },
    { "stages", "", take_stages, NEEDS_SUMS },
    { "signal-time", "us", take_signal_time, NEEDS_SUMS },
    { "serving-time", "us", take_serving_time, NEEDS_SUMS },
    { "return-time", "us", take_return_time, NEEDS_SUMS },
    { "little", "", take_little, NEEDS_SUMS },
    { "switches", "1/s", take_switches, NEEDS_SUMS },
    { "latency-p50", "us", take_latency_p50, NEEDS_LATENCIES },
    { "latency-p95", "us", take_latency_p95, NEEDS_LATENCIES },
    { "wake-p50", "us", take_wake_p50, NEEDS_WAKES },
    { "wake-p95", "us", take_wake_p95, NEEDS_WAKES },
    { "wake-p99", "us", take_wake_p99, NEEDS_WAKES },
};

const Measure *measure_find(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(measures); i++)
        if (strcmp(measures[i].name, name) == 0)
            return &measures[i];
    return NULL;
}

GPtrArray *measure_names(void)
{
    GPtrArray *names = g_ptr_array_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(measures); i++)
        g_ptr_array_add(names, (char *)measures[i].name);
    return names;
}

const char *measure_unit(const Measure *measure)
{
    return measure->unit;
}

/* Whole buckets: the bound is known to 1/64. */
static uint64_t count_slow(const HistogramPart *values)
{
    const unsigned bound = histogram_bucket_of(SLOW_NS);
    uint64_t n = 0;

    for (unsigned i = 0; i < values->n_buckets; i++)
        if (values->buckets[i].index > bound)
            n += values->buckets[i].count;
    return n;
}

static uint64_t slow_transfers_of(const RunRecord *record, const char *domain)
{
    for (unsigned i = 0; i < record->histograms->len; i++) {
        const HistogramRecord *histogram =
            &g_array_index(record->histograms, HistogramRecord, i);

        if (histogram->quantity == QUANTITY_TRANSFER &&
            strcmp(histogram->subject, domain) == 0)
            return count_slow(&histogram->values);
    }
    return 0;
}

static bool is_subject(const DomainRecord *domain, const char *subject)
{
    return strcmp(subject, "host") == 0 || strcmp(subject, domain->name) == 0 ||
           (strcmp(subject, domain->group) == 0 && domain->role != ROLE_STUB) ||
           strcmp(subject, role_name(domain->role)) == 0;
}

static void add(Total *total, const DomainRecord *domain)
{
    total->n_domains++;
    total->ran_ns += domain->ran_ns;
    total->overhead_ns += domain->overhead_ns;
    total->offline_ns += domain->runstate_ns[RUNSTATE_OFFLINE];
    total->latency_sum_ns += domain->latency_sum_ns;
    for (unsigned i = 0; i < STAGES; i++) {
        total->stage_ns[i] += domain->stage_ns[i];
        total->stages_ns += domain->stage_ns[i];
    }
    total->transfer_sum_ns += domain->transfer_sum_ns;
    total->wake_sum_ns += domain->wake_sum_ns;
    total->requests += domain->requests;
    total->transfers += domain->transfers;
    total->wakes += domain->wakes;
    total->lived_ns += domain->lived_ns;
    total->deadlines += domain->deadlines;
    total->missed_deadlines += domain->missed_deadlines;
}

/* Adds the distribution of that subject to values; nothing if there is none. */
static void merge(Histogram *values, const RunRecord *record, Quantity quantity,
                  const char *subject)
{
    for (unsigned i = 0; i < record->histograms->len; i++) {
        const HistogramRecord *histogram =
            &g_array_index(record->histograms, HistogramRecord, i);

        if (histogram->quantity == quantity && strcmp(histogram->subject, subject) == 0)
            histogram_merge_part(values, &histogram->values);
    }
}

static Histogram *latencies_of(const RunRecord *record, const char *subject)
{
    Histogram *values = histogram_new();

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, i);

        if (is_subject(domain, subject))
            merge(values, record, QUANTITY_REQUEST, domain->name);
    }
    return values;
}

/* Kept by role, not by domain. */
static Histogram *wakes_of(const RunRecord *record, const char *subject)
{
    Histogram *values = histogram_new();

    for (DomainRole role = 0; role < ROLES; role++)
        if (strcmp(subject, "host") == 0 || strcmp(subject, role_name(role)) == 0)
            merge(values, record, QUANTITY_WAKE, role_name(role));
    return values;
}

double measure_take(const Measure *measure, const RunRecord *record,
                    const char *subject)
{
    Total total = { .measured_ns = record->measured_ns, .host = &record->host };
    double value = NAN;

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = &g_array_index(record->domains, DomainRecord, i);

        if (!is_subject(domain, subject))
            continue;
        add(&total, domain);
        total.slow_transfers += slow_transfers_of(record, domain->name);
    }
    if (measure->needs == NEEDS_LATENCIES)
        total.request_times = latencies_of(record, subject);
    if (measure->needs == NEEDS_WAKES)
        total.wake_times = wakes_of(record, subject);
    if (total.n_domains > 0)
        value = measure->take(&total);
    g_free(total.request_times);
    g_free(total.wake_times);
    return value;
}
