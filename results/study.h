/*
 * study.h - a summary seen as lines over an axis: who runs the device models, over how
 * many guests.
 *
 * Unless a view says otherwise, the axis is the first number that varies, and lines are
 * placements, if "device-model.placement" is among the summary's factors; else the
 * first factor that varies and is no number, such as the scheduler; else the second
 * number, if it has six values at most; else there is one line without a name. Whatever
 * varies besides is held at its first value.
 */
#ifndef RESULTS_STUDY_H
#define RESULTS_STUDY_H

#include "results/summary.h"

/* What somebody wants to see of a campaign. Factors go by their keys, or by what
 * factor_is_called takes, if that is one alone. */
typedef struct {
    const char *axis, *lines; /* NULL: as said above */
    const char *const *held;  /* "KEY=VALUE", NULL-terminated; or NULL */
    const char *group;        /* of domains (summary_new_of_group); NULL: all guests */
} StudyView;

typedef struct {
    double value;     /* NAN if nothing varies beside the lines */
    const char *text; /* as the scenario has it: "3ms" */
} StudyPlace;

/* Rows and texts are borrowed from the summary. */
typedef struct {
    const char *axis_key;    /* of the number that varies beside the lines; or NULL */
    char *axis_title;        /* what readers call it; or NULL */
    char *lines_title;       /* of what the lines are, if they are numbers; or NULL */
    GPtrArray *lines;        /* of const char *, in the scenario's order */
    bool has_placements;     /* they are what the lines are */
    GArray *axis;            /* of StudyPlace, ascending; one if nothing else varies */
    const SummaryRow **rows; /* [line * axis->len + i]; NULL if not finished */
    bool is_of_group;        /* of domains, not of whole machines */
    /* "key = text, ..." of what varies, too, and the group; NULL if there is nothing.
     */
    char *held;
    char *held_unasked; /* "key, key" of these, at their first values; or NULL */
} Study;

/* Of a summary that has rows. NULL, and RESULTS_ERROR_EMPTY that names what there is,
 * if view (or NULL) asks for something else; RESULTS_ERROR_VIEW if it contradicts
 * itself. */
Study *study_new_view(const Summary *summary, const StudyView *view, GError **error);
/* NULL if the summary has no rows. */
Study *study_new(const Summary *summary);
void study_free(Study *study);

/* What a study of placements shows, in sentences, at the last place of the axis where
 * all of them have finished runs; empty for any other study. Free with g_free. */
char *study_conclusions(const Study *study);

static inline const char *study_line(const Study *study, unsigned line)
{
    return g_ptr_array_index(study->lines, line);
}

static inline double study_axis(const Study *study, unsigned i)
{
    return g_array_index(study->axis, StudyPlace, i).value;
}

static inline const char *study_axis_text(const Study *study, unsigned i)
{
    return g_array_index(study->axis, StudyPlace, i).text;
}

/* NULL if no run of it is finished. */
static inline const SummaryRow *study_row(const Study *study, unsigned line, unsigned i)
{
    return study->rows[line * study->axis->len + i];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Study, study_free)

#endif
