/*
 * validate_targets.h - the suite of published figures that hvmsim should meet.
 */
#ifndef CLI_VALIDATE_TARGETS_H
#define CLI_VALIDATE_TARGETS_H

#include "cli/command.h"

#include <stdbool.h>

typedef struct {
    unsigned n_jobs;
    bool is_list;       /* only says which targets there are */
    const char *output; /* folder for table.md, figures.csv and plots; NULL: none */
} ValidationArguments;

/* Simulates the targets of these names (NULL-terminated; none: all that ship), and
 * prints what is published and what comes out. EXIT_CHECK_FAILED if a row is outside
 * its tolerance. */
ExitStatus validate_targets(char **names, const ValidationArguments *arguments);

#endif
