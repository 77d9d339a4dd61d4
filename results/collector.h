/*
 * collector.h - listens to a host's probes and sums up what a run record keeps.
 *
 * Life: collector_new after the host is built and before it starts; roles; the run up
 * to the end of the warm-up; collector_begin; the run up to its end; collector_finish.
 * Between begin and finish nothing is allocated, but at a guest's first deadline or
 * boot. A request or transfer counts when it ends while measuring, with all of its
 * latency; every other figure is a difference between finish and begin.
 */
#ifndef RESULTS_COLLECTOR_H
#define RESULTS_COLLECTOR_H

#include "models/host/host.h"
#include "results/run_record.h"

typedef struct Collector Collector;

/* Adds its probe to the host, which must not be started and must have all its domains
 * and vCPUs, and must not be freed before the last collector_finish. */
Collector *collector_new(Host *host);
void collector_free(Collector *collector);

/* What a domain is; owner: of a stub domain its guest, else NULL. Unless told, the
 * domain with id 0 is dom0 and every other one a guest. Before collector_begin. */
void collector_set_role(Collector *collector, const Domain *domain, DomainRole role,
                        const Domain *owner);

/* Whom it is one of: "guest", for "guest1". NULL, and unless told: of nobody, and its
 * group has its own name. Borrowed until collector_finish. */
void collector_set_group(Collector *collector, const Domain *domain, const char *group);

/* The warm-up is over: measure from now on. Once. */
void collector_begin(Collector *collector);

/* Brings the books up to now, and gives a new record with all that was measured since
 * collector_begin, in state RUN_DONE; identity is left to the caller. Once. */
RunRecord *collector_finish(Collector *collector);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Collector, collector_free)

#endif
