/*
 * plot_data.h - the files from which gnuplot draws: a study as columns of numbers.
 */
#ifndef RESULTS_PLOT_DATA_H
#define RESULTS_PLOT_DATA_H

#include "results/database.h"
#include "results/study.h"

/* Writes FOLDER/study.gp and FOLDER/<plot>.dat for every plot. */
bool plot_data_write(Database *database, int64_t campaign_id, const Study *study,
                     const char *folder, GError **error);

#endif
