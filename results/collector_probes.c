#include "results/collector_internal.h"

#include "models/host/interrupt.h"

static DomainTally *tally_of(Collector *self, const Vcpu *vcpu)
{
    return &self->domains[vcpu->domain->index];
}

void tally_end_life(DomainTally *tally, int64_t now_ns)
{
    if (tally->alive_since_ns != NOT_ALIVE)
        tally->seen.lived_ns += now_ns - tally->alive_since_ns;
    tally->alive_since_ns = NOT_ALIVE;
}

static void on_woken(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    Collector *self = listener;

    if (!self->is_measuring)
        return;
    self->woken_ns[vcpu->index] = now_ns;
}

/* A wake is counted where it ends, as its time is. */
static void end_wait(Collector *self, const Vcpu *vcpu, int64_t wait_ns)
{
    DomainTally *tally = tally_of(self, vcpu);

    tally->seen.wakes++;
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

static void on_destroyed(void *listener, int64_t now_ns, const Domain *domain)
{
    Collector *self = listener;
    DomainTally *tally = &self->domains[domain->index];

    tally_end_life(tally, now_ns);
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

/* What it leaves behind was paid by the account that it leaves. */
static void on_regrouped(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Domain *domain, const Domain *from, const Domain *to)
{
    Collector *self = listener;

    if (!self->is_measuring)
        return;
    self->domains[from->index].seen.paid_overhead_ns += domain->overhead_ns;
    self->domains[to->index].seen.paid_overhead_ns -= domain->overhead_ns;
}

static void on_refused(void *listener, int64_t now_ns, const char *order,
                       const char *domain, int result)
{
    Collector *self = listener;

    if (self->n_refusals < REFUSALS_KEPT)
        self->refusals[self->n_refusals] = (Refusal){ now_ns, order, domain, result };
    self->n_refusals++;
}

const Probe collector_probe = {
    .woken = on_woken,
    .switched = on_switched,
    .continued = on_continued,
    .runstate = on_runstate,
    .request = on_request,
    .transfer = on_transfer,
    .ring_request = on_ring_request,
    .deadline = on_deadline,
    .skipped = on_skipped,
    .regrouped = on_regrouped,
    .refused = on_refused,
    .booted = on_booted,
    .created = on_created,
    .destroyed = on_destroyed,
    .dropped = on_dropped,
};
