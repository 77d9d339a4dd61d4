/*
 * trace_reader.h - xentrace, the program in dom0 that takes trace records out of Xen's
 * buffers: part of the load that a trace shows.
 *
 * It polls, and each pass takes as long as there are bytes to copy. How many there are
 * follows from what the host does: each switch, wake and round trip leaves its records.
 */
#ifndef MODELS_TRACE_READER_H
#define MODELS_TRACE_READER_H

#include "models/host/host.h"

typedef struct Kernel Kernel;
typedef struct TraceReader TraceReader;

typedef struct {
    int64_t poll_ns;        /* between passes; 0: nobody traces */
    int64_t pass_ns;        /* a pass that finds nothing */
    int64_t kilobyte_ns;    /* more for each 1000 bytes */
    bool traces_hypercalls; /* of PV domains, beside scheduler and HVM events */
    bool traps_rdtsc;       /* of PV guests; a record each among the hypercalls */
} TraceReaderParams;

/* A task of dom0's kernel; before host_start. */
TraceReader *trace_reader_new(Kernel *dom0, const TraceReaderParams *params);
void trace_reader_free(TraceReader *reader);

#endif
