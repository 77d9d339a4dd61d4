#include "results/collector.h"

#include "models/host/interrupt.h"
#include "results/device_tally.h"
#include "results/refusal_reason.h"
#include "sim/sim.h"

#define NOT_WAITING   (-1)
#define NOT_ALIVE     (-1)
#define REFUSALS_KEPT 64

typedef struct {
    int64_t at_ns;
    const char *order, *domain; /* borrowed for the run */
    int result;
} Refusal;

typedef struct {
    DomainRecord at_begin; /* what the host's own counters said; numbers only */
    DomainRecord seen;     /* what probes announced; numbers only */
    DomainRole role;
    int owner;
    Histogram *requests, *transfers; /* of guests only */
    Histogram *boots, *lateness;     /* of those who have some: histograms are large */
    int64_t alive_since_ns;          /* NOT_ALIVE, or what is not in seen.lived_ns */
    DeviceRecord devices[DEVICES_MAX]; /* by place in the tally; numbers only */
} DomainTally;

struct Collector {
    Host *host;
    bool is_measuring;
    int64_t begin_ns;
    HostRecord at_begin;
    uint64_t migrations;
    unsigned n_domains;
    DomainTally *domains; /* by Domain.index */
    int64_t *woken_ns;    /* by Vcpu.index: when woken and not run since */
    DeviceTally devices;
    Histogram *stages[STAGES];
    Histogram *wakes[ROLES];
    Histogram *rings[RING_KINDS];
    Refusal refusals[REFUSALS_KEPT]; /* the first of them */
    uint64_t n_refusals;
};

static DomainTally *tally_of(Collector *self, const Vcpu *vcpu)
{
    return &self->domains[vcpu->domain->index];
}

/* Probes. */

static void on_woken(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    Collector *self = listener;

    if (!self->is_measuring)
        return;
    tally_of(self, vcpu)->seen.wakes++;
    self->woken_ns[vcpu->index] = now_ns;
}

static void end_wait(Collector *self, const Vcpu *vcpu, int64_t wait_ns)
{
    DomainTally *tally = tally_of(self, vcpu);

    tally->seen.wake_sum_ns += wait_ns;
    histogram_record(self->wakes[tally->role], wait_ns);
    self->woken_ns[vcpu->index] = NOT_WAITING;
}

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev G_GNUC_UNUSED, const Vcpu *next)
{
    Collector *self = listener;
    DomainTally *tally;
    int64_t woken_ns;

    if (!self->is_measuring || next->is_idle)
        return;
    tally = tally_of(self, next);
    tally->seen.dispatches++;
    if (next->last_ran_on != PCPU_NONE && next->last_ran_on != pcpu->id) {
        tally->seen.migrations++;
        self->migrations++;
    }
    woken_ns = self->woken_ns[next->index];
    if (woken_ns != NOT_WAITING)
        end_wait(self, next, pcpu_wait_ns(pcpu, woken_ns, now_ns));
}

/* A vCPU woken before it had left its pCPU has waited for nothing. */
static void on_continued(void *listener, int64_t now_ns, const Pcpu *pcpu G_GNUC_UNUSED,
                         const Vcpu *vcpu)
{
    Collector *self = listener;

    if (self->is_measuring && !vcpu->is_idle &&
        self->woken_ns[vcpu->index] != NOT_WAITING)
        end_wait(self, vcpu, now_ns - self->woken_ns[vcpu->index]);
}

/* Paused or parked before it ran: that wake leads to no run. */
static void on_runstate(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu,
                        RunstateName from, RunstateName to)
{
    Collector *self = listener;

    if (from == RUNSTATE_RUNNABLE && to >= RUNSTATE_BLOCKED)
        self->woken_ns[vcpu->index] = NOT_WAITING;
}

static void count_device(Collector *self, DomainTally *tally, const Request *request,
                         int64_t latency_ns)
{
    const unsigned place = device_tally_place(&self->devices, request->device->ops);
    DeviceRecord *device = &tally->devices[place];

    device->requests++;
    device->latency_sum_ns += latency_ns;
    device->latency_greatest_ns = MAX(device->latency_greatest_ns, latency_ns);
    device->service_sum_ns += request->stage_ns[STAGE_SERVICE];
    histogram_record(self->devices.latencies[place], latency_ns);
}

static void on_request(void *listener, int64_t now_ns, const Request *request)
{
    Collector *self = listener;
    const int64_t latency_ns = now_ns - request->issued_ns;
    DomainTally *tally;

    if (!self->is_measuring)
        return;
    tally = tally_of(self, request->guest);
    histogram_record(tally->requests, latency_ns);
    for (unsigned i = 0; i < STAGES; i++) {
        tally->seen.stage_ns[i] += request->stage_ns[i];
        histogram_record(self->stages[i], request->stage_ns[i]);
    }
    count_device(self, tally, request, latency_ns);
}

static void on_transfer(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu,
                        int64_t bytes, int64_t took_ns)
{
    Collector *self = listener;
    DomainTally *tally;

    if (!self->is_measuring)
        return;
    tally = tally_of(self, vcpu);
    tally->seen.transfer_bytes += bytes;
    histogram_record(tally->transfers, took_ns);
}

static void record_rare(Histogram **histogram, int64_t value_ns)
{
    if (!*histogram)
        *histogram = histogram_new();
    histogram_record(*histogram, value_ns);
}

static void on_ring_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                            const Domain *domain G_GNUC_UNUSED, RingKind kind,
                            int64_t took_ns)
{
    Collector *self = listener;

    if (self->is_measuring)
        histogram_record(self->rings[kind], took_ns);
}

static void on_booted(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu,
                      int64_t took_ns)
{
    Collector *self = listener;

    if (self->is_measuring)
        record_rare(&tally_of(self, vcpu)->boots, took_ns);
}

static void on_created(void *listener, int64_t now_ns, const Domain *domain)
{
    Collector *self = listener;
    DomainTally *tally = &self->domains[domain->index];

    tally->alive_since_ns = now_ns;
    tally->seen.creations += self->is_measuring;
}

static void end_life(DomainTally *tally, int64_t now_ns)
{
    if (tally->alive_since_ns != NOT_ALIVE)
        tally->seen.lived_ns += now_ns - tally->alive_since_ns;
    tally->alive_since_ns = NOT_ALIVE;
}

static void on_destroyed(void *listener, int64_t now_ns, const Domain *domain)
{
    Collector *self = listener;
    DomainTally *tally = &self->domains[domain->index];

    end_life(tally, now_ns);
    tally->seen.destructions += self->is_measuring;
}

static void on_dropped(void *listener, int64_t now_ns G_GNUC_UNUSED,
                       const Request *request)
{
    Collector *self = listener;

    tally_of(self, request->guest)->seen.dropped_requests += self->is_measuring;
}

static void on_deadline(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu,
                        int64_t lateness_ns)
{
    Collector *self = listener;
    DomainTally *tally;

    if (!self->is_measuring)
        return;
    tally = tally_of(self, vcpu);
    tally->seen.deadlines++;
    if (lateness_ns > 0)
        tally->seen.missed_deadlines++;
    record_rare(&tally->lateness, lateness_ns);
}

static void on_skipped(void *listener, int64_t now_ns G_GNUC_UNUSED, const Vcpu *vcpu,
                       uint64_t n)
{
    Collector *self = listener;

    if (!self->is_measuring)
        return;
    tally_of(self, vcpu)->seen.deadlines += n;
    tally_of(self, vcpu)->seen.missed_deadlines += n;
}

static void on_refused(void *listener, int64_t now_ns, const char *order,
                       const char *domain, int result)
{
    Collector *self = listener;

    if (self->n_refusals < REFUSALS_KEPT)
        self->refusals[self->n_refusals] = (Refusal){ now_ns, order, domain, result };
    self->n_refusals++;
}

/* Building. */

static const Domain *domain_at(const Collector *self, unsigned index)
{
    return g_ptr_array_index(self->host->domains, index);
}

static void init_domains(Collector *self)
{
    self->n_domains = self->host->domains->len;
    self->domains = g_new0(DomainTally, self->n_domains);
    for (unsigned i = 0; i < self->n_domains; i++) {
        self->domains[i].role = domain_at(self, i)->id == 0 ? ROLE_DOM0 : ROLE_GUEST;
        self->domains[i].owner = NO_DOMAIN;
        self->domains[i].alive_since_ns = domain_at(self, i)->is_gone ? NOT_ALIVE : 0;
    }
}

static void init_vcpus(Collector *self)
{
    const unsigned n_vcpus = self->host->vcpus->len;

    self->woken_ns = g_new(int64_t, n_vcpus);
    for (unsigned i = 0; i < n_vcpus; i++)
        self->woken_ns[i] = NOT_WAITING;
}

Collector *collector_new(Host *host)
{
    Collector *self = g_new0(Collector, 1);
    const Probe probe = {
        .listener = self,
        .woken = on_woken,
        .switched = on_switched,
        .continued = on_continued,
        .runstate = on_runstate,
        .request = on_request,
        .transfer = on_transfer,
        .ring_request = on_ring_request,
        .deadline = on_deadline,
        .skipped = on_skipped,
        .refused = on_refused,
        .booted = on_booted,
        .created = on_created,
        .destroyed = on_destroyed,
        .dropped = on_dropped,
    };

    g_assert(!host->is_started);
    self->host = host;
    init_domains(self);
    init_vcpus(self);
    host_add_probe(host, &probe);
    return self;
}

void collector_free(Collector *self)
{
    if (!self)
        return;
    for (unsigned i = 0; i < self->n_domains; i++) {
        g_free(self->domains[i].requests);
        g_free(self->domains[i].transfers);
        g_free(self->domains[i].lateness);
        g_free(self->domains[i].boots);
    }
    device_tally_clear(&self->devices);
    for (unsigned i = 0; i < STAGES; i++)
        g_free(self->stages[i]);
    for (unsigned i = 0; i < ROLES; i++)
        g_free(self->wakes[i]);
    for (unsigned i = 0; i < RING_KINDS; i++)
        g_free(self->rings[i]);
    g_free(self->domains);
    g_free(self->woken_ns);
    g_free(self);
}

void collector_set_role(Collector *self, const Domain *domain, DomainRole role,
                        const Domain *owner)
{
    DomainTally *tally = &self->domains[domain->index];

    g_assert(!self->is_measuring && (owner != NULL) == (role == ROLE_STUB));
    tally->role = role;
    tally->owner = owner ? (int)owner->index : NO_DOMAIN;
}

/* Snapshots. */

static void read_domain(const Domain *domain, int64_t now_ns, DomainRecord *counters)
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

static void read_host(const Host *host, HostRecord *counters)
{
    counters->overhead_ns = host->overhead_ns;
    counters->idle_ns = host->idle_ns;
    counters->attributed_host_ns = host->attributed_host_ns;
    counters->events = sim_fired_count(host->sim);
    counters->decisions = host->decisions;
    counters->switches = host->switches;
}

static void add_histograms(Collector *self)
{
    for (unsigned i = 0; i < self->n_domains; i++) {
        DomainTally *tally = &self->domains[i];

        if (!self->wakes[tally->role])
            self->wakes[tally->role] = histogram_new();
        if (tally->role != ROLE_GUEST)
            continue;
        tally->requests = histogram_new();
        tally->transfers = histogram_new();
    }
    device_tally_begin(&self->devices);
    for (unsigned i = 0; i < STAGES; i++)
        self->stages[i] = histogram_new();
    for (unsigned i = 0; i < RING_KINDS; i++)
        self->rings[i] = histogram_new();
}

/* What was before does not count. */
static void begin_life(DomainTally *tally, int64_t now_ns)
{
    tally->seen.lived_ns = 0;
    if (tally->alive_since_ns != NOT_ALIVE)
        tally->alive_since_ns = now_ns;
}

void collector_begin(Collector *self)
{
    g_assert(!self->is_measuring && self->host->domains->len == self->n_domains);
    host_count_time(self->host);
    self->begin_ns = host_now_ns(self->host);
    read_host(self->host, &self->at_begin);
    for (unsigned i = 0; i < self->n_domains; i++)
        begin_life(&self->domains[i], self->begin_ns);
    for (unsigned i = 0; i < self->n_domains; i++)
        read_domain(domain_at(self, i), self->begin_ns, &self->domains[i].at_begin);
    add_histograms(self);
    self->is_measuring = true;
}

/* Summing up. */

static void take_domain(const Collector *self, unsigned index, DomainRecord *record)
{
    Domain *domain = g_ptr_array_index(self->host->domains, index);
    const DomainTally *tally = &self->domains[index];
    const DomainRecord *before = &tally->at_begin;
    DomainRecord after = { 0 };

    read_domain(domain, host_now_ns(self->host), &after);
    *record = tally->seen;
    record->id = domain->id;
    record->name = g_strdup(domain->name);
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

    read_host(self->host, record);
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

static void take_histograms(const Collector *self, const unsigned *places,
                            GArray *records)
{
    for (unsigned i = 0; i < self->n_domains; i++)
        take_histogram(self->domains[i].requests, QUANTITY_REQUEST,
                       domain_at(self, i)->name, records);
    for (unsigned i = 0; i < self->n_domains; i++)
        take_histogram(self->domains[i].transfers, QUANTITY_TRANSFER,
                       domain_at(self, i)->name, records);
    for (unsigned i = 0; i < self->n_domains; i++)
        take_histogram(self->domains[i].boots, QUANTITY_BOOT, domain_at(self, i)->name,
                       records);
    for (unsigned i = 0; i < self->n_domains; i++)
        take_histogram(self->domains[i].lateness, QUANTITY_LATENESS,
                       domain_at(self, i)->name, records);
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
        end_life(&self->domains[i], host_now_ns(self->host));
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
    host_count_time(self->host);
    device_tally_sort(&self->devices, device_places);
    record->warm_up_ns = self->begin_ns;
    record->measured_ns = host_now_ns(self->host) - self->begin_ns;
    take_host(self, &record->host);
    end_lives(self);
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
