/*
 * validate_captures.h - predictions held against captures of a real Xen.
 */
#ifndef CLI_VALIDATE_CAPTURES_H
#define CLI_VALIDATE_CAPTURES_H

#include "cli/command.h"

/* Prints what is measured and predicted for each capture in the folder. profile_name:
 * NULL for the one fitted to captures. output: a folder for captures.csv, or NULL. */
ExitCode validate_captures(const char *folder, const char *profile_name,
                           const char *output);

#endif
