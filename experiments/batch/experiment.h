/*
 * experiment.h - a scenario file with all its combinations, resolved and checked.
 *
 * --set texts are applied before the sweep: one for a swept key replaces that axis
 * ("domain guest.count=1,2" leaves two values), any other one is as if it stood in the
 * file.
 */
#ifndef EXPERIMENTS_EXPERIMENT_H
#define EXPERIMENTS_EXPERIMENT_H

#include "experiments/scenario/scenario.h"
#include "experiments/scenario/sweep.h"

typedef struct {
    unsigned combination; /* of the sweep */
    Scenario *scenario;   /* owned */
} ExperimentCell;

typedef struct {
    IniFile *file;
    ScenarioContext context;
    Sweep *sweep;
    GPtrArray *cells; /* of ExperimentCell, owned: the combinations that are run */
    char *text;       /* the resolved file, sweep included */
} Experiment;

/* settings: "group.key=text" each, ending with NULL, or NULL. NULL and an error. */
Experiment *experiment_load(const char *path, const char *const *settings,
                            GError **error);
void experiment_free(Experiment *experiment);

/* What a user would call the combination: "placement, domain guest.count = 4". Free
 * with g_free. */
char *experiment_describe_cell(const Experiment *experiment,
                               const ExperimentCell *cell);

/* Replications of all cells. */
unsigned experiment_count_runs(const Experiment *experiment);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Experiment, experiment_free)

#endif
