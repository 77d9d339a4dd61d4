/*
 * sensitivity.h - which figure of a hardware profile moves what a study says.
 *
 * Made of a summary whose runs vary "host.cost-change": "none", and "KEY low" and
 * "KEY high" for some figures, one at a time. If they also vary the placement, the
 * questions are ratios between placements, which is what such a study concludes from;
 * otherwise each metric itself. Replications are paired throughout: the same
 * replication met the same workload, whatever figure was changed.
 */
#ifndef RESULTS_SENSITIVITY_H
#define RESULTS_SENSITIVITY_H

#include "results/summary.h"

/* The factor that the runs vary. */
#define SENSITIVITY_FACTOR "host.cost-change"

/* What becomes of "greater than 1" or "less than 1", as the unchanged figures have it.
 */
typedef enum {
    CONCLUSION_HOLDS,
    CONCLUSION_LOST,   /* no longer to be told from 1 */
    CONCLUSION_TURNED, /* clearly on the other side of 1 */
    CONCLUSION_FOUND,  /* unchanged, it was not to be told */
    CONCLUSION_NONE,   /* it is not, here or there; or the question is no ratio */
} Conclusion;

/* Of one figure at one end of its interval. */
typedef struct {
    RatioInterval value;  /* the question's */
    RatioInterval change; /* of it: over that with the unchanged figures */
    Conclusion conclusion;
} SensitivityEnd;

/* A change within this is small, whatever else it is. */
#define SENSITIVITY_SMALL 0.01

typedef enum {
    EFFECT_CLEAR, /* at one end at least the interval does not hold 1, nor is small */
    EFFECT_UNDECIDED, /* at one end at least it holds 1 and more, or there is none */
    EFFECT_SMALL,     /* the whole interval at both ends is within SENSITIVITY_SMALL */
} SensitivityGroup;

typedef struct {
    char *figure;
    SensitivityEnd ends[2]; /* low, high; value.n is 0 if there are no runs */
    double size; /* the greater clear change of both ends: 0.05 is 5 %, up or down */
    SensitivityGroup group;
} SensitivityEffect;

typedef struct {
    SummaryColumn column;
    char *subject; /* "stub : dom0, guests = 32"; or "", if nothing else varies */
    bool is_ratio;
    RatioInterval value; /* with the unchanged figures */
    GPtrArray *effects;  /* of SensitivityEffect, owned, the greatest first */
} SensitivityQuestion;

typedef struct {
    GPtrArray *questions; /* of SensitivityQuestion, owned */
    unsigned n_runs;      /* ordered */
    unsigned n_missing;   /* of these: not finished, and not heeded */
} Sensitivity;

/* NULL if the runs do not vary the factor. columns: n_columns of them. */
Sensitivity *sensitivity_new(const Summary *summary, const SummaryColumn *columns,
                             unsigned n_columns);
void sensitivity_free(Sensitivity *sensitivity);

/* A clear change as large as this is one that matters. */
#define SENSITIVITY_MATTERS 0.05
/* That large, or the conclusion is lost or turns, with a clear change or without. */
bool sensitivity_effect_matters(const SensitivityEffect *effect);
bool sensitivity_end_upsets(const SensitivityEnd *end);
/* How far its interval leaves 1, up or down: 0.05 is 5 %; NAN if it has none. */
double sensitivity_end_reach(const SensitivityEnd *end);
/* How many replications with its present spread would know its change to 5 %
 * (SENSITIVITY_MATTERS); 0 if it has no interval. */
unsigned sensitivity_end_needs(const SensitivityEnd *end);

/* standings: figure -> "assumed"..., or NULL. Free with g_free. */
char *sensitivity_text(const Sensitivity *sensitivity, GHashTable *standings);
char *sensitivity_csv(const Sensitivity *sensitivity, GHashTable *standings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sensitivity, sensitivity_free)

#endif
