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
    double replications[CAPTURE_REPLICATIONS];
    double tolerance; /* of the error */
    double error;     /* |predicted - measured| / measured */
    bool is_counted;  /* else its verdict is only shown */
    bool has_peers;   /* a rate of a guest that the capture has several of */
    double spread_low, spread_high; /* measured among them */
} ComparedFigure;

ComparedFigure *compared_figure_new(const char *domain, const char *unit,
                                    double measured, const Figure *predicted);
void compared_figure_free(void *figure);

bool compared_metric_is_rate(const char *metric);

/* Of ComparedFigure, owned: every figure of figures.csv that the prediction has too, in
 * the order of the file. NULL and an error naming file, line and text. */
GPtrArray *captures_compare(const char *figures_path, GPtrArray *predicted,
                            GError **error);

/* Within the tolerance of what was measured. */
bool compared_figure_is_close(const ComparedFigure *figure);

/* The same, or with peers: within the tolerance of what was measured among them, from
 * the lowest to the highest. */
bool compared_figure_is_inside(const ComparedFigure *figure);

#endif
