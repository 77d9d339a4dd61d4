/*
 * outcome.h - the figures of a run that tables and plots ask for, from its record.
 *
 * docs/metrics.md has the formulas. All members are int64_t, in the unit of their name,
 * or OUTCOME_NONE where there is nothing of the kind: results have NULL there.
 */
#ifndef RESULTS_OUTCOME_H
#define RESULTS_OUTCOME_H

#include "results/run_record.h"

#include <stddef.h>

#define OUTCOME_NONE INT64_MIN

typedef struct Outcome {
    int64_t measured_ns;
    int64_t n_pcpus, n_guests;
    int64_t requests, transfers, transfer_bytes;
    int64_t latency_mean_ns, latency_p50_ns, latency_p90_ns, latency_p99_ns,
        latency_p999_ns, latency_greatest_ns;
    int64_t transfer_p50_ns, transfer_p99_ns;
    int64_t deadlines, missed_deadlines, lateness_p50_ns, lateness_p99_ns;
    int64_t dom0_cpu_ns, stub_cpu_ns, guest_cpu_ns;
    int64_t overhead_ns, idle_ns;
    int64_t attributed_guests_ns, attributed_host_ns, paid_by_others_ns;
    int64_t fairness_ppm;
    int64_t events, decisions, switches, migrations;
    int64_t refusals;
    int64_t lived_guests_ns, creations, destructions, dropped_requests;
    int64_t boots, boot_p50_ns, boot_p99_ns;
    int64_t ring_requests, ring_latency_p50_ns, ring_latency_p99_ns;
    int64_t vm_exits, interrupt_exits, io_exits;
    int64_t hypercalls, ipis, notifications;
    int64_t lost_frames;
} Outcome;

/* A member of Outcome, a column of table outcome and a row of table metric. */
typedef struct {
    const char *name;
    const char *unit;
    const char *meaning;
    size_t offset;
} Metric;

/* In the order of table outcome; ends with a NULL name. */
const Metric *outcome_metrics(void);
int64_t outcome_value(const Outcome *outcome, const Metric *metric);

void outcome_compute(Outcome *outcome, const RunRecord *record);

/* Booked to the account of the domain, and the overhead of all domains while they drew
 * on it. */
int64_t domain_paid_ns(const DomainRecord *domain);

#endif
