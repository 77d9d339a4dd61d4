#include "results/csv.h"
#include "results/sensitivity.h"
#include "results/text_table.h"

#include <math.h>

/* Smaller changes fill a table without saying anything. */
#define SHOWN 0.01

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

static bool is_shown(const SensitivityEffect *effect)
{
    return effect->size >= SHOWN || sensitivity_effect_matters(effect);
}

/* A table for each question. */

static char *print_value(const RatioInterval *value)
{
    const int decimals = fabs(value->mean) >= 100 ? 0 : fabs(value->mean) >= 10 ? 1 : 3;

    if (isnan(value->low))
        return g_strdup_printf("%.*f", decimals, value->mean);
    return g_strdup_printf("%.*f (%.*f to %.*f)", decimals, value->mean, decimals,
                           value->low, decimals, value->high);
}

/* "+5.3 (5.1 to 5.5)". */
static char *print_change(const SensitivityEnd *end)
{
    const RatioInterval *change = &end->change;

    if (change->n == 0)
        return g_strdup("-");
    if (isnan(change->low))
        return g_strdup_printf("%+.1f", 100 * (change->mean - 1));
    return g_strdup_printf("%+.1f (%.1f to %.1f)", 100 * (change->mean - 1),
                           100 * (change->low - 1), 100 * (change->high - 1));
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
    bool is_number;
    char *(*print)(const SensitivityEffect *effect, GHashTable *standings);
} columns[] = {
    { "", "figure", false, print_figure },
    { "", "standing", false, print_standing },
    { "change at", "low end, %", true, print_low },
    { "change at", "high end, %", true, print_high },
    { "conclusion at", "low, high end", false, print_conclusions },
};

static char *print_table(const SensitivityQuestion *question, GHashTable *standings)
{
    g_autoptr(TextTable) table = text_table_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
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

static void append_question(GString *text, const SensitivityQuestion *question,
                            GHashTable *standings)
{
    g_autofree char *title = title_of(question);
    g_autofree char *value = print_value(&question->value);
    g_autofree char *table = NULL;
    unsigned n_shown = 0;

    for (unsigned i = 0; i < question->effects->len; i++)
        n_shown += is_shown(effect_at(question, i));
    g_string_append_printf(text, "%s: %s\n", title, value);
    if (n_shown > 0) {
        table = print_table(question, standings);
        g_string_append_printf(text, "\n%s\n", table);
    }
    g_string_append_printf(text,
                           "%u of %u figures change it by less than %.0f %%, or not "
                           "clearly.\n\n",
                           question->effects->len - n_shown, question->effects->len,
                           100 * SHOWN);
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

    g_string_append_printf(line, "- %s%s%s%s by up to %.0f %% (%s)", matter->figure,
                           *standing ? " (" : "", standing, *standing ? ")" : "",
                           100 * matter->effect->size, title);
    if (matter->n_upset > 0)
        g_string_append_printf(line, "; loses or turns %u conclusion%s",
                               matter->n_upset, matter->n_upset > 1 ? "s" : "");
    g_string_append(line, ".\n");
    wrapped = text_wrap(line->str, LINE_COLUMNS, 2);
    g_string_append(text, wrapped);
}

static const char *word_for_none(const Sensitivity *sensitivity)
{
    return sensitivity->n_missing > 0 ? " none so far." : " none.";
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
    g_string_append(csv, CSV_LINE_END);
}

char *sensitivity_csv(const Sensitivity *sensitivity, GHashTable *standings)
{
    GString *csv =
        g_string_new("metric,subject,figure,standing,end,unchanged,unchanged_low,"
                     "unchanged_high,value,value_low,value_high,change,change_low,"
                     "change_high,conclusion,matters" CSV_LINE_END);

    for (unsigned i = 0; i < sensitivity->questions->len; i++) {
        const SensitivityQuestion *question = question_at(sensitivity, i);

        for (unsigned j = 0; j < question->effects->len; j++)
            for (unsigned end = 0; end < G_N_ELEMENTS(end_names); end++)
                append_record(csv, question, effect_at(question, j), end, standings);
    }
    return g_string_free(csv, FALSE);
}
