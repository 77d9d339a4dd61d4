#include "results/study_choice.h"

#include "models/suggest.h"
#include "results/error.h"
#include "results/factor_title.h"
#include "results/run_record.h"

#include <math.h>

/* More lines than there are colours in the plots are not chosen unasked. */
#define MOST_NUMBERED_LINES 6

static unsigned n_factors(const Summary *summary)
{
    return summary_row(summary, 0)->factors->len;
}

static const char *key_of(const Summary *summary, unsigned factor)
{
    return summary_factor(summary_row(summary, 0), factor)->key;
}

static bool is_placement(const Summary *summary, unsigned factor)
{
    return g_str_equal(key_of(summary, factor), SUMMARY_PLACEMENT_KEY);
}

bool study_choice_has(const StudyChoice *choice, const SummaryRow *row)
{
    for (unsigned i = 0; i < row->factors->len; i++)
        if (choice->held_texts[i] &&
            !g_str_equal(choice->held_texts[i], summary_factor(row, i)->text))
            return false;
    return true;
}

/* What a user asks for. */

/* The word that somebody may have misspelt, and the key that it stands for. */
static void add_word(GPtrArray *words, GPtrArray *keys, char *word, const char *key)
{
    g_ptr_array_add(words, word);
    g_ptr_array_add(keys, (char *)(uintptr_t)key);
}

/* By all that may be said of a key: "domain hog.count", "number of hog", "hog.count",
 * "hog", "count". NULL if name is near to none. */
static const char *nearest_key(const GPtrArray *keys, const char *name)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) meant = g_ptr_array_new();
    const char *nearest;
    unsigned found;

    for (unsigned i = 0; i < keys->len; i++) {
        const char *key = g_ptr_array_index(keys, i);
        g_auto(GStrv) parts = g_strsplit_set(key, " .", -1);

        add_word(words, meant, g_strdup(key), key);
        add_word(words, meant, factor_title(key), key);
        for (unsigned j = 0; parts[j]; j++)
            add_word(words, meant, g_strdup(parts[j]), key);
    }
    nearest = suggest_word(name, words);
    return nearest && g_ptr_array_find(words, nearest, &found)
               ? g_ptr_array_index(meant, found)
               : NULL;
}

/* "a, b, c (did you mean a?)", each once. */
static char *list_keys(const Summary *summary, const char *name, bool wants_numbers)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    g_autofree char *list = NULL;
    const char *nearest;

    for (unsigned i = 0; i < n_factors(summary); i++)
        if (summary_is_varied(summary, i) &&
            (!wants_numbers || summary_is_number(summary, i)))
            g_ptr_array_add(keys, (char *)(uintptr_t)key_of(summary, i));
    if (keys->len == 0)
        return g_strdup("(there is none)");
    nearest = nearest_key(keys, name);
    g_ptr_array_add(keys, NULL);
    list = g_strjoinv(", ", (char **)keys->pdata);
    return nearest ? g_strdup_printf("%s (did you mean %s?)", list, nearest)
                   : g_steal_pointer(&list);
}

GPtrArray *study_values(const Summary *summary, unsigned factor)
{
    GPtrArray *values = g_ptr_array_new();

    for (unsigned i = 0; i < summary->rows->len; i++) {
        const char *text = summary_factor(summary_row(summary, i), factor)->text;

        if (!g_ptr_array_find_with_equal_func(values, text, g_str_equal, NULL))
            g_ptr_array_add(values, (void *)(uintptr_t)text);
    }
    return values;
}

char *study_list_values(const Summary *summary, unsigned factor)
{
    g_autoptr(GPtrArray) values = study_values(summary, factor);

    g_ptr_array_add(values, NULL);
    return g_strjoinv(", ", (char **)values->pdata);
}

/* By its key, or by what else it is called, if that is one alone. */
static unsigned find_factor(const Summary *summary, const char *name,
                            bool wants_numbers)
{
    unsigned found = NO_FACTOR, n_found = 0;

    for (unsigned i = 0; i < n_factors(summary); i++) {
        if (wants_numbers && !summary_is_number(summary, i))
            continue;
        if (g_str_equal(key_of(summary, i), name))
            return i;
        if (!factor_is_called(key_of(summary, i), name))
            continue;
        found = i;
        n_found++;
    }
    return n_found == 1 ? found : NO_FACTOR;
}

bool study_choose_factor(const Summary *summary, const char *role, const char *name,
                         unsigned *factor, GError **error)
{
    const bool wants_numbers = g_str_equal(role, "axis");
    g_autofree char *known = NULL;

    *factor = name ? find_factor(summary, name, wants_numbers) : NO_FACTOR;
    if (!name || *factor != NO_FACTOR)
        return true;
    known = list_keys(summary, name, wants_numbers);
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "%s = %s: expected a key that varies%s: %s", role, name,
                wants_numbers ? " in numbers" : "", known);
    return false;
}

static bool hold_at(const Summary *summary, StudyChoice *choice, unsigned factor,
                    const char *value, GError **error)
{
    g_autofree char *known = NULL;

    for (unsigned i = 0; i < summary->rows->len; i++) {
        const char *text = summary_factor(summary_row(summary, i), factor)->text;

        if (g_str_equal(text, value)) {
            choice->held_texts[factor] = text;
            return true;
        }
    }
    known = study_list_values(summary, factor);
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                "%s = %s: expected one of %s", key_of(summary, factor), value, known);
    return false;
}

static bool hold(const Summary *summary, StudyChoice *choice, const char *pair,
                 GError **error)
{
    g_auto(GStrv) sides = g_strsplit(pair, "=", 2);
    unsigned factor;

    if (!sides[0] || !sides[1]) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_VIEW,
                    "%s: expected KEY=VALUE, such as domain guest.count=4", pair);
        return false;
    }
    if (!study_choose_factor(summary, "at", g_strstrip(sides[0]), &factor, error))
        return false;
    if (factor == choice->axis || factor == choice->line ||
        choice->held_texts[factor]) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_VIEW,
                    "at = %s: expected a key that is neither axis nor lines, each once",
                    sides[0]);
        return false;
    }
    return hold_at(summary, choice, factor, g_strstrip(sides[1]), error);
}

static bool apply_view(const Summary *summary, const StudyView *view,
                       StudyChoice *choice, GError **error)
{
    if (!study_choose_factor(summary, "axis", view->axis, &choice->axis, error) ||
        !study_choose_factor(summary, "lines", view->lines, &choice->line, error))
        return false;
    if (choice->axis != NO_FACTOR && choice->axis == choice->line) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_VIEW,
                    "lines = %s: expected another key than that of the axis",
                    view->lines);
        return false;
    }
    for (const char *const *pair = view->held; pair && *pair; pair++)
        if (!hold(summary, choice, *pair, error))
            return false;
    return true;
}

/* What is left to choose. */

static unsigned find_first_row(const Summary *summary, const StudyChoice *choice)
{
    for (unsigned i = 0; i < summary->rows->len; i++)
        if (study_choice_has(choice, summary_row(summary, i)))
            return i;
    return NO_FACTOR;
}

static double axis_value(const StudyChoice *choice, const SummaryRow *row)
{
    return choice->axis == NO_FACTOR ? NAN : summary_factor(row, choice->axis)->number;
}

/* Of each row that has what is held, the first such row on the same line and at the
 * same place of the axis. Free with g_free. */
static unsigned *find_first_rows(const Summary *summary, const StudyChoice *choice)
{
    g_autoptr(GHashTable) firsts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned *first_rows = g_new(unsigned, summary->rows->len);

    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        g_autofree char *place = g_strdup_printf("%.17g %s", axis_value(choice, row),
                                                 study_choice_line(choice, row));
        void *first;

        if (!study_choice_has(choice, row))
            first = GUINT_TO_POINTER(i);
        else if (!g_hash_table_lookup_extended(firsts, place, NULL, &first))
            g_hash_table_insert(firsts, g_steal_pointer(&place),
                                first = GUINT_TO_POINTER(i));
        first_rows[i] = GPOINTER_TO_UINT(first);
    }
    return first_rows;
}

/* False for factors in lock step with axis or lines, which leave no choice. */
static bool leaves_choice(const Summary *summary, unsigned factor,
                          const unsigned *first_rows)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        const SummaryRow *first = summary_row(summary, first_rows[i]);

        if (!g_str_equal(summary_factor(row, factor)->text,
                         summary_factor(first, factor)->text))
            return true;
    }
    return false;
}

static bool is_free(const StudyChoice *choice, unsigned factor)
{
    return factor != choice->axis && factor != choice->line &&
           !choice->held_texts[factor];
}

/* Lines of numbers are better than showing one of them. */
static void choose_numbered_lines(const Summary *summary, StudyChoice *choice,
                                  unsigned factor)
{
    g_autofree unsigned *first_rows = find_first_rows(summary, choice);
    g_autoptr(GPtrArray) values = study_values(summary, factor);

    if (values->len <= MOST_NUMBERED_LINES &&
        leaves_choice(summary, factor, first_rows))
        choice->line = factor;
}

static void choose_the_rest(const Summary *summary, StudyChoice *choice)
{
    const bool is_line_asked = choice->line != NO_FACTOR;
    unsigned second = NO_FACTOR;

    for (unsigned i = 0; i < n_factors(summary); i++) {
        const bool is_number = summary_is_number(summary, i);
        unsigned *role = !is_number                  ? &choice->line
                         : choice->axis == NO_FACTOR ? &choice->axis
                                                     : &second;

        if (!is_free(choice, i) || (!is_number && is_line_asked))
            continue;
        if (is_placement(summary, i) ||
            (*role == NO_FACTOR && summary_is_varied(summary, i)))
            *role = i;
    }
    if (second != NO_FACTOR && !is_line_asked &&
        (choice->line == NO_FACTOR || !summary_is_varied(summary, choice->line)))
        choose_numbered_lines(summary, choice, second);
}

static void hold_the_rest(const Summary *summary, StudyChoice *choice, unsigned at)
{
    g_autofree unsigned *first_rows = find_first_rows(summary, choice);

    for (unsigned i = 0; i < n_factors(summary); i++)
        if (is_free(choice, i) && leaves_choice(summary, i, first_rows)) {
            choice->held_texts[i] = summary_factor(summary_row(summary, at), i)->text;
            choice->is_held_unasked[i] = true;
        }
}

bool study_choose(const Summary *summary, const StudyView *view, StudyChoice *choice,
                  GError **error)
{
    unsigned at;

    *choice =
        (StudyChoice){ NO_FACTOR, NO_FACTOR, g_new0(const char *, n_factors(summary)),
                       g_new0(bool, n_factors(summary)) };
    if (view && !apply_view(summary, view, choice, error))
        return false;
    at = find_first_row(summary, choice);
    if (at == NO_FACTOR) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_EMPTY,
                    "no finished run has all the values that are asked for");
        return false;
    }
    choose_the_rest(summary, choice);
    hold_the_rest(summary, choice, at);
    return true;
}

void study_choice_clear(StudyChoice *choice)
{
    g_free(choice->held_texts);
    g_free(choice->is_held_unasked);
}
