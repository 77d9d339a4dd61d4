/*
 * arguments.h - parsing of a command's options, and how it says what went wrong.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include "cli/command.h"

#include <glib.h>
#include <stdbool.h>

/* What one option means to another one. */
typedef enum {
    OPTION_ALONE,  /* says nothing, or the opposite, beside the other one */
    OPTION_BESIDE, /* says nothing without the other one */
} OptionRelation;

typedef struct {
    const char *option, *other; /* their long names; they take texts, or nothing */
    OptionRelation relation;
    const char *reason; /* what the other one does: "which runs none"; or NULL */
} OptionRule;

typedef struct {
    const char *command;     /* "run" */
    const char *usage;       /* what stands behind the options: "SCENARIO" */
    const char *description; /* below the options in --help; ends its lines itself */
    const GOptionEntry *entries;
    const OptionRule *rules; /* ends with { 0 }; NULL: there are none */
    unsigned least, most;    /* arguments that are no options */
} ArgumentSpec;

/* Takes the options out of argv, and leaves what is none in argv[1] on. False if there
 * is nothing left to do: --help was asked for and printed (*status: EXIT_OK), or
 * something is wrong, and a message with the likely intention was written (EXIT_USAGE).
 */
bool arguments_parse(const ArgumentSpec *spec, int *argc, char ***argv,
                     ExitStatus *status);

/* What the error means to scripts (hvmsim(1), EXIT STATUS). */
ExitStatus exit_status_of(const GError *error);

/* "hvmsim COMMAND: message" on stderr, and the exit status for the error. */
ExitStatus fail_with(const char *command, const GError *error);

#endif
