/*
 * workload.h - the socket through which a guest vCPU learns what to do next.
 *
 * A workload is a closed loop: the guest asks for its next activity when the one
 * before is done, however long that took. It yields no time stamps, so the same
 * workload can be met by every placement and scheduler. `workloads/` fills the
 * socket; models only ask.
 */
#ifndef MODELS_WORKLOAD_H
#define MODELS_WORKLOAD_H

#include "models/exit_class.h"
#include "sim/units.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    ACTIVITY_COMPUTE,  /* `instructions` of guest code without an exit */
    ACTIVITY_PORT,     /* one in, out, ins or outs */
    ACTIVITY_MEMORY,   /* one access to device memory */
    ACTIVITY_EXIT,     /* an exit that Xen serves alone */
    ACTIVITY_HALT,     /* HLT until an interrupt arrives, or for halt_ns at the most;
                          without end: until a device's, the timer's being handled
                          on the way; none if a device's has come since the BEGIN */
    ACTIVITY_BLOCK,    /* `bytes` of the disk from sector `address` on, through the PV
                          driver; until the last response. halt_ns: TIME_NEVER_NS,
                          as for SEND and RECEIVE */
    ACTIVITY_SEND,     /* a frame of `bytes` goes to the PV driver, or waits for it */
    ACTIVITY_RECEIVE,  /* a frame from outside is taken, waited for in HLT if there is
                          none; the guest's next frame answers it */
    ACTIVITY_TRANSFER, /* takes no time: a transfer of `bytes` is complete; what it took
                          counts from the last ACTIVITY_BEGIN */
    ACTIVITY_BEGIN,    /* takes no time: a transfer begins here */
    ACTIVITY_PERIOD,   /* HLT until the next buffer of a ring is free, which is played
                          and freed every halt_ns, from the first PERIOD on; none if it
                          is free already. Those that were free and played again before
                          are skipped: missed deadlines */
    ACTIVITY_REFILLED, /* takes no time: that buffer is full again; its deadline is when
                          the ring of `count` buffers comes round to it */
    ACTIVITY_BOOTED, /* takes no time: the guest has booted; its other vCPUs come up */
    ACTIVITY_END,    /* there is nothing left to do: the vCPU blocks for ever */
} ActivityKind;

typedef struct {
    ActivityKind kind;
    int64_t instructions; /* COMPUTE */
    uint64_t address;     /* PORT: the port; MEMORY: guest-physical; BLOCK: sector */
    uint32_t value;       /* what a write carries, 0 if unknown */
    uint32_t count;       /* elements of a string access; 1 for a plain one; PERIOD:
                             buffers of the ring */
    uint8_t size_bytes;   /* of an element: 1, 2, 4 or 8 */
    bool is_write;
    bool is_string;
    uint16_t buffer_offset; /* of a string: where in its page its memory begins */
    ExitClass exit;         /* EXIT: of those that Xen serves alone */
    int64_t halt_ns;        /* HALT; TIME_NEVER_NS: without end; PERIOD: the period */
    int64_t bytes;          /* BLOCK, SEND, TRANSFER: payload */
} Activity;

typedef struct Workload Workload;

typedef struct {
    const char *name;
    /* Fills *next; called once the activity before is done. */
    void (*next)(Workload *self, Activity *next);
    void (*free)(Workload *self);
} WorkloadOps;

/* The head of every workload's own struct. */
struct Workload {
    const WorkloadOps *ops;
};

#endif
