/*
 * plot.h - a target's plot: what was published, what was simulated, its interval.
 */
#ifndef EXPERIMENTS_VALIDATION_PLOT_H
#define EXPERIMENTS_VALIDATION_PLOT_H

#include "experiments/validation/evaluation.h"

/* Whether it has something to show. */
bool target_has_plot(const Target *target, const GArray *results);

/* FOLDER/<name>.svg, by gnuplot (results/gnuplot.h); what they are drawn from
 * lies in FOLDER/data. */
bool target_draw(const Target *target, const GArray *results, const char *folder,
                 GError **error);

#endif
