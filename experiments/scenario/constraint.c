#include "experiments/scenario/constraint.h"

#include "experiments/scenario/known_names.h"

#include <string.h>

typedef enum {
    COMPARE_EQUAL,
    COMPARE_NOT_EQUAL,
    COMPARE_LESS,
    COMPARE_LESS_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_EQUAL,
    COMPARISONS,
} Comparison;

static const char *const comparisons[] = {
    [COMPARE_EQUAL] = "=",   [COMPARE_NOT_EQUAL] = "!=",
    [COMPARE_LESS] = "<",    [COMPARE_LESS_EQUAL] = "<=",
    [COMPARE_GREATER] = ">", [COMPARE_GREATER_EQUAL] = ">=",
    [COMPARISONS] = NULL,
};

/* What joins comparisons elsewhere. */
static const char *const foreign_words[] = { "and", "or", "&&", "||", NULL };

/* KEY COMPARISON TEXT */
typedef struct {
    const Constraint *constraint;
    const char *text; /* all of it */
    Comparison comparison;
    char *left, *right;
    FoundKey key; /* left */
} Alternative;

static void alternative_clear(Alternative *self)
{
    g_free(self->left);
    g_free(self->right);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Alternative, alternative_clear)

static void refuse(const Alternative *self, GError **error, const char *expected, ...)
    G_GNUC_PRINTF(3, 4);

static void refuse(const Alternative *self, GError **error, const char *expected, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, expected);
    what = g_strdup_vprintf(expected, args);
    va_end(args);
    ini_entry_error(self->constraint->sweep, self->constraint->entry, error, "%s",
                    what);
}

static Comparison find_comparison(const char *word)
{
    Comparison comparison = 0;

    while (comparison < COMPARISONS && strcmp(comparisons[comparison], word) != 0)
        comparison++;
    return comparison;
}

static bool is_joining(const char *word)
{
    g_autofree char *lower = g_ascii_strdown(word, -1);

    return g_strv_contains(foreign_words, lower);
}

static char *join_words(char **words, unsigned n)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", words[i]);
    return g_strstrip(g_string_free(text, FALSE));
}

/* Takes the text apart, and counts what is more than one comparison. */
static void split(Alternative *self, unsigned *n_comparisons, unsigned *n_joining)
{
    g_auto(GStrv) words = g_strsplit(self->text, " ", -1);
    const unsigned n = g_strv_length(words);

    for (unsigned i = 0; i < n; i++) {
        const Comparison comparison = find_comparison(words[i]);

        *n_joining += is_joining(words[i]);
        if (comparison == COMPARISONS || (*n_comparisons)++ > 0)
            continue;
        self->comparison = comparison;
        self->left = join_words(words, i);
        self->right = join_words(words + i + 1, n - i - 1);
    }
}

static bool parse(Alternative *self, GError **error)
{
    unsigned n_comparisons = 0, n_joining = 0;

    split(self, &n_comparisons, &n_joining);
    if (n_comparisons > 1 || n_joining > 0) {
        refuse(self, error,
               "one comparison between words \"or\", with what must hold as well in a "
               "constraint line of its own, not \"%s\"",
               self->text);
        return false;
    }
    if (n_comparisons == 1 && *self->left != '\0' && *self->right != '\0')
        return true;
    refuse(self, error,
           "GROUP.KEY and a text or another key, with =, !=, <, <=, > or >= and spaces "
           "between them, not \"%s\"",
           self->text);
    return false;
}

static bool find_key(const Alternative *self, const char *text, FoundKey *key)
{
    g_auto(KeyName) name = { 0 };

    return key_name_parse(text, &name) &&
           key_name_find(&name, self->constraint->document,
                         self->constraint->schedulers, key);
}

static bool find_left(Alternative *self, GError **error)
{
    if (!find_key(self, self->left, &self->key)) {
        refuse(self, error, "a key of the scenario, GROUP.KEY, before %s, not \"%s\"",
               comparisons[self->comparison], self->left);
        return false;
    }
    if (self->key.option->kind == OPTION_INTEGER ||
        self->comparison <= COMPARE_NOT_EQUAL)
        return true;
    refuse(self, error, "= or != behind %s, whose texts have no order", self->left);
    return false;
}

/* A text on the right must be one that the key could have. */
static bool check_text(const Alternative *self, GError **error)
{
    const FoundKey *key = &self->key;
    g_autofree char *expected = ini_text_expected(key->option, self->right);

    if (!expected)
        expected = known_names_expected(key->kind, key->option->key, self->right);
    if (!expected)
        return true;
    refuse(self, error, "another key, or %s, behind %s", expected,
           comparisons[self->comparison]);
    return false;
}

/* Whether a text of one could stand at the other. */
static bool are_alike(const FoundKey *left, const FoundKey *right)
{
    const Option *a = left->option, *b = right->option;

    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case OPTION_INTEGER:
        return a->unit == b->unit;
    case OPTION_BOOL:
    case OPTION_FILE:
        return true;
    case OPTION_CHOICE:
        return a->choices == b->choices;
    case OPTION_TEXT:
        return known_names_are_alike(left->kind, a->key, right->kind, b->key);
    }
    g_assert_not_reached();
}

static bool check_right_key(const Alternative *self, const FoundKey *right,
                            GError **error)
{
    g_autofree char *expected = NULL;

    if (are_alike(&self->key, right))
        return true;
    expected = known_names_described(self->key.kind, self->key.option->key);
    if (!expected)
        expected = option_expected(self->key.option);
    refuse(self, error, "a key behind %s that can be compared with %s, which is %s",
           comparisons[self->comparison], self->left, expected);
    return false;
}

static bool orders_compare(Comparison comparison, int order)
{
    switch (comparison) {
    case COMPARE_EQUAL:
        return order == 0;
    case COMPARE_NOT_EQUAL:
        return order != 0;
    case COMPARE_LESS:
        return order < 0;
    case COMPARE_LESS_EQUAL:
        return order <= 0;
    case COMPARE_GREATER:
        return order > 0;
    case COMPARE_GREATER_EQUAL:
        return order >= 0;
    case COMPARISONS:
        break;
    }
    g_assert_not_reached();
}

/* A swept text that is no number is for the key's own reader to refuse: it holds. */
static bool texts_compare(const Alternative *self, const char *right)
{
    const char *left = self->key.text;
    int64_t a, b;

    if (self->key.option->kind != OPTION_INTEGER)
        return orders_compare(self->comparison, strcmp(left, right));
    if (!units_parse(left, self->key.option->unit, &a) ||
        !units_parse(right, self->key.option->unit, &b))
        return true;
    return orders_compare(self->comparison, (a > b) - (a < b));
}

static bool check_alternative(const Constraint *constraint, const char *text,
                              bool *holds, GError **error)
{
    g_auto(Alternative) self = { .constraint = constraint, .text = text };
    FoundKey right;
    bool is_key;

    if (!parse(&self, error) || !find_left(&self, error))
        return false;
    is_key = find_key(&self, self.right, &right);
    if (is_key ? !check_right_key(&self, &right, error) : !check_text(&self, error))
        return false;
    *holds = texts_compare(&self, is_key ? right.text : self.right);
    return true;
}

bool constraint_check(const Constraint *constraint, bool *holds, GError **error)
{
    g_auto(GStrv) alternatives = g_strsplit(constraint->entry->text, " or ", -1);

    *holds = false;
    for (unsigned i = 0; alternatives[i]; i++) {
        bool alternative_holds;

        if (!check_alternative(constraint, alternatives[i], &alternative_holds, error))
            return false;
        *holds = *holds || alternative_holds;
    }
    return true;
}
