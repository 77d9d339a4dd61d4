/*
 * xentrace.h - reads the binary that Xen's `xentrace` writes, in the order of time.
 *
 * Two formats are told apart by their first bytes: the variable records of Xen 3.2 and
 * later, in chunks of one pCPU each, and the fixed records of 3.0 and 3.1 with words of
 * 32 or 64 bits. xz and gzip are unpacked on the way.
 *
 * The file is a sequence of passes over the pCPUs, and each pass holds what the pCPUs
 * wrote since the one before. Reading two passes ahead is therefore enough to merge the
 * pCPUs by TSC, and all that is kept in memory.
 */
#ifndef WORKLOADS_XENTRACE_H
#define WORKLOADS_XENTRACE_H

#include "models/trace_record.h"
#include "workloads/byte_source.h"

typedef enum {
    XENTRACE_VARIABLE, /* 3.2 and later */
    XENTRACE_FIXED_32, /* 3.0 and 3.1, 32-bit hypervisor */
    XENTRACE_FIXED_64,
} XentraceFormat;

typedef struct Xentrace Xentrace;

/* NULL and an error if the file cannot be read or is no capture. */
Xentrace *xentrace_open(const char *path, GError **error);
/* The same from a byte source, which is taken in any case. */
Xentrace *xentrace_new(ByteSource *source, GError **error);
void xentrace_free(Xentrace *trace);

/*
 * Reads a capture that was cut off, packed or not, up to its last whole record.
 * Otherwise that is an error, as every damage always is.
 */
void xentrace_accept_early_end(Xentrace *trace);

/*
 * The next record of any pCPU: by TSC, then by pCPU number, in the order of the file on
 * one pCPU. CPU changes and filler are not handed out; lost records and unknown ids
 * are. False at the end, with no error, or at a fault, with one that names file and
 * byte.
 */
bool xentrace_next(Xentrace *trace, TraceRecord *record, GError **error);

/* As messages name it. */
const char *xentrace_name(const Xentrace *trace);
/* False and an error if it has no run-state records, which came with Xen 3.4; told from
 * the format, so that captures of 3.2 and 3.3 pass. */
bool xentrace_check_run_states(const Xentrace *trace, GError **error);

XentraceFormat xentrace_format(const Xentrace *trace);
/* The capture was cut off (seen once the end has been reached). */
bool xentrace_ended_early(const Xentrace *trace);
/* Records that were older than one already handed out: the TSCs of two pCPUs disagree
 * by more than a pass. */
uint64_t xentrace_n_late(const Xentrace *trace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xentrace, xentrace_free)

#endif
