#include "results/text_table.h"

#include <string.h>

#define HEADS 2
#define GAP   2

typedef struct {
    GPtrArray *cells; /* of char *, the two heads first */
    unsigned width;
    bool is_number;
} Column;

struct TextTable {
    GPtrArray *columns;
    GHashTable *gaps; /* of row numbers */
};

static void free_column(void *item)
{
    Column *column = item;

    g_ptr_array_unref(column->cells);
    g_free(column);
}

TextTable *text_table_new(void)
{
    TextTable *table = g_new(TextTable, 1);

    table->columns = g_ptr_array_new_with_free_func(free_column);
    table->gaps = g_hash_table_new(NULL, NULL);
    return table;
}

void text_table_free(TextTable *table)
{
    g_ptr_array_unref(table->columns);
    g_hash_table_unref(table->gaps);
    g_free(table);
}

static Column *column_at(const TextTable *table, unsigned index)
{
    return g_ptr_array_index(table->columns, index);
}

static unsigned width_of(const char *text)
{
    return (unsigned)g_utf8_strlen(text, -1);
}

static void add_cell(Column *column, const char *text)
{
    column->width = MAX(column->width, width_of(text));
    g_ptr_array_add(column->cells, g_strdup(text));
}

void text_table_add_column(TextTable *table, const char *upper_head,
                           const char *lower_head, bool is_number)
{
    Column *column = g_new0(Column, 1);

    column->cells = g_ptr_array_new_with_free_func(g_free);
    column->is_number = is_number;
    g_ptr_array_add(table->columns, column);
    add_cell(column, upper_head);
    add_cell(column, lower_head);
}

void text_table_add_titled_column(TextTable *table, const char *title, bool is_number)
{
    const char *space = strrchr(title, ' ');
    g_autofree char *upper = g_strndup(title, space ? (gsize)(space - title) : 0);

    text_table_add_column(table, upper, space ? space + 1 : title, is_number);
}

void text_table_add_cell(TextTable *table, const char *text)
{
    add_cell(column_at(table, table->columns->len - 1), text);
}

void text_table_add_gap(TextTable *table, unsigned before_row)
{
    g_hash_table_add(table->gaps, GUINT_TO_POINTER(before_row + HEADS));
}

unsigned text_table_width(const TextTable *table)
{
    unsigned width = 0;

    for (unsigned i = 0; i < table->columns->len; i++)
        width += column_at(table, i)->width + (i > 0 ? GAP : 0);
    return width;
}

static void append_spaces(GString *text, unsigned n)
{
    g_string_append_printf(text, "%*s", (int)n, "");
}

static void append_line(GString *text, const TextTable *table, unsigned line)
{
    for (unsigned i = 0; i < table->columns->len; i++) {
        const Column *column = column_at(table, i);
        const char *cell = g_ptr_array_index(column->cells, line);
        const unsigned padding = column->width - width_of(cell);

        append_spaces(text, (i > 0 ? GAP : 0) + (column->is_number ? padding : 0));
        g_string_append(text, cell);
        append_spaces(text, column->is_number ? 0 : padding);
    }
    while (text->len > 0 && text->str[text->len - 1] == ' ')
        g_string_truncate(text, text->len - 1);
    g_string_append_c(text, '\n');
}

char *text_table_print(const TextTable *table)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const unsigned n_lines = column_at(table, 0)->cells->len;

    for (unsigned i = 0; i < n_lines; i++) {
        if (g_hash_table_contains(table->gaps, GUINT_TO_POINTER(i)))
            g_string_append_c(text, '\n');
        append_line(text, table, i);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void wrap_paragraph(GString *wrapped, const char *paragraph, unsigned columns,
                           unsigned indent)
{
    g_auto(GStrv) words = g_strsplit(paragraph, " ", -1);
    unsigned at = 0;

    for (unsigned i = 0; words[i]; i++) {
        const unsigned width = width_of(words[i]);

        if (i > 0 && at + 1 + width > columns) {
            g_string_append_c(wrapped, '\n');
            append_spaces(wrapped, indent);
            at = indent;
        } else if (i > 0) {
            g_string_append_c(wrapped, ' ');
            at++;
        }
        g_string_append(wrapped, words[i]);
        at += width;
    }
}

char *text_wrap(const char *text, unsigned columns, unsigned indent)
{
    g_autoptr(GString) wrapped = g_string_new(NULL);
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n", -1);

    for (unsigned i = 0; paragraphs[i]; i++) {
        if (i > 0)
            g_string_append_c(wrapped, '\n');
        wrap_paragraph(wrapped, paragraphs[i], columns, indent);
    }
    return g_string_free(g_steal_pointer(&wrapped), FALSE);
}
