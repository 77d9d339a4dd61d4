/*
 * opened_source.h - a workload source with its options, for tests of what it does.
 *
 * Programmer errors, a wrong option among them, stop the test.
 */
#ifndef TESTS_UNIT_OPENED_SOURCE_H
#define TESTS_UNIT_OPENED_SOURCE_H

#include "workloads/source.h"

typedef struct {
    const WorkloadSourceOps *ops;
    void *options;
    WorkloadSource *source; /* NULL until the first start */
} OpenedSource;

/* With defaults. */
void opened_source_init(OpenedSource *self, const char *name);
void opened_source_clear(OpenedSource *self);
void opened_source_set(OpenedSource *self, const char *key, const char *text);
Workload *opened_source_start(OpenedSource *self, bool has_pv_drivers, uint64_t seed,
                              const char *stream_name);

/* The accesses up to the next activity of that kind, in short: "w300=22" for one byte
 * written, "r64" for one read, "W310*30" and "R310*30" for strings (hexadecimal, but
 * for the elements), "x" for an exit and "h" for a halt; spaces between them. Free with
 * g_free. */
char *accesses_until(Workload *workload, ActivityKind end);

#endif
