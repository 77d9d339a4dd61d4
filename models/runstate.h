/*
 * runstate.h - the four states in which Xen accounts a vCPU's time.
 *
 * Xen 3.1, public/vcpu.h: numbers and meaning. A vCPU that waits for its device
 * model, is paused, parked or migrating is offline; only HLT, block and poll are
 * blocked.
 */
#ifndef MODELS_RUNSTATE_H
#define MODELS_RUNSTATE_H

#include <stdint.h>

typedef enum {
    RUNSTATE_RUNNING,
    RUNSTATE_RUNNABLE,
    RUNSTATE_BLOCKED,
    RUNSTATE_OFFLINE,
    RUNSTATES,
} RunstateName;

/* "running"... */
const char *runstate_name(RunstateName state);

typedef struct {
    RunstateName state;
    int64_t since_ns;            /* when the state was entered */
    int64_t total_ns[RUNSTATES]; /* complete up to since_ns */
} Runstate;

static inline void runstate_enter(Runstate *runstate, RunstateName state,
                                  int64_t now_ns)
{
    runstate->total_ns[runstate->state] += now_ns - runstate->since_ns;
    runstate->state = state;
    runstate->since_ns = now_ns;
}

static inline int64_t runstate_total_ns(const Runstate *runstate, RunstateName state,
                                        int64_t now_ns)
{
    return runstate->total_ns[state] +
           (runstate->state == state ? now_ns - runstate->since_ns : 0);
}

#endif
