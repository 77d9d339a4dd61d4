/*
 * error.h - what can go wrong between a scenario and its results.
 *
 * The code decides the exit status of the command (cli/command.h).
 */
#ifndef EXPERIMENTS_ERROR_H
#define EXPERIMENTS_ERROR_H

#include <glib.h>

#define EXPERIMENT_ERROR (experiment_error_quark())

typedef enum {
    EXPERIMENT_ERROR_INPUT, /* a scenario, profile or trace is not valid */
    EXPERIMENT_ERROR_IO,    /* a file cannot be read or written */
    EXPERIMENT_ERROR_NAME,  /* nothing that comes with the program is called so */
} ExperimentError;

GQuark experiment_error_quark(void);

#endif
