#include "models/suggest.h"

#include <string.h>

#define LEAST_BEGINNING 3 /* characters that tell which word is meant */

/* Insertions, deletions and substitutions between two words (Levenshtein), and
 * neighbours exchanged, as one slip each. */
static size_t distance(const char *a, const char *b)
{
    const size_t width = strlen(b) + 1;
    g_autofree size_t *rows = g_new(size_t, 3 * width);
    size_t *before = rows, *above = rows + width, *row = rows + 2 * width;

    for (size_t j = 0; j < width; j++)
        above[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t *const recycled = before;

        row[0] = i;
        for (size_t j = 1; j < width; j++) {
            const size_t changed = above[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = MIN(changed, 1 + MIN(above[j], row[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
        row = recycled;
    }
    return above[width - 1];
}

/* Such as credit2 for credit2-4.17. */
static const char *longer_word(const char *text, const GPtrArray *words)
{
    for (unsigned i = 0; i < words->len && strlen(text) >= LEAST_BEGINNING; i++)
        if (g_str_has_prefix(g_ptr_array_index(words, i), text))
            return g_ptr_array_index(words, i);
    return NULL;
}

const char *suggest_word(const char *text, const GPtrArray *words)
{
    const size_t farthest = MAX(1, strlen(text) / 3);
    const char *nearest = NULL;
    size_t least = farthest + 1;

    for (unsigned i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);
        const size_t slips = distance(text, word);

        if (slips >= least)
            continue;
        least = slips;
        nearest = word;
    }
    return nearest ? nearest : longer_word(text, words);
}

char *suggest_among(const char *text, const GPtrArray *words)
{
    const char *nearest = suggest_word(text, words);
    GString *list = g_string_new(NULL);

    for (unsigned i = 0; i < words->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (char *)g_ptr_array_index(words, i));
    if (nearest)
        g_string_append_printf(list, " (did you mean %s?)", nearest);
    return g_string_free(list, FALSE);
}
