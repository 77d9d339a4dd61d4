/*
 * plot_part.h - what a plot says of all runs of one combination.
 *
 * That takes a look at each of them, which may be a hundred thousand; so it is kept
 * with the runs (table figure_part), and asked anew once there are others. Whoever
 * changes what is written changes the version of the schema.
 */
#ifndef RESULTS_PLOT_PART_H
#define RESULTS_PLOT_PART_H

#include "results/summary.h"

#include <stdio.h>

typedef struct {
    Database *database;
    int64_t campaign_id;
    const SummaryRow *row; /* the combination, as it is in the database now */
    const char *plot;      /* by which name it is kept */
} PlotPart;

typedef bool (*PlotPartWriter)(const PlotPart *part, FILE *stream, GError **error);

/* What was kept if it is of these runs; else what `write` writes, which is kept if the
 * database is open for writing. */
bool plot_part_write(const PlotPart *part, PlotPartWriter write, FILE *stream,
                     GError **error);

/* The same as a text. NULL on error. Free with g_free. */
char *plot_part_text(const PlotPart *part, PlotPartWriter write, GError **error);

/* For writers: bound to the campaign (?1) and the combination (?2); NULL on error. */
sqlite3_stmt *plot_part_prepare(const PlotPart *part, const char *sql, GError **error);

#endif
