#include "results/outcome.h"

#define METRIC(member, unit_, meaning_)                                                \
    {                                                                                  \
        .name = #member, .unit = unit_, .meaning = meaning_,                           \
        .offset = offsetof(Outcome, member)                                            \
    }

static const Metric metrics[] = {
    METRIC(measured_ns, "ns", "simulated time after the warm-up"),
    METRIC(n_pcpus, "1", "physical CPUs of the host"),
    METRIC(n_guests, "1", "HVM guests"),
    METRIC(requests, "1", "requests that device models have answered"),
    METRIC(transfers, "1", "transfers (disk blocks, packets, lines) completed"),
    METRIC(transfer_bytes, "B", "their payload"),
    METRIC(latency_mean_ns, "ns", "mean latency of a request, from exit to entry"),
    METRIC(latency_p50_ns, "ns", "median of the latency over all guests' requests"),
    METRIC(latency_p90_ns, "ns", "its 90th percentile"),
    METRIC(latency_p99_ns, "ns", "its 99th percentile"),
    METRIC(latency_p999_ns, "ns", "its 99.9th percentile"),
    METRIC(latency_greatest_ns, "ns", "the greatest latency"),
    METRIC(transfer_p50_ns, "ns", "median of what a transfer took"),
    METRIC(transfer_p99_ns, "ns", "its 99th percentile"),
    METRIC(deadlines, "1", "deadlines of guests that have passed"),
    METRIC(missed_deadlines, "1", "of these, those that were missed"),
    METRIC(lateness_p50_ns, "ns",
           "median lateness of what was done for a deadline, 0 when in time"),
    METRIC(lateness_p99_ns, "ns", "its 99th percentile"),
    METRIC(dom0_cpu_ns, "ns", "pCPU time of dom0's vCPUs, switching overhead included"),
    METRIC(stub_cpu_ns, "ns", "the same of all stub domains"),
    METRIC(guest_cpu_ns, "ns", "the same of all guests"),
    METRIC(overhead_ns, "ns", "pCPU time of the hypervisor's switching"),
    METRIC(idle_ns, "ns", "pCPU time in which nothing ran"),
    METRIC(attributed_guests_ns, "ns", "pCPU time spent for guests, whoever ran"),
    METRIC(attributed_host_ns, "ns", "pCPU time spent for no guest in particular"),
    METRIC(paid_by_others_ns, "ns",
           "of attributed_guests_ns, what the guests' own accounts did not pay"),
    METRIC(fairness_ppm, "1e-6",
           "Jain's index of the guests' attributed CPU over their weight"),
    METRIC(events, "1", "events of the kernel"),
    METRIC(decisions, "1", "passes through schedule()"),
    METRIC(switches, "1", "of these, changes of vCPU"),
    METRIC(migrations, "1", "of these, vCPUs on another pCPU than before"),
    METRIC(refusals, "1", "orders of the toolstack that were refused"),
    METRIC(lived_guests_ns, "ns", "time that guests were up, over all of them"),
    METRIC(creations, "1",
           "domains that have come up after the toolstack created them"),
    METRIC(destructions, "1", "domains destroyed"),
    METRIC(dropped_requests, "1", "requests that were outstanding then"),
    METRIC(boots, "1", "boots that have ended"),
    METRIC(boot_p50_ns, "ns",
           "median time from the order of a creation, or the start, to the end of the "
           "boot"),
    METRIC(boot_p99_ns, "ns", "its 99th percentile"),
    METRIC(ring_requests, "1",
           "requests that back ends have answered: block requests, frames to send"),
    METRIC(ring_latency_p50_ns, "ns",
           "median time from when one is put on its ring until its response is"),
    METRIC(ring_latency_p99_ns, "ns", "its 99th percentile"),
    METRIC(vm_exits, "1", "exits of HVM guests"),
    METRIC(interrupt_exits, "1",
           "of these, by interrupts of the pCPU and for injecting one"),
    METRIC(io_exits, "1", "of these, for accesses to devices, in memory too"),
    METRIC(hypercalls, "1", "hypercalls of all domains, those of HVM guests included"),
    METRIC(ipis, "1", "interrupts that a domain's vCPU took from another pCPU"),
    METRIC(notifications, "1", "ports of event channels that became pending"),
    METRIC(lost_frames, "1", "frames of guests that were lost, to and from outside"),
    { 0 },
};

const Metric *outcome_metrics(void)
{
    return metrics;
}

int64_t outcome_value(const Outcome *outcome, const Metric *metric)
{
    return *(const int64_t *)(const void *)((const char *)outcome + metric->offset);
}

static const DomainRecord *domain_at(const RunRecord *record, unsigned index)
{
    return &g_array_index(record->domains, DomainRecord, index);
}

int64_t domain_paid_ns(const DomainRecord *domain)
{
    return domain->booked_ns + domain->paid_overhead_ns;
}

static int64_t sum_counts(const DomainRecord *domain, DomainCount first,
                          DomainCount last)
{
    uint64_t sum = 0;

    for (unsigned i = first; i <= last; i++)
        sum += domain->counts[i];
    return (int64_t)sum;
}

static void sum_domain_counts(Outcome *outcome, const DomainRecord *domain)
{
    outcome->vm_exits +=
        sum_counts(domain, COUNT_EXITS, (DomainCount)(COUNT_EXITS + EXIT_OTHER));
    outcome->interrupt_exits +=
        sum_counts(domain, (DomainCount)(COUNT_EXITS + EXIT_EXTERNAL_INTERRUPT),
                   (DomainCount)(COUNT_EXITS + EXIT_INTERRUPT_WINDOW));
    outcome->io_exits +=
        sum_counts(domain, (DomainCount)(COUNT_EXITS + EXIT_IO_INSTRUCTION),
                   (DomainCount)(COUNT_EXITS + EXIT_DEVICE_MEMORY));
    outcome->hypercalls +=
        sum_counts(domain, COUNT_EVENT_HYPERCALLS, COUNT_IRQ_HYPERCALLS);
    outcome->ipis += (int64_t)domain->counts[COUNT_RECEIVED_IPIS];
    outcome->notifications += (int64_t)domain->counts[COUNT_NOTIFICATIONS];
    outcome->lost_frames +=
        sum_counts(domain, COUNT_LOST_SENT_FRAMES, COUNT_LOST_RECEIVED_FRAMES);
}

static void sum_roles(Outcome *outcome, const RunRecord *record)
{
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = domain_at(record, i);
        const int64_t cpu_ns = domain->ran_ns + domain->overhead_ns;

        outcome->creations += (int64_t)domain->creations;
        outcome->destructions += (int64_t)domain->destructions;
        sum_domain_counts(outcome, domain);
        switch (domain->role) {
        case ROLE_DOM0:
            outcome->dom0_cpu_ns += cpu_ns;
            break;
        case ROLE_STUB:
            outcome->stub_cpu_ns += cpu_ns;
            break;
        case ROLE_GUEST:
            outcome->guest_cpu_ns += cpu_ns;
            break;
        case ROLE_DRIVER:
        case ROLE_NEIGHBOUR:
        case ROLES:
            break;
        }
    }
}

static void sum_guests(Outcome *outcome, const RunRecord *record)
{
    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = domain_at(record, i);

        if (domain->role != ROLE_GUEST)
            continue;
        outcome->n_guests++;
        outcome->requests += (int64_t)domain->requests;
        outcome->transfers += (int64_t)domain->transfers;
        outcome->transfer_bytes += domain->transfer_bytes;
        outcome->deadlines += (int64_t)domain->deadlines;
        outcome->lived_guests_ns += domain->lived_ns;
        outcome->dropped_requests += (int64_t)domain->dropped_requests;
        outcome->missed_deadlines += (int64_t)domain->missed_deadlines;
        outcome->attributed_guests_ns += domain->attributed_ns;
        outcome->paid_by_others_ns +=
            MAX(0, domain->attributed_ns - domain_paid_ns(domain));
    }
}

/* Of a guest while it lived; measured_ns / lived_ns is exactly 1 for most. Doubles, but
 * only products and quotients: the same everywhere. */
static double share_of(const RunRecord *record, const DomainRecord *guest)
{
    return (double)guest->attributed_ns / (double)MAX(guest->weight, 1) *
           ((double)record->measured_ns / (double)guest->lived_ns);
}

static int64_t fairness_ppm(const RunRecord *record)
{
    double sum = 0, sum_of_squares = 0;
    unsigned n = 0;

    for (unsigned i = 0; i < record->domains->len; i++) {
        const DomainRecord *domain = domain_at(record, i);
        double share;

        if (domain->role != ROLE_GUEST || domain->lived_ns <= 0)
            continue;
        share = share_of(record, domain);
        sum += share;
        sum_of_squares += share * share;
        n++;
    }
    if (n == 0)
        return OUTCOME_NONE;
    if (sum_of_squares <= 0)
        return 1000000;
    return (int64_t)(sum * sum / (n * sum_of_squares) * 1e6 + 0.5);
}

/* Of all subjects, in place of what the sum was. */
static void add_up(Histogram *sum, const RunRecord *record, Quantity quantity)
{
    histogram_clear(sum);
    for (unsigned i = 0; i < record->histograms->len; i++) {
        const HistogramRecord *histogram =
            &g_array_index(record->histograms, HistogramRecord, i);

        if (histogram->quantity == quantity)
            histogram_merge_part(sum, &histogram->values);
    }
}

static int64_t quantile_ns(const Histogram *values, unsigned ppm)
{
    return histogram_has_quantile(values->count, ppm)
               ? histogram_quantile_ns(values, ppm)
               : OUTCOME_NONE;
}

static void compute_latency(Outcome *outcome, const Histogram *latency)
{
    const bool has_some = latency->count > 0;

    outcome->latency_mean_ns =
        has_some ? latency->sum_ns / (int64_t)latency->count : OUTCOME_NONE;
    outcome->latency_p50_ns = quantile_ns(latency, 500000);
    outcome->latency_p90_ns = quantile_ns(latency, 900000);
    outcome->latency_p99_ns = quantile_ns(latency, 990000);
    outcome->latency_p999_ns = quantile_ns(latency, 999000);
    outcome->latency_greatest_ns = has_some ? latency->greatest_ns : OUTCOME_NONE;
}

static void compute_quantiles(Outcome *outcome, const RunRecord *record)
{
    g_autofree Histogram *sum = histogram_new();

    add_up(sum, record, QUANTITY_REQUEST);
    compute_latency(outcome, sum);
    add_up(sum, record, QUANTITY_TRANSFER);
    outcome->transfer_p50_ns = quantile_ns(sum, 500000);
    outcome->transfer_p99_ns = quantile_ns(sum, 990000);
    add_up(sum, record, QUANTITY_BOOT);
    outcome->boots = (int64_t)sum->count;
    outcome->boot_p50_ns = quantile_ns(sum, 500000);
    outcome->boot_p99_ns = quantile_ns(sum, 990000);
    add_up(sum, record, QUANTITY_LATENESS);
    outcome->lateness_p50_ns = quantile_ns(sum, 500000);
    outcome->lateness_p99_ns = quantile_ns(sum, 990000);
    add_up(sum, record, QUANTITY_RING_REQUEST);
    outcome->ring_requests = (int64_t)sum->count;
    outcome->ring_latency_p50_ns = quantile_ns(sum, 500000);
    outcome->ring_latency_p99_ns = quantile_ns(sum, 990000);
}

void outcome_compute(Outcome *outcome, const RunRecord *record)
{
    *outcome = (Outcome){
        .measured_ns = record->measured_ns,
        .n_pcpus = record->host.n_pcpus,
        .overhead_ns = record->host.overhead_ns,
        .idle_ns = record->host.idle_ns,
        .attributed_host_ns = record->host.attributed_host_ns,
        .fairness_ppm = fairness_ppm(record),
        .events = (int64_t)record->host.events,
        .decisions = (int64_t)record->host.decisions,
        .switches = (int64_t)record->host.switches,
        .migrations = (int64_t)record->host.migrations,
        .refusals = (int64_t)record->host.refusals,
    };
    sum_roles(outcome, record);
    sum_guests(outcome, record);
    compute_quantiles(outcome, record);
}
