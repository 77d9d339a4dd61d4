/*
 * summary_rows.h - the rows of a summary, from the tables of runs and domains.
 */
#ifndef RESULTS_SUMMARY_ROWS_H
#define RESULTS_SUMMARY_ROWS_H

#include "results/summary.h"

/* Adds a row for each combination that has a finished run, or for each group of domains
 * in it, with its values and without factors and intervals. False on error. */
bool summary_load_rows(Summary *summary, const Database *database, int64_t campaign_id,
                       GError **error);

#endif
