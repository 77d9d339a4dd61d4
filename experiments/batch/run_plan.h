/*
 * run_plan.h - from a scenario and a seed to the parameters of a machine.
 */
#ifndef EXPERIMENTS_RUN_PLAN_H
#define EXPERIMENTS_RUN_PLAN_H

#include "experiments/scenario/scenario.h"
#include "models/machine/machine.h"

/* The parameters, and what they point to. */
typedef struct {
    MachineParams params;
    GArray *guests;     /* of GuestParams */
    GArray *neighbours; /* of NeighbourParams */
    GArray *orders;     /* of OrderParams */
    GPtrArray *owned;   /* names and arrays of workloads */
    GPtrArray *lives;   /* of DomainLife */
    const Scenario *scenario;
    uint64_t seed;
    unsigned n_domains;
    void *drawn_options; /* the scheduler's, if phases are drawn */
} RunPlan;

/* For one machine_new, which takes the workloads; the machine borrows the rest, so the
 * plan must outlive it, and the scenario the plan. */
RunPlan *run_plan_new(const Scenario *scenario, uint64_t seed);
void run_plan_free(RunPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunPlan, run_plan_free)

#endif
