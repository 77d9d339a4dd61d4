/*
 * plot_settings.h - what the scripts of figures must know beside the numbers.
 */
#ifndef RESULTS_PLOT_SETTINGS_H
#define RESULTS_PLOT_SETTINGS_H

#include "results/study.h"

#define PLOT_SETTINGS "study.gp"

typedef struct {
    double width_cm; /* 0: each figure has its own */
    bool is_log;     /* the values of figures over the axis */
} PlotStyle;

/* Writes FOLDER/study.gp. */
bool plot_settings_write(const Study *study, const PlotStyle *style, const char *folder,
                         GError **error);

#endif
