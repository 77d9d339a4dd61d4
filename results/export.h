/*
 * export.h - the tables of a database as CSV (RFC 4180) and JSON lines.
 *
 * Rows are ordered by campaign, combination and replication, whatever the order in
 * which runs ended, and hold no wall-clock times: the same runs give the same bytes.
 */
#ifndef RESULTS_EXPORT_H
#define RESULTS_EXPORT_H

#include "results/database.h"

#include <stdio.h>

typedef enum {
    EXPORT_CSV,
    EXPORT_JSONL,
} ExportFormat;

/* What can be exported: "run", "outcome", "domain"...; NULL from their number on. */
const char *export_table_name(unsigned index);

/* One table to a stream, which stays open, or what it takes until it fails, which is
 * for the caller to see (ferror). campaign_id: 0 for all campaigns. */
bool export_table(Database *database, const char *table, int64_t campaign_id,
                  ExportFormat format, FILE *stream, GError **error);

/* Every table as FOLDER/<table>.csv or .jsonl, but "bucket", "wide" and views, which
 * say the same in more space; the folder is made if need be, and each file is replaced
 * whole or left as it was. */
bool export_folder(Database *database, int64_t campaign_id, ExportFormat format,
                   const char *folder, GError **error);

#endif
