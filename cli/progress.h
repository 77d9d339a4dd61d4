/*
 * progress.h - how far a batch is, on stderr: one line that is written over on a
 * terminal, lines of their own elsewhere.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "experiments/batch/batch.h"

#include <stdbool.h>

typedef enum {
    PROGRESS_AUTO, /* only on a terminal */
    PROGRESS_ALWAYS,
    PROGRESS_NEVER,
} ProgressMode;

typedef struct {
    bool is_shown, is_terminal, has_line;
    int64_t shown_ns; /* elapsed time of the last report */
    unsigned shown_ended;
} Progress;

/* --progress of a command: "auto", "always", "never", or NULL; is_quiet: never unless
 * it says otherwise. False after a message. */
bool progress_parse(const char *command, const char *text, bool is_quiet,
                    ProgressMode *mode);

void progress_init(Progress *progress, ProgressMode mode);
void progress_show(Progress *progress, const BatchProgress *state);
/* Clears the line, for something else to be printed. */
void progress_clear(Progress *progress);

#endif
