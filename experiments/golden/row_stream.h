/*
 * row_stream.h - one of the CSV files of a case, as our run makes it.
 *
 * Each row is compared with the next one of the expected file, plain or gzipped, and
 * can be written to a file of our own; both are optional.
 */
#ifndef EXPERIMENTS_GOLDEN_ROW_STREAM_H
#define EXPERIMENTS_GOLDEN_ROW_STREAM_H

#include <glib.h>
#include <stdbool.h>

#define NO_ROW_LIMIT UINT_MAX

typedef struct RowStream RowStream;

/* The first difference. A NULL row: the file has ended there. Row 0 is the header. */
typedef void (*RowDiffers)(void *listener, const RowStream *stream,
                           const char *expected, const char *found);

/* name: "schedule". Rows beyond the limit are dropped, the header not counted. */
RowStream *row_stream_new(const char *name, unsigned limit, RowDiffers differs,
                          void *listener);
void row_stream_free(RowStream *self);

/* Compares with folder/name.csv or folder/name.csv.gz from the first row on. Without
 * such a file nothing is compared; false only if it cannot be opened. */
bool row_stream_expect(RowStream *self, const char *folder, GError **error);
bool row_stream_is_expected(const RowStream *self);

/* Writes every row to folder/name.csv too. */
bool row_stream_write_to(RowStream *self, const char *folder, GError **error);

void row_stream_put(RowStream *self, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* No more rows: the expected file must end as well. False if it could not be read, or
 * our own not be written. */
bool row_stream_finish(RowStream *self, GError **error);

const char *row_stream_name(const RowStream *self);
/* The number of the row to be compared next; 0: the header. */
unsigned row_stream_next(const RowStream *self);
/* How many rows have agreed so far, the header not among them, and the last of them
 * ("" when there is none). */
unsigned row_stream_agreed(const RowStream *self);
const char *row_stream_last_agreed(const RowStream *self);

#endif
