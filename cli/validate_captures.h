/*
 * validate_captures.h - predictions held against captures of a real Xen.
 */
#ifndef CLI_VALIDATE_CAPTURES_H
#define CLI_VALIDATE_CAPTURES_H

#include "cli/command.h"

typedef struct {
    const char *folder;  /* of captures */
    const char *profile; /* NULL: the one fitted to captures */
    const char *output;  /* a folder for captures.csv, or NULL */
    unsigned n_jobs;     /* runs at once */
} CapturesArguments;

/* Prints what is measured and predicted for each capture in the folder. */
ExitStatus validate_captures(const CapturesArguments *arguments);

#endif
