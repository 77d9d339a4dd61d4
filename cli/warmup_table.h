/*
 * warmup_table.h - what `hvmsim warmup` prints of settlings (settling.h), one for each
 * cell of the experiment.
 */
#ifndef CLI_WARMUP_TABLE_H
#define CLI_WARMUP_TABLE_H

#include "experiments/batch/settling.h"

/* A row for each combination, and what follows from them. Free with g_free. */
char *warmup_table(const Experiment *experiment, const GPtrArray *settlings);
/* A row for each interval of each combination. Free with g_free. */
char *warmup_csv(const Experiment *experiment, const GPtrArray *settlings);

/* Whether each combination settles within its warm-up. */
bool warmup_is_enough(const Experiment *experiment, const GPtrArray *settlings);

#endif
