/*
 * comparison.h - measured figures of a capture against predicted ones.
 */
#ifndef EXPERIMENTS_CAPTURES_COMPARISON_H
#define EXPERIMENTS_CAPTURES_COMPARISON_H

#include "experiments/captures/prediction.h"

typedef struct {
    char *domain; /* "host" or the domain's number */
    char *metric, *unit;
    double measured, predicted;
    double low, high; /* of the replications */
    double tolerance; /* of the error; 0: shown, not judged */
    double error;     /* |predicted - measured| / measured */
} ComparedFigure;

/* Of ComparedFigure, owned: every figure of figures.csv that the prediction has too, in
 * the order of the file. NULL and an error naming file, line and text. */
GPtrArray *captures_compare(const char *figures_path, GPtrArray *predicted,
                            GError **error);

bool compared_figure_is_inside(const ComparedFigure *figure);

#endif
