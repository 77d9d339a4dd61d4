/*
 * starvation.h - domains that wanted a pCPU and never had one, over the runs that
 * a batch makes.
 *
 * A domain starves in a run if its vCPUs were runnable for a tenth of the measured time
 * or more, and it had no CPU time in it: by a schedule that leaves it out, or a
 * reservation of others that takes all there is. What has nothing to do, or is not
 * there, is not runnable. Runs that are kept from before are not counted.
 */
#ifndef EXPERIMENTS_STARVATION_H
#define EXPERIMENTS_STARVATION_H

#include "experiments/batch/experiment.h"
#include "results/run_record.h"

typedef struct Starvation Starvation;

/* Of an experiment, which is borrowed. */
Starvation *starvation_new(const Experiment *experiment);
void starvation_free(Starvation *self);

/* A finished run of that cell. */
void starvation_add(Starvation *self, unsigned cell, const RunRecord *record);

/* In which combinations who starved, in some lines; NULL if nobody did. Free with
 * g_free. */
char *starvation_describe(const Starvation *self);

#endif
