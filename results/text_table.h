/*
 * text_table.h - columns of text, aligned for a terminal (UTF-8).
 */
#ifndef RESULTS_TEXT_TABLE_H
#define RESULTS_TEXT_TABLE_H

#include <glib.h>
#include <stdbool.h>

typedef struct TextTable TextTable;

TextTable *text_table_new(void);
void text_table_free(TextTable *table);

/* A new column with two lines of heading; numbers stand at its right edge. */
void text_table_add_column(TextTable *table, const char *upper_head,
                           const char *lower_head, bool is_number);
/* The same with one head, whose last word stands on the lower line. */
void text_table_add_titled_column(TextTable *table, const char *title, bool is_number);
/* The next cell of the last column. */
void text_table_add_cell(TextTable *table, const char *text);
/* An empty line before that row. */
void text_table_add_gap(TextTable *table, unsigned before_row);

/* Columns that the longest line needs. */
unsigned text_table_width(const TextTable *table);
/* Free with g_free. */
char *text_table_print(const TextTable *table);

/* The text with line breaks, so that no line is longer than `columns` if its words
 * allow it; further lines of a paragraph begin with `indent` spaces. Free with g_free.
 */
char *text_wrap(const char *text, unsigned columns, unsigned indent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextTable, text_table_free)

#endif
