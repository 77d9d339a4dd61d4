/*
 * study.h - a summary seen as lines over an axis: who runs the device models, over how
 * many guests.
 *
 * Lines are placements, if "device-model.placement" is among the summary's factors;
 * else the first factor that varies and is no number, such as the scheduler; else there
 * is one line without a name. The axis is the first number that varies.
 */
#ifndef RESULTS_STUDY_H
#define RESULTS_STUDY_H

#include "results/summary.h"

/* Rows and texts are borrowed from the summary. */
typedef struct {
    const char *axis_title;  /* of the number that varies beside the lines; or NULL */
    GPtrArray *lines;        /* of const char *, in the scenario's order */
    bool has_placements;     /* they are what the lines are */
    GArray *axis;            /* of double, ascending; one NAN if nothing else varies */
    const SummaryRow **rows; /* [line * axis->len + i]; NULL if not finished */
    bool *is_held; /* of each factor: varies too, and is held at its first value */
    char *held;    /* "key = text, ..."; NULL if nothing is */
} Study;

/* NULL if the summary has no rows. */
Study *study_new(const Summary *summary);
void study_free(Study *study);

static inline const char *study_line(const Study *study, unsigned line)
{
    return g_ptr_array_index(study->lines, line);
}

static inline double study_axis(const Study *study, unsigned i)
{
    return g_array_index(study->axis, double, i);
}

/* NULL if no run of it is finished. */
static inline const SummaryRow *study_row(const Study *study, unsigned line, unsigned i)
{
    return study->rows[line * study->axis->len + i];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Study, study_free)

#endif
