/*
 * batch_options.h - the options of every command that runs a batch.
 */
#ifndef CLI_BATCH_OPTIONS_H
#define CLI_BATCH_OPTIONS_H

#include "cli/progress.h"

#include <glib.h>

/* Zero but for jobs; the others by the parser. */
typedef struct {
    char **settings;
    char *output, *seed, *replications, *progress;
    int jobs; /* runs at once; 1 or more once checked */
    gboolean is_fresh, is_retry, is_quiet;
} BatchOptions;

/* What their help says where commands differ. */
typedef struct {
    const char *output, *replications;
} BatchOptionTexts;

/* Of OptionRule (arguments.h): what some of them mean to others. */
#define BATCH_OPTION_RULES                                                             \
    {                                                                                  \
        "retry", "fresh", OPTION_ALONE, "which forgets what failed, too"               \
    }

void batch_options_init(BatchOptions *options);
void batch_options_clear(BatchOptions *options);

/* Of GOptionEntry: a command's own, which end with { 0 }, and these; ends likewise. All
 * are borrowed. Free with g_array_unref. */
GArray *batch_options_entries(BatchOptions *options, const BatchOptionTexts *texts,
                              const GOptionEntry *own);

/* After parsing. False after a message. */
bool batch_options_check(const BatchOptions *options, const char *command,
                         ProgressMode *mode);

/* "GROUP.KEY=TEXT" of all of them, the last one decides. Of char *, owned; ends with
 * NULL only if the caller adds it. */
GPtrArray *batch_options_settings(const BatchOptions *options);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BatchOptions, batch_options_clear)

#endif
