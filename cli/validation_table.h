/*
 * validation_table.h - the rows of a target as a table to read, and as CSV.
 *
 * results: of RowResult, as target_evaluate gives them.
 */
#ifndef CLI_VALIDATION_TABLE_H
#define CLI_VALIDATION_TABLE_H

#include "experiments/validation/evaluation.h"

/* The target, its table, and the reasons of rows that miss. */
void validation_table_append(GString *text, const Target *target,
                             const GArray *results);

/* The same below a heading and, if has_plot, the target's plot. */
void validation_markdown_append(GString *text, const Target *target,
                                const GArray *results, bool has_plot);

/* A line for each row, values as they are compared; unknown ones are empty. */
void validation_csv_append_head(GString *text);
void validation_csv_append(GString *text, const Target *target, const GArray *results);

#endif
