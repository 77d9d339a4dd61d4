/*
 * metric_option.h - metrics that a user names, as CSV does: "latency_p99_us".
 */
#ifndef CLI_METRIC_OPTION_H
#define CLI_METRIC_OPTION_H

#include "results/summary.h"

/* False, and EXPERIMENT_ERROR_NAME that names the likely one, if there is none. */
bool metric_parse(const char *name, SummaryColumn *column, GError **error);

#endif
