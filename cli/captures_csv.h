/*
 * captures_csv.h - predictions of captures as CSV, a line for each figure.
 *
 * kind says what a line compares: "figure" one of figures.csv, "sum" those of identical
 * guests, "change" what moving the device models from dom0 to stub domains does. Its
 * verdict is "inside", "outside", or "not counted" (sums of shares).
 */
#ifndef CLI_CAPTURES_CSV_H
#define CLI_CAPTURES_CSV_H

#include "experiments/captures/placement_change.h"

void captures_csv_append_head(GString *text);

/* Figures that have a tolerance. rows, sums: of ComparedFigure. */
void captures_csv_append_figures(GString *text, const char *capture,
                                 const GPtrArray *rows);
void captures_csv_append_sums(GString *text, const char *capture,
                              const GPtrArray *sums);
/* In percent of the capture with dom0; its error and tolerance are percentage points.
 */
void captures_csv_append_change(GString *text, const char *dom0, const char *stub,
                                const PlacementChange *change);

#endif
