/*
 * actors.h - what runs on the vCPUs of a golden case: scripts and servers.
 *
 * A requester works through its script, blocking or asking a server between runs; a
 * server serves its queue, first come first served, and may pass work on to another
 * (tests/golden/README.md, sections 5 and 10).
 */
#ifndef EXPERIMENTS_GOLDEN_ACTORS_H
#define EXPERIMENTS_GOLDEN_ACTORS_H

#include "experiments/golden/case.h"
#include "models/host/context.h"

#define NOT_YET_NS INT64_C(-1)

typedef struct Actor Actor;

/* A request, and when it got where: NOT_YET_NS if it has not. */
typedef struct {
    Actor *requester, *server;
    const ScriptItem *item;
    int64_t issue_ns;
    int64_t service_start_ns, service_end_ns;
    int64_t back_end_start_ns, back_end_end_ns;
    int64_t reply_ns, dispatched_ns;
} GoldenRequest;

/* Hears of every request twice. */
typedef struct {
    void *listener;
    void (*issued)(void *listener, const GoldenRequest *request);
    void (*answered)(void *listener, const GoldenRequest *request); /* dispatched */
} RequestListener;

/* All actors of a case; the vCPU of index i is driven by actors[i]. */
typedef struct {
    const GoldenCase *golden;
    Actor *actors;
    RequestListener listener;
} Cast;

Cast *cast_new(const GoldenCase *golden, const RequestListener *listener);
void cast_free(Cast *self);

/* The context of the vCPU of that index, and its operations. */
const ContextOps *cast_context_ops(const Cast *self, unsigned vcpu);
Actor *cast_actor(const Cast *self, unsigned vcpu);

/* The vCPU has been made; before the host starts. */
void actor_bind(Actor *self, Vcpu *vcpu);
const Vcpu *actor_vcpu(const Actor *self);
/* The request that the actor waits for or has last had answered; NULL before any. */
const GoldenRequest *actor_request(const Actor *self);

#endif
