/*
 * study_choice.h - which keys of a study are its lines and its axis, and at which
 * values the others are held.
 */
#ifndef RESULTS_STUDY_CHOICE_H
#define RESULTS_STUDY_CHOICE_H

#include "results/study.h"

#define NO_FACTOR UINT32_MAX

typedef struct {
    unsigned line, axis;     /* factors of the summary; NO_FACTOR: there is none */
    const char **held_texts; /* of each factor: the value it is held at; NULL: free */
    bool *is_held_unasked;   /* of each factor: not because the view says so */
} StudyChoice;

/* The summary has a row. view may be NULL; its errors are those of study_new_view.
 * Clear with study_choice_clear. */
bool study_choose(const Summary *summary, const StudyView *view, StudyChoice *choice,
                  GError **error);
void study_choice_clear(StudyChoice *choice);

/* The factor that somebody calls so; role: where, "lines", for the error; of numbers if
 * it is "axis". NO_FACTOR if name is NULL. False, and RESULTS_ERROR_EMPTY that names
 * those there are. */
bool study_choose_factor(const Summary *summary, const char *role, const char *name,
                         unsigned *factor, GError **error);

/* What a factor has been, in the rows' order, each once, borrowed; the same as
 * "a, b, c". */
GPtrArray *study_values(const Summary *summary, unsigned factor);
char *study_list_values(const Summary *summary, unsigned factor);

/* Whether the row has all that is held. */
bool study_choice_has(const StudyChoice *choice, const SummaryRow *row);

static inline const char *study_choice_line(const StudyChoice *choice,
                                            const SummaryRow *row)
{
    return choice->line == NO_FACTOR ? "" : summary_factor(row, choice->line)->text;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StudyChoice, study_choice_clear)

#endif
