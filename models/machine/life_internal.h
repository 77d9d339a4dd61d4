/*
 * life_internal.h - what life.c, a domain's creation and end and the toolstack that
 * works for them, and lives.c, which builds all of a machine, share.
 */
#ifndef MODELS_MACHINE_LIFE_INTERNAL_H
#define MODELS_MACHINE_LIFE_INTERNAL_H

#include "models/machine/life.h"
#include "models/machine/machine_internal.h"

typedef enum {
    LIFE_ABSENT,
    LIFE_ORDERED,  /* waits for the toolstack */
    LIFE_BUILDING, /* the toolstack works on it */
    LIFE_STARTING, /* its device model starts */
    LIFE_UP,
    LIFE_DOOMED, /* waits for the toolstack */
    LIFE_ENDING, /* the toolstack works on it */
} LifeState;

struct Life {
    Lives *all;
    RingNode queued; /* among the toolstack's jobs */
    LifeState state;
    const LifeParams *params;
    const SchedParams *sched, *stub_sched;
    const Pinning *pinning;
    Domain *domain, *stub;         /* stub: NULL if there is none */
    const PlacementOps *placement; /* of the guest's device model */
    HvmGuest *guest;               /* NULL: a PV domain of these neighbours */
    DeviceModel *model;
    Neighbour *neighbours;
    int64_t start_ns;
    int64_t bytes;      /* of memory that it takes */
    SimTimer due;       /* its creation, or its end */
    int64_t ordered_ns; /* when the present life was */
    bool is_up;         /* has been announced, and its end has not */
};

typedef enum {
    TOOLSTACK_IDLE,
    TOOLSTACK_BUILD,  /* works for the domain that is built */
    TOOLSTACK_BUILT,  /* waits for the hypervisor's part */
    TOOLSTACK_KILL,   /* works for the one that is destroyed */
    TOOLSTACK_KILLED, /* waits for the hypervisor's part */
    TOOLSTACK_FREE,   /* frees its memory */
    TOOLSTACK_REAP,   /* waits for the end of what is still on its way */
} ToolstackStep;

struct Lives {
    Machine *machine;
    Life *lives;
    unsigned n;
    Task toolstack;
    unsigned port; /* orders, and that a hypercall has been made */
    RingNode jobs; /* of Life */
    Life *current;
    ToolstackStep step;
    SimTimer hypercall; /* what the toolstack has Xen do, outside of its own vCPU */
    bool is_hypercall_made;
    MemoryParams memory;
    int64_t used_bytes;
    int64_t create_ns, destroy_ns, build_mib_ns, free_mib_ns;
};

static inline Sim *life_sim(const Life *life)
{
    return life->domain->host->sim;
}

/* The timer of its creation, or of its end. */
void life_due(void *owner, int64_t now_ns);
/* It is up since then: its end is known. */
void life_arm_end(Life *life, int64_t up_ns);

/* While the machine is built. */
void lives_open_toolstack(Lives *self);

#endif
