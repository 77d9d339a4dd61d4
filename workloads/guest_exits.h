/*
 * guest_exits.h - what one HVM vCPU did in a capture, exit by exit.
 *
 * A capture shows when a vCPU enters the guest and when it leaves it again, and between
 * the two what Xen did about it. Time in guest mode is from an entry to the next exit:
 * waiting for the device model, for a pCPU or for an interrupt is none of it.
 */
#ifndef WORKLOADS_GUEST_EXITS_H
#define WORKLOADS_GUEST_EXITS_H

#include "workloads/exit_reason.h"
#include "workloads/xentrace.h"

#include <glib.h>

typedef struct {
    uint64_t address; /* port or guest-physical */
    uint32_t value;
    bool has_value; /* string forms have none */
    bool is_write;
    bool is_memory;
} GuestAccess;

typedef struct {
    uint64_t guest_ticks;   /* between the records of the entry before and the exit */
    uint64_t blocked_ticks; /* from the exit until it was woken; 0: did not block */
    uint32_t code;
    bool waited;      /* off its pCPU until the device model answered */
    bool follows_gap; /* it is unknown what came before */
    guint first_access, n_accesses;
} GuestExit;

typedef struct {
    GArray *exits;                /* GuestExit */
    GArray *accesses;             /* GuestAccess */
    bool is_svm;                  /* so the codes look */
    uint64_t first_tsc, last_tsc; /* of the capture */
} GuestExits;

/* Reads the capture to its end. False and an error if that fails, or if it has no exit
 * of this vCPU; nothing needs clearing then. */
bool guest_exits_read(GuestExits *exits, Xentrace *trace, unsigned domain,
                      unsigned vcpu, GError **error);
void guest_exits_clear(GuestExits *exits);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(GuestExits, guest_exits_clear)

#endif
