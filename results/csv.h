/*
 * csv.h - fields of CSV as RFC 4180 has them: CRLF, quotes where needed.
 */
#ifndef RESULTS_CSV_H
#define RESULTS_CSV_H

#include <glib.h>
#include <stdbool.h>

#define CSV_LINE_END "\r\n"

/* Appends a field, with a comma before it unless it is the first of its record. */
void csv_append(GString *record, const char *field, bool is_first);
/* A further field with six decimals; empty if the value is not finite. */
void csv_append_number(GString *record, double value);

#endif
