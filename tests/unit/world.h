/*
 * world.h - a small host of scripted vCPUs, for tests of schedulers.
 *
 * Times in texts are microseconds, those of the API nanoseconds. Programmer errors,
 * a wrong option among them, stop the test.
 */
#ifndef TESTS_UNIT_WORLD_H
#define TESTS_UNIT_WORLD_H

#include "models/host/context.h"
#include "models/host/host.h"

typedef struct {
    Host *host;
    void *options;
    GPtrArray *scripts; /* owned: the contexts of the vCPUs */
    GString *schedule;  /* a line for each switch: "30000 p0 web" ("-": idle) */
    GString *accounts;  /* what each accounting pass left: "30000 web=-100/OVER" */
} World;

/* options: "tslice=5ms", ...; ends with NULL; NULL itself: all defaults. */
World *world_new(const char *scheduler, Topology topology, const char *const *options);
/* With a host that is more than its topology; params' scheduler is filled. */
World *world_new_on(const char *scheduler, const HostParams *params,
                    const char *const *options);
void world_free(World *world);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

Domain *world_add_domain(World *world, const char *name, int64_t weight,
                         int64_t cap_percent);
/* Any other parameters, which are not checked; such as a slice of each period, with the
 * spare time of others or without. */
Domain *world_add_domain_with(World *world, const char *name, SchedParams params);
SchedParams world_reservation(int64_t period_ns, int64_t slice_ns, bool extratime);

/* Starts at start_ns and repeats its script, "RUN/BLOCK RUN/BLOCK ..." in us; "hog"
 * never blocks. */
Vcpu *world_add_vcpu(World *world, Domain *domain, unsigned pcpu, int64_t start_ns,
                     const char *script);

/* A device model: serves the requests of clients (below), one client at a time. */
Vcpu *world_add_server(World *world, Domain *domain, unsigned pcpu);
/* As world_add_vcpu; "RUN>SERVICE" in its script is a request to the server. */
Vcpu *world_add_client(World *world, Domain *domain, unsigned pcpu, int64_t start_ns,
                       const char *script, Vcpu *server);

/* A domain of weight 256 with one vCPU on that pCPU; returns the vCPU. */
Vcpu *world_add(World *world, const char *name, unsigned pcpu, int64_t start_ns,
                const char *script);

/* Sets the hard affinity (soft: all) or both; "0-2,5". */
void world_pin(Vcpu *vcpu, const char *hard);
void world_set_affinity(Vcpu *vcpu, const char *hard, const char *soft);

/* Starts the host if need be, and runs it up to then. */
void world_run_until(World *world, int64_t end_ns);

/* Runs the scenario, which fills the world, up to then, and compares the schedule.
 * option: "key=value" or NULL. */
void world_check(const char *scheduler, const char *option, Topology topology,
                 void (*scenario)(World *world), int64_t end_ns, const char *schedule);

/* Makes a vCPU that waits for its start runnable, by itself and at once; the pCPUs
 * called by that, the lowest 64 as bits, have not decided yet. */
void world_wake(World *world, Vcpu *vcpu);
uint64_t world_called_pcpus(const World *world);

SchedInspection world_inspect(const Vcpu *vcpu);

#endif
