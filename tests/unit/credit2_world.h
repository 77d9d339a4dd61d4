/*
 * credit2_world.h - brings vCPUs of credit2 into a state, and asks it about that.
 *
 * A World (world.h) with run queues that a test arranges by hand. The host's clock
 * stays where it is: the operations are given the times that the test makes up.
 */
#ifndef TESTS_UNIT_CREDIT2_WORLD_H
#define TESTS_UNIT_CREDIT2_WORLD_H

#include "models/schedulers/credit2.h"
#include "tests/unit/world.h"

#define US(n) ((n)*NS_PER_US)
#define MS(n) ((n)*NS_PER_MS)

/* With one option given: "ratelimit=1ms". */
World *credit2_world_new(Topology topology, const char *option);

Pcpu *pcpu_of(const World *world, unsigned i);
Credit2Runqueue *runqueue_of(const World *world, unsigned i);

/* A vCPU of a domain of its own, assigned to that pCPU: down; running since then, as a
 * decision leaves it; waiting, with nobody asked to take it. */
Credit2Vcpu *add_at(World *world, const char *name, unsigned pcpu);
Credit2Vcpu *add_running(World *world, const char *name, unsigned pcpu,
                         int64_t since_ns);
Credit2Vcpu *add_waiting(World *world, const char *name, unsigned pcpu, int64_t credit);

/* Wakes it; which pCPU is asked to take it, or PCPU_NONE. */
unsigned wake(World *world, Credit2Vcpu *state, int64_t now_ns);

/* What the pCPU decides. It does not switch. */
SchedDecision decide(World *world, unsigned pcpu, int64_t now_ns);

/* SCHEDULE has been raised there. */
bool is_asked(const World *world, unsigned pcpu);

#endif
