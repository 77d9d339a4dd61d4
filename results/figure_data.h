/*
 * figure_data.h - the files from which gnuplot draws: a study as columns of numbers.
 */
#ifndef RESULTS_FIGURE_DATA_H
#define RESULTS_FIGURE_DATA_H

#include "results/database.h"
#include "results/study.h"

/* Writes FOLDER/study.gp and FOLDER/<figure>.dat for every figure. */
bool figure_data_write(Database *database, int64_t campaign_id, const Study *study,
                       const char *folder, GError **error);

#endif
