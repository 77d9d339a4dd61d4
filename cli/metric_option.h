/*
 * metric_option.h - metrics that a user names, as CSV does: "latency_p99_us".
 */
#ifndef CLI_METRIC_OPTION_H
#define CLI_METRIC_OPTION_H

#include "results/summary.h"

/* False, and EXPERIMENT_ERROR_NAME that names the likely one, if there is none. */
bool metric_parse(const char *name, SummaryColumn *column, GError **error);

/* All of names, which ends with NULL, each once; columns has room for COLUMNS. False,
 * and EXPERIMENT_ERROR_NAME. */
bool metric_parse_all(char *const *names, SummaryColumn *columns, unsigned *n_columns,
                      GError **error);

#endif
