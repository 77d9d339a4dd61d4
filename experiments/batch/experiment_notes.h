/*
 * experiment_notes.h - what is right in a scenario, and probably not meant.
 */
#ifndef EXPERIMENTS_EXPERIMENT_NOTES_H
#define EXPERIMENTS_EXPERIMENT_NOTES_H

#include "experiments/batch/experiment.h"

/* Of char *, owned: a line each, about swept and written keys that decide nothing in
 * any combination, workloads that no domain has, and domains that begin after the end
 * of the run. */
GPtrArray *experiment_notes(const Experiment *experiment);

#endif
