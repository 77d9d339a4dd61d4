/*
 * figure_part.h - what a figure says of all runs of one combination.
 *
 * That takes a look at each of them, which may be a hundred thousand; so it is kept
 * with the runs (table figure_part), and asked anew once there are others. Whoever
 * changes what is written changes the version of the schema.
 */
#ifndef RESULTS_FIGURE_PART_H
#define RESULTS_FIGURE_PART_H

#include "results/summary.h"

#include <stdio.h>

typedef struct {
    Database *database;
    int64_t campaign_id;
    const SummaryRow *row; /* the combination, as it is in the database now */
    const char *figure;    /* by which name it is kept */
} FigurePart;

typedef bool (*FigurePartWriter)(const FigurePart *part, FILE *stream, GError **error);

/* What was kept if it is of these runs; else what `write` writes, which is kept if the
 * database is open for writing. */
bool figure_part_write(const FigurePart *part, FigurePartWriter write, FILE *stream,
                       GError **error);

/* For writers: bound to the campaign (?1) and the combination (?2); NULL on error. */
sqlite3_stmt *figure_part_prepare(const FigurePart *part, const char *sql,
                                  GError **error);

#endif
