/*
 * world.h - a golden case as a host that runs.
 *
 * Builds the host in the order of tests/golden/README.md, section 5, starts its vCPUs
 * and carries out its scenario events (sections 7 and 8).
 */
#ifndef EXPERIMENTS_GOLDEN_WORLD_H
#define EXPERIMENTS_GOLDEN_WORLD_H

#include "experiments/golden/actors.h"

typedef struct WorldEvent WorldEvent;

typedef struct {
    const GoldenCase *golden;
    Host *host;
    Cast *cast;
    WorldEvent *events; /* one for each of the scenario */
    void *listener;
    /* An event has happened; result: 0 or a negative errno. Settable before the run. */
    void (*happened)(void *listener, const CaseEvent *event, int result);
} World;

/* The scenario must outlive the world. NULL, and an error, when the scheduler refuses
 * the parameters of a domain. */
World *world_new(const GoldenCase *golden, const RequestListener *listener,
                 GError **error);
void world_free(World *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* Runs the case from time 0 to its end. */
void world_run(World *self);

#endif
