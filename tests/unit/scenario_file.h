/*
 * scenario_file.h - for tests: a file in a folder of its own, to hold one scenario.
 */
#ifndef TESTS_UNIT_SCENARIO_FILE_H
#define TESTS_UNIT_SCENARIO_FILE_H

#include "experiments/batch/experiment.h"

/* A scenario that is right, of which the tests spoil one line. */
extern const char right_scenario[];

typedef struct {
    char *folder, *path;
} ScenarioFile;

void scenario_file_set_up(ScenarioFile *fixture, gconstpointer data);
void scenario_file_tear_down(ScenarioFile *fixture, gconstpointer data);

/* Writes the text there and loads it; NULL and an error as experiment_load. */
Experiment *scenario_file_load(const ScenarioFile *fixture, const char *text,
                               const char *const *settings, GError **error);

#endif
