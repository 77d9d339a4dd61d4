/*
 * tracer.h - writes down what happens on a host while it happens, for the tools that
 * show and analyse traces: one implementation for each file format.
 *
 * Life: tracer_new after the host is built and before it starts; the run up to where
 * the trace begins; tracer_begin; the run; tracer_end. Outside begin and end nothing is
 * written. The run is the same with a tracer and without.
 */
#ifndef RESULTS_TRACER_H
#define RESULTS_TRACER_H

#include "models/host/host.h"

#include <stdio.h>

typedef struct Tracer Tracer;

typedef struct {
    const char *name;    /* as the command line gives it: "xentrace" */
    const char *summary; /* one line: what it is, and what opens it */
    const char *suffix;  /* of the file: ".xentrace" */
    size_t size; /* of the implementation's struct, which begins with a Tracer */
    Probe probe; /* what it listens to; its listener is set by tracer_new, and
                    nothing is heard unless the tracer is_open */
    void (*begin)(Tracer *self, int64_t now_ns);
    void (*end)(Tracer *self, int64_t now_ns);
    void (*clear)(Tracer *self); /* frees what begin has made; also before begin */
} TracerOps;

/* The head of every implementation's own struct. */
struct Tracer {
    const TracerOps *ops;
    Host *host;
    FILE *stream; /* borrowed; whether it took all is for the caller to see (ferror) */
    bool is_open; /* between begin and end */
    uint64_t n_records;
};

extern const TracerOps xentrace_tracer, json_tracer;
/* All formats; ends with NULL. */
const TracerOps *const *tracer_ops_all(void);

/* Adds a probe to the host, which must not be freed before the tracer's end. */
Tracer *tracer_new(const TracerOps *ops, Host *host, FILE *stream);
void tracer_free(Tracer *tracer);

/* Each once, between two events of the host: at its present time. */
void tracer_begin(Tracer *tracer);
void tracer_end(Tracer *tracer);

/* Records (or events, whatever the format calls them) written so far. */
uint64_t tracer_n_records(const Tracer *tracer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tracer, tracer_free)

#endif
