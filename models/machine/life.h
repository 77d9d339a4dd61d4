/*
 * life.h - domains that the toolstack creates and destroys while a machine runs.
 *
 * The toolstack is a task of dom0 that does one job after the other: a domain is built
 * (its work, then each MiB of memory of the domain and of its stub domain), its device
 * model starts, and when that is ready the vCPUs come up. To destroy it, its vCPUs and
 * the stub domain go down, what was requested is dropped, memory is freed, and the end
 * of the device model and of the back ends' work is waited for. Frames from outside
 * come while it is up. What the jobs take is dom0's CPU time.
 *
 * A domain keeps its place in the host from one life to the next, so nothing but its
 * workloads is allocated.
 */
#ifndef MODELS_LIFE_H
#define MODELS_LIFE_H

#include "models/machine/memory.h"
#include "models/workload.h"

/* Where the randomness of lives comes from. */
typedef struct LifeSource LifeSource;
struct LifeSource {
    /* The workload of a vCPU in its next life, which is taken. */
    Workload *(*workload)(LifeSource *self, unsigned vcpu);
    /* How long it lives once it is up; TIME_NEVER_NS: no end. */
    int64_t (*lifetime_ns)(LifeSource *self);
};

typedef struct {
    bool is_created;  /* at its start, or by an order; else there from the beginning */
    bool is_replaced; /* by the next one, as soon as it has ended */
    int64_t stop_ns;  /* destroyed for good then; TIME_NEVER_NS: not */
    LifeSource *source; /* borrowed */
} LifeParams;

typedef struct Machine Machine;
typedef struct MachineParams MachineParams;
typedef struct Lives Lives;
typedef struct Life Life;

/* When all domains are built, and before the machine is sealed. NULL if all of them are
 * there from the beginning to the end. */
Lives *lives_new(Machine *machine, const MachineParams *params);
void lives_free(Lives *lives);
/* After it: what begins and ends at times that are known. */
void lives_arm(Lives *lives);
/* NULL if it is there from the beginning to the end. */
Life *lives_find(const Lives *lives, const Domain *domain);

/* Orders: 0 and a job for the toolstack; or a negative errno, and nothing happens.
 * Create: -EEXIST unless it is absent. Destroy: -EBUSY before it is built, -ESRCH if it
 * is absent or ending already. What does not fit into memory is refused only when its
 * turn comes, with -ENOMEM by Probe.refused. */
int life_create(Life *life);
int life_destroy(Life *life);

#endif
