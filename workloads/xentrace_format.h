/*
 * xentrace_format.h - the bytes of the formats that xentrace.h reads: what they look
 * like, and the record that they say.
 *
 * Nothing here reads a file. Words are little-endian, as x86 writes them.
 */
#ifndef WORKLOADS_XENTRACE_FORMAT_H
#define WORKLOADS_XENTRACE_FORMAT_H

#include "workloads/xentrace.h"

/* More pCPUs than any Xen has had; a higher number is no pCPU. */
#define XENTRACE_PCPUS_MAX 4096

/* The record that opens a chunk of variable records: no TSC, two extra words, which are
 * the pCPU and the bytes of the chunk after it. */
#define XENTRACE_CPU_CHANGE       UINT32_C(0x2001f003)
#define XENTRACE_CPU_CHANGE_BYTES 12

/* Fixed records: the pCPU, then the hypervisor's own struct. */
#define XENTRACE_FIXED_32_BYTES 36
#define XENTRACE_FIXED_64_BYTES 60

/* What is looked at to tell one format from another: this many bytes from the beginning
 * of the file, or all that it has. */
#define XENTRACE_FIXED_TRIES 4
#define XENTRACE_LEAD_BYTES  ((size_t)XENTRACE_FIXED_TRIES * XENTRACE_FIXED_64_BYTES)

/* 4 bytes. */
static inline uint32_t xentrace_word(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* False: the file is of neither format. n_bytes: XENTRACE_LEAD_BYTES, or fewer if that
 * is the whole file. */
bool xentrace_detect_format(const uint8_t *bytes, size_t n_bytes,
                            XentraceFormat *format);

/* The length of every record of a fixed format. */
size_t xentrace_fixed_bytes(XentraceFormat format);

/* The length of the record that begins there; 4 bytes are enough to tell. */
size_t xentrace_record_bytes(XentraceFormat format, const uint8_t *bytes);

/* A whole record. One without a stamp gets tsc 0; offset and pcpu are 0. */
void xentrace_decode(XentraceFormat format, const uint8_t *bytes, TraceRecord *record);

#endif
