#include "results/sensitivity.h"

#include "results/factor_title.h"

#include "results/run_record.h"

#include <math.h>
#include <string.h>

#define UNCHANGED "none"

static const char *const end_suffixes[] = { " low", " high" };

/* The rows of a summary, and what varies in them. NO_FACTOR where it does not. */
#define NO_FACTOR (-1)

typedef struct {
    const Summary *summary;
    int change, placement;
} Runs;

static const SummaryRow *row_at(const Runs *runs, unsigned i)
{
    return g_ptr_array_index(runs->summary->rows, i);
}

static int find_factor(const Summary *summary, const char *key)
{
    const SummaryRow *first = g_ptr_array_index(summary->rows, 0);

    for (unsigned i = 0; i < first->factors->len; i++)
        if (g_str_equal(summary_factor(first, i)->key, key) &&
            summary_is_varied(summary, i))
            return (int)i;
    return NO_FACTOR;
}

static const char *change_of(const Runs *runs, const SummaryRow *row)
{
    return summary_factor(row, (unsigned)runs->change)->text;
}

static const char *placement_of(const Runs *runs, const SummaryRow *row)
{
    return runs->placement == NO_FACTOR
               ? NULL
               : summary_factor(row, (unsigned)runs->placement)->text;
}

/* Whether they differ in change and placement at most. */
static bool are_otherwise_alike(const Runs *runs, const SummaryRow *a,
                                const SummaryRow *b)
{
    for (unsigned i = 0; i < a->factors->len; i++)
        if ((int)i != runs->change && (int)i != runs->placement &&
            !g_str_equal(summary_factor(a, i)->text, summary_factor(b, i)->text))
            return false;
    return true;
}

/* The row like that one, but with this change and placement; NULL if there is none. */
static const SummaryRow *find_row(const Runs *runs, const SummaryRow *like,
                                  const char *change, const char *placement)
{
    for (unsigned i = 0; i < runs->summary->rows->len; i++) {
        const SummaryRow *row = row_at(runs, i);

        if (g_str_equal(change_of(runs, row), change) &&
            g_strcmp0(placement_of(runs, row), placement) == 0 &&
            are_otherwise_alike(runs, row, like))
            return row;
    }
    return NULL;
}

/* Numbers. */

/* NAN if it has not finished. */
static double value_of(const SummaryRow *row, SummaryColumn column,
                       unsigned replication)
{
    for (unsigned i = 0; i < row->n; i++)
        if (g_array_index(row->replications, unsigned, i) == replication)
            return g_array_index(row->values[column], double, i);
    return NAN;
}

/* A question under one set of figures: two rows, or one and NULL. */
typedef struct {
    const SummaryRow *upper, *lower;
} Pair;

static double quotient(const Pair *pair, SummaryColumn column, unsigned replication)
{
    const double upper = value_of(pair->upper, column, replication);

    return pair->lower ? upper / value_of(pair->lower, column, replication) : upper;
}

/* over NULL: the values themselves. Replications that one of the rows lacks are left
 * out, as NAN is not positive. */
static RatioInterval interval_of(const Pair *pair, const Pair *over,
                                 SummaryColumn column)
{
    const unsigned n = pair->upper->n;
    g_autofree double *values = g_new(double, n);
    g_autofree double *others = g_new(double, n);

    for (unsigned i = 0; i < n; i++) {
        const unsigned replication =
            g_array_index(pair->upper->replications, unsigned, i);

        values[i] = quotient(pair, column, replication);
        others[i] = over ? quotient(over, column, replication) : 1;
    }
    return interval_of_ratio(values, others, n, INTERVAL_CONFIDENCE);
}

/* 1 or -1 if it is clearly greater or less than 1, else 0. */
static int side(const RatioInterval *interval)
{
    if (isnan(interval->low) || (interval->low <= 1 && interval->high >= 1))
        return 0;
    return interval->low > 1 ? 1 : -1;
}

static Conclusion conclude(const RatioInterval *before, const RatioInterval *after)
{
    const int from = side(before), to = side(after);

    if (from == 0)
        return to == 0 ? CONCLUSION_NONE : CONCLUSION_FOUND;
    if (to == 0)
        return CONCLUSION_LOST;
    return from == to ? CONCLUSION_HOLDS : CONCLUSION_TURNED;
}

/* Effects. */

static void free_effect(void *data)
{
    SensitivityEffect *effect = data;

    g_free(effect->figure);
    g_free(effect);
}

static void free_question(void *data)
{
    SensitivityQuestion *question = data;

    g_ptr_array_unref(question->effects);
    g_free(question->subject);
    g_free(question);
}

static SensitivityEffect *effect_of(SensitivityQuestion *question, const char *figure)
{
    SensitivityEffect *effect;

    for (unsigned i = 0; i < question->effects->len; i++) {
        effect = g_ptr_array_index(question->effects, i);
        if (g_str_equal(effect->figure, figure))
            return effect;
    }
    effect = g_new0(SensitivityEffect, 1);
    effect->figure = g_strdup(figure);
    g_ptr_array_add(question->effects, effect);
    return effect;
}

static bool is_clear(const SensitivityEnd *end)
{
    return end->change.n > 0 && side(&end->change) != 0;
}

double sensitivity_end_reach(const SensitivityEnd *end)
{
    if (end->change.n == 0 || isnan(end->change.low))
        return NAN;
    return MAX(fabs(end->change.low - 1), fabs(end->change.high - 1));
}

unsigned sensitivity_end_needs(const SensitivityEnd *end)
{
    const RatioInterval *change = &end->change;

    if (isnan(sensitivity_end_reach(end)))
        return 0;
    return interval_replications(log(change->high / change->mean), change->n,
                                 log(1 + SENSITIVITY_MATTERS), INTERVAL_CONFIDENCE);
}

static SensitivityGroup group_of_end(const SensitivityEnd *end)
{
    if (sensitivity_end_reach(end) <= SENSITIVITY_SMALL)
        return EFFECT_SMALL;
    return is_clear(end) ? EFFECT_CLEAR : EFFECT_UNDECIDED;
}

static void add_end(SensitivityQuestion *question, const char *figure, unsigned end,
                    const Pair *changed, const Pair *unchanged)
{
    SensitivityEffect *effect = effect_of(question, figure);
    SensitivityEnd *at = &effect->ends[end];

    at->value = interval_of(changed, NULL, question->column);
    at->change = interval_of(changed, unchanged, question->column);
    at->conclusion =
        question->is_ratio ? conclude(&question->value, &at->value) : CONCLUSION_NONE;
    if (is_clear(at))
        effect->size = MAX(effect->size, fabs(at->change.mean - 1));
    effect->group = MIN(group_of_end(&effect->ends[0]), group_of_end(&effect->ends[1]));
}

/* Equal ones by name, for the same order everywhere. */
static int greatest_first(const void *a, const void *b)
{
    const SensitivityEffect *left = *(SensitivityEffect *const *)a;
    const SensitivityEffect *right = *(SensitivityEffect *const *)b;

    if (left->size < right->size || left->size > right->size)
        return left->size < right->size ? 1 : -1;
    return strcmp(left->figure, right->figure);
}

static void add_effects(const Runs *runs, SensitivityQuestion *question,
                        const Pair *unchanged)
{
    const char *upper = placement_of(runs, unchanged->upper);

    for (unsigned i = 0; i < runs->summary->rows->len; i++) {
        const SummaryRow *row = row_at(runs, i);
        const char *change = change_of(runs, row);
        Pair changed = { row, NULL };

        if (g_strcmp0(placement_of(runs, row), upper) != 0 ||
            !are_otherwise_alike(runs, row, unchanged->upper))
            continue;
        if (unchanged->lower) {
            changed.lower =
                find_row(runs, row, change, placement_of(runs, unchanged->lower));
            if (!changed.lower)
                continue;
        }
        for (unsigned end = 0; end < G_N_ELEMENTS(end_suffixes); end++) {
            g_autofree char *figure = NULL;

            if (!g_str_has_suffix(change, end_suffixes[end]))
                continue;
            figure = g_strndup(change, strlen(change) - strlen(end_suffixes[end]));
            add_end(question, figure, end, &changed, unchanged);
        }
    }
    g_ptr_array_sort(question->effects, greatest_first);
}

/* Questions. */

static char *subject_of(const Runs *runs, const Pair *pair)
{
    GString *text = g_string_new(placement_of(runs, pair->upper));

    if (pair->lower)
        g_string_append_printf(text, " : %s", placement_of(runs, pair->lower));
    for (unsigned i = 0; i < pair->upper->factors->len; i++) {
        const Factor *factor = summary_factor(pair->upper, i);
        g_autofree char *title = factor_title(factor->key);

        if ((int)i != runs->change && (int)i != runs->placement &&
            summary_is_varied(runs->summary, i))
            g_string_append_printf(text, "%s%s = %s", text->len > 0 ? ", " : "", title,
                                   factor->text);
    }
    return g_string_free(text, FALSE);
}

static void ask(Sensitivity *sensitivity, const Runs *runs, const Pair *unchanged,
                SummaryColumn column)
{
    SensitivityQuestion *question = g_new0(SensitivityQuestion, 1);

    question->column = column;
    question->is_ratio = unchanged->lower != NULL;
    question->subject = subject_of(runs, unchanged);
    question->value = interval_of(unchanged, NULL, column);
    question->effects = g_ptr_array_new_with_free_func(free_effect);
    add_effects(runs, question, unchanged);
    g_ptr_array_add(sensitivity->questions, question);
}

/* The first placement of all is what the others are compared with. */
static void ask_about(Sensitivity *sensitivity, const Runs *runs, const SummaryRow *row,
                      SummaryColumn column)
{
    const char *placement = placement_of(runs, row);
    Pair unchanged = { row, NULL };

    if (!g_str_equal(change_of(runs, row), UNCHANGED))
        return;
    if (placement) {
        const char *first = placement_of(runs, row_at(runs, 0));

        unchanged.lower = find_row(runs, row, UNCHANGED, first);
        if (g_str_equal(placement, first) || !unchanged.lower)
            return;
    }
    ask(sensitivity, runs, &unchanged, column);
}

static unsigned n_finished(const Runs *runs)
{
    unsigned n = 0;

    for (unsigned i = 0; i < runs->summary->rows->len; i++)
        n += row_at(runs, i)->n;
    return n;
}

Sensitivity *sensitivity_new(const Summary *summary, const SummaryColumn *columns,
                             unsigned n_columns)
{
    const Runs runs = { summary, find_factor(summary, SENSITIVITY_FACTOR),
                        find_factor(summary, SUMMARY_PLACEMENT_KEY) };
    Sensitivity *sensitivity;

    if (runs.change == NO_FACTOR)
        return NULL;
    sensitivity = g_new0(Sensitivity, 1);
    sensitivity->questions = g_ptr_array_new_with_free_func(free_question);
    sensitivity->n_runs = summary->n_runs;
    sensitivity->n_missing = summary->n_runs - MIN(summary->n_runs, n_finished(&runs));
    for (unsigned i = 0; i < n_columns; i++)
        for (unsigned j = 0; j < summary->rows->len; j++)
            ask_about(sensitivity, &runs, row_at(&runs, j), columns[i]);
    return sensitivity;
}

void sensitivity_free(Sensitivity *sensitivity)
{
    if (!sensitivity)
        return;
    g_ptr_array_unref(sensitivity->questions);
    g_free(sensitivity);
}

bool sensitivity_end_upsets(const SensitivityEnd *end)
{
    return end->value.n > 0 &&
           (end->conclusion == CONCLUSION_LOST || end->conclusion == CONCLUSION_TURNED);
}

bool sensitivity_effect_matters(const SensitivityEffect *effect)
{
    return effect->size >= SENSITIVITY_MATTERS ||
           sensitivity_end_upsets(&effect->ends[0]) ||
           sensitivity_end_upsets(&effect->ends[1]);
}
