/*
 * collector_internal.h - what the parts of the collector share: collector.c, its life;
 * collector_probes.c, what it hears; collector_record.c, what becomes of that.
 */
#ifndef RESULTS_COLLECTOR_INTERNAL_H
#define RESULTS_COLLECTOR_INTERNAL_H

#include "results/collector.h"
#include "results/device_tally.h"

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
    const char *group;               /* borrowed; NULL: its own name */
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

/* Without a listener. */
extern const Probe collector_probe;

static inline const Domain *domain_at(const Collector *self, unsigned index)
{
    return g_ptr_array_index(self->host->domains, index);
}

/* Books its life up to now, if it is alive. */
void tally_end_life(DomainTally *tally, int64_t now_ns);

/* Adds the overhead up to now of all domains to what the tallies of the accounts that
 * they draw on have seen paid, times sign: -1 when measuring begins, 1 when it ends. */
void collector_add_paid_overhead(Collector *self, int sign);

/* The counters of a domain and of the host as they stand now. */
void collector_read_domain(const Domain *domain, int64_t now_ns,
                           DomainRecord *counters);
void collector_read_host(const Host *host, HostRecord *counters);

#endif
