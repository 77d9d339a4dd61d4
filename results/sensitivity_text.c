#include "results/csv.h"
#include "results/sensitivity.h"
#include "results/text_table.h"

#include <math.h>

#define LINE_COLUMNS 100

static const char *const end_names[] = { "low", "high" };

static const SensitivityQuestion *question_at(const Sensitivity *sensitivity,
                                              unsigned i)
{
    return g_ptr_array_index(sensitivity->questions, i);
}

static const SensitivityEffect *effect_at(const SensitivityQuestion *question,
                                          unsigned i)
{
    return g_ptr_array_index(question->effects, i);
}

static const char *standing_of(GHashTable *standings, const char *figure)
{
    const char *standing = standings ? g_hash_table_lookup(standings, figure) : NULL;

    return standing ? standing : "";
}

static const char *conclusion_name(Conclusion conclusion)
{
    switch (conclusion) {
    case CONCLUSION_HOLDS:
        return "holds";
    case CONCLUSION_LOST:
        return "lost";
    case CONCLUSION_TURNED:
        return "turns";
    case CONCLUSION_FOUND:
        return "appears";
    case CONCLUSION_NONE:
        return "";
    }
    g_assert_not_reached();
}

static const char *group_name(SensitivityGroup group)
{
    switch (group) {
    case EFFECT_CLEAR:
        return "clear";
    case EFFECT_UNDECIDED:
        return "undecided";
    case EFFECT_SMALL:
        return "small";
    }
    g_assert_not_reached();
}

/* The others fill a table without saying anything. */
static bool is_shown(const SensitivityEffect *effect)
{
    return effect->group == EFFECT_CLEAR || sensitivity_effect_matters(effect);
}

/* A table for each question. */

static char *print_value(const RatioInterval *value)
{
    const int decimals = fabs(value->mean) >= 100 ? 0 : fabs(value->mean) >= 10 ? 1 : 3;
    g_autofree char *left_out = ratio_left_out(value);

    if (value->n == 0)
        return g_strconcat("-", left_out, NULL);
    if (isnan(value->low))
        return g_strdup_printf("%.*f%s", decimals, value->mean, left_out);
    return g_strdup_printf("%.*f (%.*f to %.*f)%s", decimals, value->mean, decimals,
                           value->low, decimals, value->high, left_out);
}

/* "+5.3 (5.1 to 5.5)". */
static char *print_change(const SensitivityEnd *end)
{
    const RatioInterval *change = &end->change;
    g_autofree char *left_out = ratio_left_out(change);

    if (change->n == 0)
        return g_strconcat("-", change->n_zero > 0 ? left_out : "", NULL);
    if (isnan(change->low))
        return g_strdup_printf("%+.1f%s", 100 * (change->mean - 1), left_out);
    return g_strdup_printf("%+.1f (%.1f to %.1f)%s", 100 * (change->mean - 1),
                           100 * (change->low - 1), 100 * (change->high - 1), left_out);
}

static char *print_figure(const SensitivityEffect *effect,
                          GHashTable *standings G_GNUC_UNUSED)
{
    return g_strdup(effect->figure);
}

static char *print_standing(const SensitivityEffect *effect, GHashTable *standings)
{
    return g_strdup(standing_of(standings, effect->figure));
}

static char *print_low(const SensitivityEffect *effect,
                       GHashTable *standings G_GNUC_UNUSED)
{
    return print_change(&effect->ends[0]);
}

static char *print_high(const SensitivityEffect *effect,
                        GHashTable *standings G_GNUC_UNUSED)
{
    return print_change(&effect->ends[1]);
}

static char *print_conclusions(const SensitivityEffect *effect,
                               GHashTable *standings G_GNUC_UNUSED)
{
    const Conclusion at_low = effect->ends[0].conclusion;
    const Conclusion at_high = effect->ends[1].conclusion;

    if (at_low == at_high)
        return g_strdup(conclusion_name(at_low));
    return g_strdup_printf("%s, %s", conclusion_name(at_low), conclusion_name(at_high));
}

static const struct {
    const char *upper, *lower;
    bool is_number, is_of_ratios;
    char *(*print)(const SensitivityEffect *effect, GHashTable *standings);
} columns[] = {
    { "", "figure", false, false, print_figure },
    { "", "standing", false, false, print_standing },
    { "change at", "low end, %", true, false, print_low },
    { "change at", "high end, %", true, false, print_high },
    { "conclusion at", "low, high end", false, true, print_conclusions },
};

static char *print_table(const SensitivityQuestion *question, GHashTable *standings)
{
    g_autoptr(TextTable) table = text_table_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
        if (columns[i].is_of_ratios && !question->is_ratio)
            continue;
        text_table_add_column(table, columns[i].upper, columns[i].lower,
                              columns[i].is_number);
        for (unsigned j = 0; j < question->effects->len; j++) {
            const SensitivityEffect *effect = effect_at(question, j);
            g_autofree char *cell = columns[i].print(effect, standings);

            if (is_shown(effect))
                text_table_add_cell(table, cell);
        }
    }
    return text_table_print(table);
}

static char *title_of(const SensitivityQuestion *question)
{
    return g_strdup_printf("%s%s%s", summary_column_name(question->column),
                           *question->subject ? ", " : "", question->subject);
}

/* How many figures do what to a question. */
typedef struct {
    unsigned n_clear, n_small, n_undecided;
    unsigned n_below;      /* of the undecided: that do not matter, whatever they do */
    unsigned n_wide;       /* that may */
    double reach;          /* how much these may change it at most; 0.05 is 5 % */
    unsigned replications; /* that would know these changes to 5 %; 0: as many as now */
} Count;

static void count_wide(Count *count, const SensitivityEffect *effect, double reach)
{
    count->n_wide++;
    count->reach = MAX(count->reach, reach);
    for (unsigned i = 0; i < G_N_ELEMENTS(effect->ends); i++) {
        const unsigned needed = sensitivity_end_needs(&effect->ends[i]);

        if (needed > effect->ends[i].change.n)
            count->replications = MAX(count->replications, needed);
    }
}

static void count_undecided(Count *count, const SensitivityEffect *effect)
{
    const double at_low = sensitivity_end_reach(&effect->ends[0]);
    const double at_high = sensitivity_end_reach(&effect->ends[1]);

    count->n_undecided++;
    if (isnan(at_low) || isnan(at_high))
        return;
    if (MAX(at_low, at_high) < SENSITIVITY_MATTERS)
        count->n_below++;
    else
        count_wide(count, effect, MAX(at_low, at_high));
}

static Count count_effects(const SensitivityQuestion *question)
{
    Count count = { 0 };

    for (unsigned i = 0; i < question->effects->len; i++) {
        const SensitivityEffect *effect = effect_at(question, i);

        count.n_clear += effect->group == EFFECT_CLEAR;
        count.n_small += effect->group == EFFECT_SMALL;
        if (effect->group == EFFECT_UNDECIDED)
            count_undecided(&count, effect);
    }
    return count;
}

static void append_undecided(GString *line, const Count *count)
{
    const unsigned n_unknown = count->n_undecided - count->n_below - count->n_wide;

    if (count->n_below > 0)
        g_string_append_printf(line, " Undecided, but below %.0f %%: %u.",
                               100 * SENSITIVITY_MATTERS, count->n_below);
    if (count->n_wide > 0)
        g_string_append_printf(line, " Undecided, and perhaps up to %.0f %%: %u",
                               100 * count->reach, count->n_wide);
    if (count->replications > 0)
        g_string_append_printf(
            line, "; %u replications would bring these intervals to ± %.0f %%",
            count->replications, 100 * SENSITIVITY_MATTERS);
    if (count->n_wide > 0)
        g_string_append(line, ".");
    if (n_unknown > 0)
        g_string_append_printf(line, " Without two replications at both ends: %u.",
                               n_unknown);
}

static void append_count(GString *text, const SensitivityQuestion *question)
{
    const Count count = count_effects(question);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *wrapped = NULL;

    g_string_append_printf(line, "%u of %u figures change it clearly", count.n_clear,
                           question->effects->len);
    if (count.n_small > 0)
        g_string_append_printf(line, ", %u by less than %.0f %% or not at all",
                               count.n_small, 100 * SENSITIVITY_SMALL);
    g_string_append(line, ".");
    append_undecided(line, &count);
    wrapped = text_wrap(line->str, LINE_COLUMNS, 0);
    g_string_append_printf(text, "%s\n\n", wrapped);
}

static void append_question(GString *text, const SensitivityQuestion *question,
                            GHashTable *standings)
{
    g_autofree char *title = title_of(question);
    g_autofree char *value = print_value(&question->value);
    g_autofree char *table = NULL;
    unsigned n_shown = 0;

    for (unsigned i = 0; i < question->effects->len; i++)
        n_shown += is_shown(effect_at(question, i));
    g_string_append_printf(text, "%s: %s\n\n", title, value);
    if (n_shown > 0) {
        table = print_table(question, standings);
        g_string_append_printf(text, "%s\n", table);
    }
    append_count(text, question);
}

/* What mattered, in any question. */

typedef struct {
    const char *figure;
    const SensitivityQuestion *question; /* where its effect is greatest */
    const SensitivityEffect *effect;
    unsigned n_upset;
} Matter;

static Matter *matter_of(GArray *matters, const char *figure)
{
    const Matter empty = { .figure = figure };

    for (unsigned i = 0; i < matters->len; i++)
        if (g_str_equal(g_array_index(matters, Matter, i).figure, figure))
            return &g_array_index(matters, Matter, i);
    g_array_append_val(matters, empty);
    return &g_array_index(matters, Matter, matters->len - 1);
}

static void count_question(GArray *matters, const SensitivityQuestion *question)
{
    for (unsigned i = 0; i < question->effects->len; i++) {
        const SensitivityEffect *effect = effect_at(question, i);
        Matter *matter;

        if (!sensitivity_effect_matters(effect))
            continue;
        matter = matter_of(matters, effect->figure);
        matter->n_upset += sensitivity_end_upsets(&effect->ends[0]) ||
                           sensitivity_end_upsets(&effect->ends[1]);
        if (matter->effect && matter->effect->size >= effect->size)
            continue;
        matter->effect = effect;
        matter->question = question;
    }
}

static int greatest_first(const void *a, const void *b)
{
    const Matter *left = a, *right = b;

    if (left->effect->size < right->effect->size ||
        left->effect->size > right->effect->size)
        return left->effect->size < right->effect->size ? 1 : -1;
    return g_strcmp0(left->figure, right->figure);
}

static void append_matter(GString *text, const Matter *matter, GHashTable *standings)
{
    const char *standing = standing_of(standings, matter->figure);
    g_autofree char *title = title_of(matter->question);
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *wrapped = NULL;

    g_string_append_printf(line, "- %s%s%s%s", matter->figure, *standing ? " (" : "",
                           standing, *standing ? ")" : "");
    if (matter->effect->size > 0)
        g_string_append_printf(line, " by up to %.0f %% (%s)",
                               100 * matter->effect->size, title);
    else
        g_string_append_printf(line, " without a clear change (%s)", title);
    if (matter->n_upset > 0)
        g_string_append_printf(line, "; loses or turns %u conclusion%s",
                               matter->n_upset, matter->n_upset > 1 ? "s" : "");
    g_string_append(line, ".\n");
    wrapped = text_wrap(line->str, LINE_COLUMNS, 2);
    g_string_append(text, wrapped);
}

static bool may_matter(const Sensitivity *sensitivity)
{
    for (unsigned i = 0; i < sensitivity->questions->len; i++) {
        const Count count = count_effects(question_at(sensitivity, i));

        if (count.n_undecided > count.n_below)
            return true;
    }
    return false;
}

static const char *word_for_none(const Sensitivity *sensitivity)
{
    if (sensitivity->n_missing > 0)
        return " none so far.";
    return may_matter(sensitivity) ? " none that is known." : " none.";
}

static void append_missing(GString *text, const Sensitivity *sensitivity)
{
    if (sensitivity->n_missing > 0)
        g_string_append_printf(
            text, "%u of %u runs are missing, and what they would tell.\n\n",
            sensitivity->n_missing, sensitivity->n_runs);
}

static void append_matters(GString *text, const Sensitivity *sensitivity,
                           GHashTable *standings)
{
    g_autoptr(GArray) matters = g_array_new(false, false, sizeof(Matter));

    for (unsigned i = 0; i < sensitivity->questions->len; i++)
        count_question(matters, question_at(sensitivity, i));
    g_array_sort(matters, greatest_first);
    g_string_append_printf(text,
                           "Figures that matter (a clear change of %.0f %% or more, or "
                           "a conclusion that\nis lost or turns):%s\n",
                           100 * SENSITIVITY_MATTERS,
                           matters->len > 0 ? "" : word_for_none(sensitivity));
    for (unsigned i = 0; i < matters->len; i++)
        append_matter(text, &g_array_index(matters, Matter, i), standings);
}

char *sensitivity_text(const Sensitivity *sensitivity, GHashTable *standings)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < sensitivity->questions->len; i++)
        append_question(text, question_at(sensitivity, i), standings);
    append_missing(text, sensitivity);
    append_matters(text, sensitivity, standings);
    return g_string_free(text, FALSE);
}

/* CSV: a line for each question, figure and end. */

static void append_interval(GString *csv, const RatioInterval *interval)
{
    const double numbers[] = { interval->mean, interval->low, interval->high };

    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (interval->n == 0 || isnan(numbers[i]))
            g_string_append(csv, ",");
        else
            g_string_append_printf(csv, ",%.6g", numbers[i]);
}

static void append_record(GString *csv, const SensitivityQuestion *question,
                          const SensitivityEffect *effect, unsigned end,
                          GHashTable *standings)
{
    const SensitivityEnd *at = &effect->ends[end];

    csv_append(csv, summary_column_name(question->column), true);
    csv_append(csv, question->subject, false);
    csv_append(csv, effect->figure, false);
    csv_append(csv, standing_of(standings, effect->figure), false);
    csv_append(csv, end_names[end], false);
    append_interval(csv, &question->value);
    append_interval(csv, &at->value);
    append_interval(csv, &at->change);
    csv_append(csv, conclusion_name(at->conclusion), false);
    csv_append(csv, sensitivity_effect_matters(effect) ? "yes" : "no", false);
    csv_append(csv, group_name(effect->group), false);
    g_string_append_printf(csv, ",%u,%u,%u", question->value.n_left_out,
                           at->value.n_left_out, at->change.n_left_out);
    g_string_append(csv, CSV_LINE_END);
}

char *sensitivity_csv(const Sensitivity *sensitivity, GHashTable *standings)
{
    GString *csv =
        g_string_new("metric,subject,figure,standing,end,unchanged,unchanged_low,"
                     "unchanged_high,value,value_low,value_high,change,change_low,"
                     "change_high,conclusion,matters,effect,unchanged_left_out,"
                     "value_left_out,change_left_out" CSV_LINE_END);

    for (unsigned i = 0; i < sensitivity->questions->len; i++) {
        const SensitivityQuestion *question = question_at(sensitivity, i);

        for (unsigned j = 0; j < question->effects->len; j++)
            for (unsigned end = 0; end < G_N_ELEMENTS(end_names); end++)
                append_record(csv, question, effect_at(question, j), end, standings);
    }
    return g_string_free(csv, FALSE);
}
