/*
 * simple_runs.h - a results database of runs of a second with dom0 and one guest, for
 * tests of what is made of them.
 */
#ifndef TESTS_UNIT_SIMPLE_RUNS_H
#define TESTS_UNIT_SIMPLE_RUNS_H

#include "results/summary.h"
#include "tests/unit/made_up_runs.h"

typedef struct {
    MadeUpPlace made_up;
    unsigned deadlines; /* of each run added from now on, a quarter of them missed */
    int64_t latency_ns; /* of each request */
    int64_t absent_ns;  /* and of its second, when the guest was not there */
    const char *axis_key, *axis_text; /* a factor of each run; NULL: none */
    double axis_number;
} Place;

void place_set_up(Place *place, const void *unused);
void place_tear_down(Place *place, const void *unused);

/* A run of a second with one guest, so many transfers, each of 10 requests. */
void add_simple_run(Place *place, const char *placement, unsigned replication,
                    unsigned transfers);

/* Of the runs so far. */
Summary *summary_or_die(Place *place);
/* Free with g_free. */
char *sentences_of(const Summary *summary);
const Interval *interval_of(const Summary *summary, unsigned row, SummaryColumn column);

#endif
