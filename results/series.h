/*
 * series.h - a run as it goes: what happened in each interval of simulated time, from
 * its beginning on.
 */
#ifndef RESULTS_SERIES_H
#define RESULTS_SERIES_H

#include "models/host/host.h"

typedef enum {
    SERIES_REQUESTS,  /* that were answered, per second */
    SERIES_TRANSFERS, /* that guests completed, per second */
    /* What the requests that were answered had taken, over the interval's length: by
     * Little's law the mean number that is outstanding. Unlike a mean latency it has a
     * value where none is answered. */
    SERIES_OUTSTANDING,
    SERIES_QUANTITIES,
} SeriesQuantity;

/* "requests_per_s", "transfers_per_s", "outstanding_requests". */
const char *series_quantity_name(SeriesQuantity quantity);

typedef struct Series Series;

/* Adds its probe to the host, which must not be started. interval_ns: above 0. Must not
 * be freed before the host has handled its last event; what happens after the last of
 * the intervals is not counted. */
Series *series_new(Host *host, int64_t interval_ns, unsigned n_intervals);
void series_free(Series *series);

/* Of the interval, from 0. */
double series_value(const Series *series, SeriesQuantity quantity, unsigned interval);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Series, series_free)

#endif
