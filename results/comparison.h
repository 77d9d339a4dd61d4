/*
 * comparison.h - two campaigns side by side, or two values of a factor of one: what
 * changed from one to the other.
 *
 * Combinations are matched by the texts of the factors that either campaign varies.
 * Runs with the same seed met the same workload, so where both campaigns gave a
 * replication the same seed its runs are a pair, and the interval is that of the pairs'
 * ratios; else the two are independent samples. docs/metrics.md has the formulas.
 */
#ifndef RESULTS_COMPARISON_H
#define RESULTS_COMPARISON_H

#include "results/summary.h"

typedef enum {
    CHANGE_ABSENT,    /* there is no ratio (interval.h) */
    CHANGE_NONE,      /* the same values, replication by replication */
    CHANGE_ALIKE,     /* the interval lies within the margin */
    CHANGE_UNCERTAIN, /* it does not, but holds 1; or there is none */
    CHANGE_CLEAR,
    CHANGE_KINDS,
} ChangeKind;

/* As CSV names it: "absent", "none", "alike", "uncertain", "clear". */
const char *change_name(ChangeKind kind);

typedef struct {
    ChangeKind kind;
    RatioInterval ratio; /* of the other one's mean to the baseline's */
} Change;

/* A campaign: the hash is NULL for the one run last. The label is what readers call
 * it. All are borrowed. */
typedef struct {
    Database *database;
    const char *campaign_hash, *label;
    const char *factor, *value; /* only its combinations with this value of that key, of
                                   which both sides are; or NULL */
} ComparisonSide;

typedef enum {
    SIDE_BASELINE,
    SIDE_OTHER,
    SIDES,
} SideName;

typedef struct {
    const SummaryRow *rows[SIDES];
    Change changes[COLUMNS];
} ComparisonRow;

typedef struct {
    char *labels[SIDES];
    char *factor; /* whose values the sides are; NULL: they are campaigns */
    Summary *summaries[SIDES];
    unsigned n_alone[SIDES]; /* combinations that the other side has not finished */
    char *difference; /* in what their scenarios differ (settings_difference.h), or NULL
                       */
    bool is_paired;
    GArray *rows;     /* of ComparisonRow, in the baseline's order */
    Summary *matched; /* the baseline's rows among them, borrowed, for their factors */
} Comparison;

/* has_groups: of each group of domains (summary_new_by_group), instead of whole
 * machines. NULL and RESULTS_ERROR_EMPTY if they have no combination in common, or one
 * varies a key that the other does not know. */
Comparison *comparison_new(const ComparisonSide sides[SIDES], bool has_groups,
                           GError **error);
void comparison_free(Comparison *comparison);

/* Which values of a factor a campaign has, the first for a baseline, and its key in
 * full. Owned; NULL, and RESULTS_ERROR_EMPTY, if there is no such key that varies. */
GStrv comparison_values(Database *database, const char *campaign_hash, const char *name,
                        char **factor, GError **error);

/* What is no news, as a part of 1: 1 %, or for quantiles the width of a bucket, as they
 * are known no better (histogram.h). */
double change_margin(SummaryColumn column);
/* ABSENT, ALIKE, UNCERTAIN or CLEAR. */
ChangeKind change_kind(const RatioInterval *ratio, SummaryColumn column);

/* Of b to a, from the replications that both have: runs of one seed. */
RatioInterval summary_ratio(const SummaryRow *b, const SummaryRow *a,
                            SummaryColumn column);

/* For a terminal: all columns, as changes in percent; one column with its means and
 * intervals. Free with g_free. */
char *comparison_table(const Comparison *comparison);
char *comparison_details(const Comparison *comparison, SummaryColumn column);
/* A line for each combination and column; of two values of a factor, also the other one
 * of these. The head, and the lines alone. */
char *comparison_csv_head(const Comparison *comparison);
char *comparison_csv(const Comparison *comparison);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Comparison, comparison_free)

#endif
