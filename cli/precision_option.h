/*
 * precision_option.h - `hvmsim run --precision`: as many replications as it takes.
 */
#ifndef CLI_PRECISION_OPTION_H
#define CLI_PRECISION_OPTION_H

#include "cli/batch_job.h"
#include "results/precision.h"

/* As the parser leaves them. */
typedef struct {
    char *precision; /* "5%"; NULL: not asked for */
    char *most;      /* replications; NULL: as many as is usual */
    char **metrics;
    /* After precision_option_check: */
    double half;
    unsigned max_replications;
    GArray *columns; /* of SummaryColumn */
} PrecisionOption;

void precision_option_init(PrecisionOption *option);
void precision_option_clear(PrecisionOption *option);

/* After parsing, with the text of --replications or NULL. False after a message. */
bool precision_option_check(PrecisionOption *option, const char *replications);

/*
 * Runs the scenario with as many replications as it has, or 3, and then with more until
 * the goal is met, none is left (EXIT_PRECISION), or something stops it; whatever the
 * exit status, the job is that of the last campaign that was run. Nothing is said on
 * stdout.
 */
ExitStatus precision_option_run(const PrecisionOption *option, BatchJob *job,
                                const char *path, const BatchOptions *options,
                                ProgressMode mode);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PrecisionOption, precision_option_clear)

#endif
