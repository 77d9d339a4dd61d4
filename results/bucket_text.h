/*
 * bucket_text.h - a histogram's buckets as the database keeps them: a JSON object of
 * bucket numbers and counts, {"130":4,"131":17}, ascending.
 *
 * SQLite's json_each reads it (view v_histogram); where a figure adds up the histograms
 * of thousands of runs, reading it here is a hundred times as fast.
 */
#ifndef RESULTS_BUCKET_TEXT_H
#define RESULTS_BUCKET_TEXT_H

#include "results/database.h"
#include "results/histogram.h"

void bucket_text_print(GString *text, const HistogramPart *part);

/* Adds the counts to the buckets of the sum, and to its count. False if the text is no
 * such object. */
bool bucket_text_add(Histogram *sum, const char *text);
/* The same of all rows of a statement with the columns buckets, least_ns and
 * greatest_ns, which the sum takes over as well. */
bool bucket_text_add_rows(Histogram *sum, const Database *database,
                          sqlite3_stmt *statement, GError **error);

#endif
