/*
 * axis_plot.h - figures of one column of the table over the axis of a study.
 */
#ifndef RESULTS_AXIS_PLOT_H
#define RESULTS_AXIS_PLOT_H

#include "results/study.h"

typedef struct {
    const char *name; /* of its files: "throughput" */
    SummaryColumn column;
} AxisPlot;

/* Writes FOLDER/NAME.dat and the script that draws it, FOLDER/NAME.gp. */
bool axis_plot_write(const AxisPlot *plot, const Study *study, const char *folder,
                     GError **error);

/* False: the table has a dash in each place. */
bool axis_plot_has_values(const AxisPlot *plot, const Study *study);
/* The greatest value to the least one above 0; 1 if there is none. */
double axis_plot_spread(const AxisPlot *plot, const Study *study);

/* What guests get done: transfers, or requests if they complete none. */
SummaryColumn axis_plot_throughput(const Study *study);

#endif
