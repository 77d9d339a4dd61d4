/*
 * plot_data.h - what figures of whole machines are drawn from, asked of their runs.
 */
#ifndef RESULTS_PLOT_DATA_H
#define RESULTS_PLOT_DATA_H

#include "results/database.h"
#include "results/study.h"

/* Writes latency-cdf.dat, booked-attributed.dat and stages.dat to the folder. */
bool plot_data_write(Database *database, int64_t campaign_id, const Study *study,
                     const char *folder, GError **error);

#endif
