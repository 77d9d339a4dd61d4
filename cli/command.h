/*
 * command.h - the subcommands of hvmsim, one file each.
 *
 * A command parses its own arguments and returns the process's exit status; the
 * codes are a contract with scripts (hvmsim(1), EXIT STATUS).
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* An int, as that is what main returns. */
typedef int ExitStatus;

enum {
    EXIT_OK = 0,
    EXIT_USAGE = 2,        /* also a name that the program does not know */
    EXIT_INPUT = 3,        /* what a scenario, trace or golden case says is not valid */
    EXIT_IO = 4,           /* a file or database is not there, or not as is needed */
    EXIT_RUNS_FAILED = 5,  /* some runs failed, the others are kept */
    EXIT_CHECK_FAILED = 6, /* golden, validation or comparison out of tolerance */
    EXIT_PRECISION = 7,    /* not as precise as asked for, by all that was allowed */
    EXIT_INTERRUPTED = 130, /* what has finished is kept */
    EXIT_TERMINATED = 143,
};

typedef struct {
    const char *name;
    const char *summary;
    /* argv[0] is the command's name. */
    int (*run)(int argc, char **argv);
} Command;

extern const Command calibrate_command;
extern const Command capture_command;
extern const Command check_command;
extern const Command compare_command;
extern const Command export_command;
extern const Command golden_command;
extern const Command list_command;
extern const Command merge_command;
extern const Command plot_command;
extern const Command predict_command;
extern const Command report_command;
extern const Command run_command;
extern const Command sensitivity_command;
extern const Command trace_command;
extern const Command validate_command;
extern const Command warmup_command;

#endif
