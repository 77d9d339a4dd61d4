/*
 * sensitivity_report.h - what a database says about which figures of its hardware
 * profile matter.
 */
#ifndef CLI_SENSITIVITY_REPORT_H
#define CLI_SENSITIVITY_REPORT_H

#include "results/sensitivity.h"

#include <stdbool.h>

/* metrics: names of columns, ending with NULL; or NULL for those of a study. False and
 * an error for a name that is none. Fills n_columns of COLUMNS at most. */
bool sensitivity_parse_metrics(char *const *metrics, SummaryColumn *columns,
                               unsigned *n_columns, GError **error);

/* Prints what the summary's changed figures change; false if it has none. */
bool sensitivity_print(const Summary *summary, const SummaryColumn *columns,
                       unsigned n_columns, bool is_csv);

/* How much of a profile is assumed, in a sentence; NULL if it is none of those that
 * ship. Free with g_free. */
char *sensitivity_ledger_line(const char *profile_name);

#endif
