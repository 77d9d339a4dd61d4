/*
 * study.h - a summary seen as a study of placements: who runs the device models, over
 * how many guests.
 */
#ifndef RESULTS_STUDY_H
#define RESULTS_STUDY_H

#include "results/summary.h"

/* Rows and texts are borrowed from the summary. */
typedef struct {
    const char
        *axis_title;       /* of the number that varies beside the placement; or NULL */
    GPtrArray *placements; /* of const char *, in the scenario's order */
    GArray *axis;          /* of double, ascending; one NAN if nothing else varies */
    const SummaryRow **rows; /* [placement * axis->len + i]; NULL if not finished */
    bool *is_held; /* of each factor: varies too, and is held at its first value */
    char *held;    /* "key = text, ..."; NULL if nothing is */
} Study;

/* NULL if "device-model.placement" is not among the summary's factors. */
Study *study_new(const Summary *summary);
void study_free(Study *study);

static inline const char *study_placement(const Study *study, unsigned placement)
{
    return g_ptr_array_index(study->placements, placement);
}

static inline double study_axis(const Study *study, unsigned i)
{
    return g_array_index(study->axis, double, i);
}

/* NULL if no run of it is finished. */
static inline const SummaryRow *study_row(const Study *study, unsigned placement,
                                          unsigned i)
{
    return study->rows[placement * study->axis->len + i];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Study, study_free)

#endif
