/*
 * capture_figures.h - what a capture measures: shares of CPU, wake-ups, switches, and
 * the round trips of emulated I/O with their stages.
 *
 * The rules, on the records in the order of time:
 *  - The time between two run-state records of a vCPU belongs to the state that the
 *    second one says it left; before its first record, back to the first stamp of the
 *    capture. Where the TSCs of two pCPUs disagree, a wake-up stamped before the block
 *    that it ends takes the run before it away.
 *  - A wake-up is a change from blocked or offline to runnable that is followed by the
 *    change to running; a vCPU made runnable by preemption does not count.
 *  - A round trip is a port exit up to the next entry of the same vCPU, if the vCPU was
 *    offline in between.
 *  - Gaps of lost records are not taken out; lost_ticks says how long they are.
 */
#ifndef WORKLOADS_CAPTURE_FIGURES_H
#define WORKLOADS_CAPTURE_FIGURES_H

#include "sim/units.h"
#include "workloads/xentrace.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The stages of a round trip that a capture shows, in their order. */
typedef enum {
    TRIP_EXIT_TO_WAKE, /* exit - the server's vCPU is signalled */
    TRIP_WAKE_TO_RUN,  /* - and runs */
    TRIP_RUN_TO_REPLY, /* - the guest's vCPU is signalled */
    TRIP_REPLY_TO_RUN, /* - and runs */
    TRIP_RUN_TO_ENTRY, /* - it enters the guest */
    TRIP_STAGES,
} TripStage;

/* Durations in ticks of the capture's TSC; sorted when the capture has been read. */
typedef struct {
    unsigned domain; /* TRACE_IDLE_DOMAIN: the idle vCPUs */
    uint64_t running_ticks;
    GArray *wake_to_run; /* uint64_t */
    GArray *round_trips;
    GArray *stages[TRIP_STAGES]; /* of the trips whose server had to be woken */
    GArray *exits;               /* ExitCount, by code */
} DomainFigures;

typedef struct {
    uint32_t code; /* of SVM or VMX */
    uint64_t count;
} ExitCount;

typedef struct {
    int64_t clock_hz; /* of the capture's TSC */
    uint64_t first_tsc, last_tsc;
    uint64_t n_records; /* without CPU changes and filler */
    uint64_t n_switches;
    uint64_t n_lost;
    uint64_t lost_ticks;
    GPtrArray *domains; /* DomainFigures, by number */
} CaptureFigures;

/* NULL and an error if the capture cannot be read to its end. clock_hz: 100 MHz to
 * 9 GHz. */
CaptureFigures *capture_figures_read(const char *path, int64_t clock_hz,
                                     GError **error);
/* The same of an opened capture, which is read to its end. */
CaptureFigures *capture_figures_new(Xentrace *trace, int64_t clock_hz, GError **error);
void capture_figures_free(CaptureFigures *figures);

/* NULL if there is no such domain. */
const DomainFigures *capture_figures_domain(const CaptureFigures *figures,
                                            unsigned domain);

/* The sample of rank floor(n x percent / 100) of sorted ticks, in ns; 0 of none. */
int64_t capture_percentile_ns(const CaptureFigures *figures, const GArray *samples,
                              unsigned percent);
/* Rounded to whole ns; 0 of none. */
int64_t capture_mean_ns(const CaptureFigures *figures, const GArray *samples);

/* How much of what is counted is in a second of the capture; 0 of a capture without
 * length. */
double capture_per_second(const CaptureFigures *figures, uint64_t count);

/* The table "domain,metric,value,unit" of all of it. Free with g_free. */
char *capture_figures_to_csv(const CaptureFigures *figures);

/* "exit_to_wake"... */
const char *trip_stage_name(TripStage stage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptureFigures, capture_figures_free)

#endif
