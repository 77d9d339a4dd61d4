#include "results/study.h"

#include "results/factor_title.h"
#include "results/run_record.h"
#include "results/study_choice.h"

#include <math.h>

/* The group of a summary of one is its last factor. */
static const char *held_text(const Summary *summary, const StudyChoice *choice,
                             unsigned factor)
{
    const SummaryRow *first = summary_row(summary, 0);

    if (summary->has_groups && factor + 1 == first->factors->len)
        return first->group;
    return choice->held_texts[factor];
}

static char *describe_held(const Summary *summary, const StudyChoice *choice)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const SummaryRow *first = summary_row(summary, 0);

    for (unsigned i = 0; i < first->factors->len; i++)
        if (held_text(summary, choice, i))
            g_string_append_printf(text, "%s%s = %s", text->len > 0 ? ", " : "",
                                   summary_factor(first, i)->key,
                                   held_text(summary, choice, i));
    return text->len > 0 ? g_strdup(text->str) : NULL;
}

static char *list_held_unasked(const Summary *summary, const StudyChoice *choice)
{
    g_autoptr(GString) keys = g_string_new(NULL);
    const SummaryRow *first = summary_row(summary, 0);

    for (unsigned i = 0; i < first->factors->len; i++)
        if (choice->is_held_unasked[i])
            g_string_append_printf(keys, "%s%s", keys->len > 0 ? ", " : "",
                                   summary_factor(first, i)->key);
    return keys->len > 0 ? g_strdup(keys->str) : NULL;
}

static StudyPlace place_of(const StudyChoice *choice, const SummaryRow *row)
{
    const Factor *factor =
        choice->axis == NO_FACTOR ? NULL : summary_factor(row, choice->axis);

    return factor ? (StudyPlace){ factor->number, factor->text }
                  : (StudyPlace){ NAN, "" };
}

static unsigned find_line(const Study *study, const char *name)
{
    for (unsigned i = 0; i < study->lines->len; i++)
        if (g_str_equal(study_line(study, i), name))
            return i;
    return NO_FACTOR;
}

static unsigned find_on_axis(const Study *study, double value)
{
    for (unsigned i = 0; i < study->axis->len; i++)
        if (isnan(value) || study_axis(study, i) == value)
            return i;
    return NO_FACTOR;
}

static int compare_places(const void *a, const void *b)
{
    const double x = ((const StudyPlace *)a)->value;
    const double y = ((const StudyPlace *)b)->value;

    return (x > y) - (x < y);
}

static void collect_axes(Study *study, const Summary *summary,
                         const StudyChoice *choice)
{
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);
        const char *line = study_choice_line(choice, row);
        const StudyPlace place = place_of(choice, row);

        if (!study_choice_has(choice, row))
            continue;
        if (find_line(study, line) == NO_FACTOR)
            g_ptr_array_add(study->lines, (void *)(uintptr_t)line);
        if (find_on_axis(study, place.value) == NO_FACTOR)
            g_array_append_val(study->axis, place);
    }
    g_array_sort(study->axis, compare_places);
}

static void place_rows(Study *study, const Summary *summary, const StudyChoice *choice)
{
    study->rows = g_new0(const SummaryRow *, study->lines->len * study->axis->len);
    for (unsigned i = 0; i < summary->rows->len; i++) {
        const SummaryRow *row = summary_row(summary, i);

        if (study_choice_has(choice, row))
            study->rows[find_line(study, study_choice_line(choice, row)) *
                            study->axis->len +
                        find_on_axis(study, place_of(choice, row).value)] = row;
    }
}

static void name_roles(Study *study, const Summary *summary, const StudyChoice *choice)
{
    const SummaryRow *first = summary_row(summary, 0);

    if (choice->axis != NO_FACTOR) {
        study->axis_key = summary_factor(first, choice->axis)->key;
        study->axis_title = factor_title(study->axis_key);
    }
    if (choice->line == NO_FACTOR)
        return;
    study->has_placements =
        g_str_equal(summary_factor(first, choice->line)->key, SUMMARY_PLACEMENT_KEY);
    if (summary_is_number(summary, choice->line))
        study->lines_title = factor_title(summary_factor(first, choice->line)->key);
}

Study *study_new_view(const Summary *summary, const StudyView *view, GError **error)
{
    g_auto(StudyChoice) choice = { 0 };
    Study *study;

    g_assert(summary->rows->len > 0);
    if (!study_choose(summary, view, &choice, error))
        return NULL;
    study = g_new0(Study, 1);
    study->lines = g_ptr_array_new();
    study->axis = g_array_new(FALSE, FALSE, sizeof(StudyPlace));
    study->is_of_group = summary->has_groups;
    study->held = describe_held(summary, &choice);
    study->held_unasked = list_held_unasked(summary, &choice);
    name_roles(study, summary, &choice);
    collect_axes(study, summary, &choice);
    place_rows(study, summary, &choice);
    return study;
}

Study *study_new(const Summary *summary)
{
    return summary->rows->len > 0 ? study_new_view(summary, NULL, NULL) : NULL;
}

void study_free(Study *study)
{
    if (!study)
        return;
    g_ptr_array_unref(study->lines);
    g_array_unref(study->axis);
    g_free(study->rows);
    g_free(study->axis_title);
    g_free(study->lines_title);
    g_free(study->held);
    g_free(study->held_unasked);
    g_free(study);
}
