/*
 * guest_record.h - the work of an HVM vCPU in a capture, as bursts that can be done
 * again.
 *
 * The record becomes activities: computation in instructions, exits, accesses, halts.
 * It has no times: whoever does the activities again takes what time their machine
 * takes.
 *
 *  - Computation is the time in guest mode, less what the records of an entry and an
 * exit take between themselves; at the capture's clock and instructions per cycle.
 *  - Interrupts of the host are not the guest's work and leave no trace: computation
 * goes on across them. So do waits for the device model and for a pCPU.
 *  - Accesses are all those recorded, also the ones that Xen served: who serves is the
 *    model's affair. A string access (its record has no data) of the IDE data port has
 *    the words that its sector still lacks.
 *  - A halt lasts until an interrupt, and at the most as long as it did in the capture.
 *  - A fault of nested paging is an access if its record says so, otherwise an exit.
 *
 * Transfers. An IDE command written to 0x1f7 begins one (ACTIVITY_BEGIN); it ends
 * (ACTIVITY_TRANSFER) after the last access to the data port before the next command,
 * with sectors x 512 bytes, the sectors being those written to 0x1f2 last (0: 256). A
 * command without data accesses (DMA) ends after the last access to the channel before
 * the next command is being prepared. A guest that never gives a command, but reads the
 * status, works in poll groups: reads with no long computation between them, which are
 * a transfer of 0 bytes, so that their rate can be counted.
 *
 * Bursts. A burst is a transfer with the writes that prepare it before, and whatever
 * follows until the next one is prepared. For a guest whose IDE disk does not work, or
 * that halts more often than it polls, a burst ends at a halt; without halts, at every
 * exit. Only bursts that the capture shows whole are kept.
 */
#ifndef WORKLOADS_GUEST_RECORD_H
#define WORKLOADS_GUEST_RECORD_H

#include "models/workload.h"
#include "workloads/xentrace.h"

#include <glib.h>

typedef enum {
    EXIT_CODES_DETECTED, /* SVM if a code is none of VMX */
    EXIT_CODES_ARE_SVM,
    EXIT_CODES_ARE_VMX,
} ExitCodesChoice;

typedef struct {
    unsigned domain, vcpu;
    int64_t clock_hz;     /* of the capture's TSC; 100 MHz to 9 GHz */
    int64_t ipc_percent;  /* instructions per 100 of its ticks in guest mode */
    int64_t switch_ns;    /* between the records of an entry and an exit, if the guest
                             executes nothing in between */
    int64_t sector_words; /* of 2 bytes, in the string reads of a sector */
    ExitCodesChoice exit_codes;
    bool accept_early_end;
} GuestRecordParams;

/* What was found, over the whole capture. */
typedef struct {
    int64_t span_ns; /* of the capture */
    int64_t instructions;
    unsigned n_exits;
    unsigned n_accesses; /* whoever served them */
    unsigned n_waits;    /* exits for which the device model was waited for */
    unsigned n_unknown;  /* port exits without a record of the access: left out */
    unsigned n_halts;
    unsigned n_gaps;      /* the start, and lost records */
    unsigned n_transfers; /* of whole bursts */
} GuestRecordSummary;

typedef struct {
    Activity *activities;
    unsigned n_bursts;
    unsigned *burst_at; /* n_bursts + 1: first activities, and the end of the last */
    GuestRecordSummary summary;
} GuestRecord;

/* NULL and an error if the capture cannot be read, or shows no whole burst. */
GuestRecord *guest_record_read(const char *path, const GuestRecordParams *params,
                               GError **error);
/* The same of an opened capture, which is read to its end. */
GuestRecord *guest_record_new(Xentrace *trace, const GuestRecordParams *params,
                              GError **error);
void guest_record_free(GuestRecord *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GuestRecord, guest_record_free)

#endif
