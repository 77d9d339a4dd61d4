/*
 * trace_record.h - one record of an xentrace file, and what its id says.
 *
 * Ids and payloads are those of Xen 3.4 and later (xen/include/public/trace.h):
 * scheduler records of the classes 0x21000 and 0x28000, HVM records without a
 * domain:vCPU word.
 */
#ifndef MODELS_TRACE_RECORD_H
#define MODELS_TRACE_RECORD_H

#include "models/runstate.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define TRACE_WORDS_MAX 7

typedef struct {
    uint64_t tsc;    /* a record without a stamp has the last one of its pCPU, or the
                        first one; 0: its pCPU has none */
    uint64_t offset; /* of its first byte in the unpacked file */
    uint32_t event;
    uint16_t pcpu;
    uint8_t n_words;
    bool has_tsc;
    uint64_t words[TRACE_WORDS_MAX]; /* those beyond n_words are 0 */
} TraceRecord;

enum {
    TRACE_LOST_RECORDS = 0x0001f001, /* count, domain:vCPU, first loss (low, high) */
    TRACE_WRAP_BUFFER = 0x0001f002,
    TRACE_CPU_CHANGE = 0x0001f003,       /* pCPU, bytes that follow */
    TRACE_CONTINUE_RUNNING = 0x00021002, /* domain:vCPU */
    TRACE_SLEEP = 0x00028003,  /* domain, vCPU: paused, or parked by its cap */
    TRACE_WAKE = 0x00028004,   /* domain, vCPU */
    TRACE_SWITCH = 0x0002800a, /* old domain, vCPU, new domain, vCPU */
    TRACE_VM_ENTRY = 0x00081001,
    TRACE_VM_EXIT = 0x00081002,    /* reason, rip */
    TRACE_VM_EXIT_64 = 0x00081102, /* reason, rip (low, high) */
    TRACE_INJECT_IRQ = 0x00082004, /* vector, fake */
    TRACE_HLT = 0x00082013,        /* 1 if the vCPU is still runnable */
    TRACE_PORT_READ = 0x00082016,  /* port, data; no data in string forms */
    TRACE_PORT_WRITE = 0x00082216,
    TRACE_MEMORY_READ = 0x00082017, /* address, data; no data in string forms */
    TRACE_MEMORY_WRITE = 0x00082217,
    TRACE_NESTED_PAGE_FAULT = 0x00082021, /* address (low, high), frame, ... */
    TRACE_ADDRESS_64 = 0x00000100,        /* added to an id: addresses have two words */
};

#define TRACE_IDLE_DOMAIN 0x7fff

/* Most records name a vCPU by one word, domain << 16 | vCPU. */
static inline uint32_t trace_vcpu(unsigned domain, unsigned vcpu)
{
    return domain << 16 | vcpu;
}

static inline unsigned trace_vcpu_domain(uint32_t vcpu)
{
    return vcpu >> 16;
}

static inline unsigned trace_vcpu_number(uint32_t vcpu)
{
    return vcpu & 0xffff;
}

/* The id of a change of run state. */
static inline uint32_t trace_runstate_event(RunstateName from, RunstateName to)
{
    return 0x00021001 | (uint32_t)from << 8 | (uint32_t)to << 4;
}

/* A vCPU changes its run state; which one is in the first word. */
static inline bool trace_is_runstate(const TraceRecord *record)
{
    return (record->event & ~UINT32_C(0x330)) == 0x00021001 && record->n_words >= 1;
}

static inline RunstateName trace_old_state(const TraceRecord *record)
{
    return (RunstateName)(record->event >> 8 & 3);
}

static inline RunstateName trace_new_state(const TraceRecord *record)
{
    return (RunstateName)(record->event >> 4 & 3);
}

static inline bool trace_is_exit(const TraceRecord *record)
{
    return (record->event == TRACE_VM_EXIT || record->event == TRACE_VM_EXIT_64) &&
           record->n_words >= 1;
}

#endif
