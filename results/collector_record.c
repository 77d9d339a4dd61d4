#include "results/collector_internal.h"

#include "results/refusal_reason.h"
#include "sim/sim.h"

#include <stddef.h>

void collector_add_paid_overhead(Collector *self, int sign)
{
    for (unsigned i = 0; i < self->n_domains; i++) {
        Domain *domain = g_ptr_array_index(self->host->domains, i);
        const unsigned account = domain_account(domain)->index;

        self->domains[account].seen.paid_overhead_ns += sign * domain->overhead_ns;
    }
}

void collector_read_domain(const Domain *domain, int64_t now_ns, DomainRecord *counters)
{
    counters->ran_ns = domain->ran_ns;
    counters->overhead_ns = domain->overhead_ns;
    counters->booked_ns = domain->booked_ns;
    counters->attributed_ns = domain->attributed_ns;
    for (unsigned i = 0; i < DOMAIN_COUNTS; i++)
        counters->counts[i] = domain_count(domain, (DomainCount)i);
    for (unsigned i = 0; i < domain->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, i);

        for (unsigned state = 0; state < RUNSTATES; state++)
            counters->runstate_ns[state] +=
                runstate_total_ns(&vcpu->runstate, (RunstateName)state, now_ns);
    }
}

void collector_read_host(const Host *host, HostRecord *counters)
{
    counters->overhead_ns = host->overhead_ns;
    counters->idle_ns = host->idle_ns;
    counters->attributed_host_ns = host->attributed_host_ns;
    counters->events = sim_fired_count(host->sim);
    counters->decisions = host->decisions;
    counters->switches = host->switches;
}

static void take_domain(const Collector *self, unsigned index, DomainRecord *record)
{
    Domain *domain = g_ptr_array_index(self->host->domains, index);
    const DomainTally *tally = &self->domains[index];
    const DomainRecord *before = &tally->at_begin;
    DomainRecord after = { 0 };

    collector_read_domain(domain, host_now_ns(self->host), &after);
    *record = tally->seen;
    record->id = domain->id;
    record->name = g_strdup(domain->name);
    record->group = g_strdup(tally->group ? tally->group : domain->name);
    record->role = tally->role;
    record->owner = tally->owner;
    record->account = (int)domain_account(domain)->index;
    record->n_vcpus = domain->vcpus->len;
    record->weight = domain->params.weight;
    record->cap_percent = domain->params.cap_percent;
    record->ran_ns = after.ran_ns - before->ran_ns;
    record->overhead_ns = after.overhead_ns - before->overhead_ns;
    record->booked_ns = after.booked_ns - before->booked_ns;
    record->attributed_ns = after.attributed_ns - before->attributed_ns;
    for (unsigned i = 0; i < RUNSTATES; i++)
        record->runstate_ns[i] = after.runstate_ns[i] - before->runstate_ns[i];
    for (unsigned i = 0; i < DOMAIN_COUNTS; i++)
        record->counts[i] = i < GUEST_COUNTS
                                ? after.counts[i] - before->counts[i]
                                : (uint32_t)(after.counts[i] - before->counts[i]);
    if (tally->role != ROLE_GUEST)
        return;
    record->requests = tally->requests->count;
    record->latency_sum_ns = tally->requests->sum_ns;
    record->transfers = tally->transfers->count;
    record->transfer_sum_ns = tally->transfers->sum_ns;
}

static void take_host(const Collector *self, HostRecord *record)
{
    const HostRecord *before = &self->at_begin;

    collector_read_host(self->host, record);
    record->n_pcpus = self->host->n_pcpus;
    record->overhead_ns -= before->overhead_ns;
    record->idle_ns -= before->idle_ns;
    record->attributed_host_ns -= before->attributed_host_ns;
    record->events -= before->events;
    record->decisions -= before->decisions;
    record->switches -= before->switches;
    record->migrations = self->migrations;
    record->refusals = self->n_refusals;
}

static void take_devices(const Collector *self, const unsigned *places, unsigned domain,
                         GArray *records)
{
    for (unsigned i = 0; i < self->devices.n_devices; i++) {
        const DeviceRecord *tally = &self->domains[domain].devices[places[i]];
        DeviceRecord *record;

        if (tally->requests == 0)
            continue;
        g_array_append_vals(records, tally, 1);
        record = &g_array_index(records, DeviceRecord, records->len - 1);
        record->domain = domain;
        record->device = g_strdup(device_tally_name(&self->devices, places[i]));
    }
}

static void take_refusals(const Collector *self, GArray *records)
{
    for (unsigned i = 0; i < MIN(self->n_refusals, REFUSALS_KEPT); i++) {
        const Refusal *refusal = &self->refusals[i];
        const RefusalRecord record = { .at_ns = refusal->at_ns,
                                       .order = g_strdup(refusal->order),
                                       .domain = g_strdup(refusal->domain),
                                       .reason = refusal_reason(refusal->result) };

        g_array_append_val(records, record);
    }
}

static void take_histogram(const Histogram *histogram, Quantity quantity,
                           const char *subject, GArray *records)
{
    HistogramRecord record = { .quantity = quantity };

    if (!histogram || histogram->count == 0)
        return;
    record.subject = g_strdup(subject);
    histogram_part_init(&record.values, histogram);
    g_array_append_val(records, record);
}

/* Of each domain, one histogram after the other. */
static void take_domain_histograms(const Collector *self, GArray *records)
{
    static const struct {
        Quantity quantity;
        size_t offset; /* of a Histogram * in DomainTally */
    } taken[] = {
        { QUANTITY_REQUEST, offsetof(DomainTally, requests) },
        { QUANTITY_TRANSFER, offsetof(DomainTally, transfers) },
        { QUANTITY_BOOT, offsetof(DomainTally, boots) },
        { QUANTITY_LATENESS, offsetof(DomainTally, lateness) },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(taken); i++)
        for (unsigned j = 0; j < self->n_domains; j++)
            take_histogram(
                G_STRUCT_MEMBER(Histogram *, &self->domains[j], taken[i].offset),
                taken[i].quantity, domain_at(self, j)->name, records);
}

static void take_histograms(const Collector *self, const unsigned *places,
                            GArray *records)
{
    take_domain_histograms(self, records);
    for (unsigned i = 0; i < ROLES; i++)
        take_histogram(self->wakes[i], QUANTITY_WAKE, role_name((DomainRole)i),
                       records);
    for (unsigned i = 0; i < STAGES; i++)
        take_histogram(self->stages[i], QUANTITY_STAGE, stage_name((Stage)i), records);
    for (unsigned i = 0; i < self->devices.n_devices; i++)
        take_histogram(self->devices.latencies[places[i]], QUANTITY_DEVICE,
                       device_tally_name(&self->devices, places[i]), records);
    for (unsigned i = 0; i < RING_KINDS; i++)
        take_histogram(self->rings[i], QUANTITY_RING_REQUEST,
                       i == RING_BLOCK ? "block" : "network", records);
}

/* A stub domain lives as long as its guest. */
static void end_lives(Collector *self)
{
    for (unsigned i = 0; i < self->n_domains; i++)
        tally_end_life(&self->domains[i], host_now_ns(self->host));
    for (unsigned i = 0; i < self->n_domains; i++) {
        DomainTally *tally = &self->domains[i];

        if (tally->owner != NO_DOMAIN)
            tally->seen.lived_ns = self->domains[tally->owner].seen.lived_ns;
    }
}

RunRecord *collector_finish(Collector *self)
{
    RunRecord *record = run_record_new();
    unsigned device_places[DEVICES_MAX] = { 0 };

    g_assert(self->is_measuring);
    self->is_measuring = false;
    host_book_time(self->host);
    device_tally_sort(&self->devices, device_places);
    record->warmup_ns = self->begin_ns;
    record->measured_ns = host_now_ns(self->host) - self->begin_ns;
    take_host(self, &record->host);
    end_lives(self);
    collector_add_paid_overhead(self, 1);
    for (unsigned i = 0; i < self->n_domains; i++) {
        DomainRecord domain;

        take_domain(self, i, &domain);
        g_array_append_val(record->domains, domain);
        if (self->domains[i].role == ROLE_GUEST)
            take_devices(self, device_places, i, record->devices);
    }
    take_refusals(self, record->refusals);
    take_histograms(self, device_places, record->histograms);
    return record;
}
