/*
 * summary.h - what a campaign's runs say, from the database alone.
 *
 * One row per combination of factors, with means over its replications and 95 %
 * intervals of Student's t; docs/metrics.md has the formulas.
 */
#ifndef RESULTS_SUMMARY_H
#define RESULTS_SUMMARY_H

#include "results/database.h"
#include "results/interval.h"
#include "results/text_table.h"

typedef enum {
    COLUMN_REQUESTS_PER_S,
    COLUMN_TRANSFERS_PER_S,
    COLUMN_LATENCY_P50_US,
    COLUMN_LATENCY_P99_US,
    COLUMN_DOM0_CPU_PERCENT, /* 100: one pCPU */
    COLUMN_FAIRNESS,         /* Jain's index, 1: perfect */
    COLUMN_PAID_BY_OTHERS_PERCENT,
    COLUMN_MISSED_DEADLINES_PERCENT,
    COLUMN_LIVED_GUESTS, /* that were up, on average */
    COLUMN_LOST_FRAMES_PER_S,
    COLUMN_CPU_PERCENT, /* spent for guests; 100: one pCPU */
    COLUMN_LATENCY_P90_US,
    COLUMN_LATENCY_P999_US,
    COLUMN_TRANSFER_P50_US, /* of what a transfer took */
    COLUMN_TRANSFER_P99_US,
    COLUMNS,
} SummaryColumn;

/* As CSV names it: "requests_per_s"; what it says, in some words; what stands at the
 * axis of a figure: "request latency, median (µs)". */
const char *summary_column_name(SummaryColumn column);
const char *summary_column_meaning(SummaryColumn column);
const char *summary_column_title(SummaryColumn column);
/* Known no better than to the width of a bucket (histogram.h). */
bool summary_column_is_quantile(SummaryColumn column);

typedef struct {
    unsigned cell;
    char *group;               /* of domains; NULL: the whole machine */
    GArray *factors;           /* of Factor, in the scenario's order */
    bool comes_or_goes;        /* some guest, in some replication */
    unsigned n;                /* replications that are finished */
    GArray *replications;      /* of unsigned: which, ascending */
    GArray *values[COLUMNS];   /* of double, one for each of these; NAN: it has none */
    Interval columns[COLUMNS]; /* of those that have one; mean NAN: none has */
} SummaryRow;

typedef struct {
    char *scenario_name;
    char *profile_name; /* of its runs; NULL if they differ */
    unsigned n_runs;    /* ordered */
    unsigned n_failed;
    bool has_groups; /* each combination has a row for each group of domains */
    GPtrArray *rows; /* of SummaryRow, by cell, then in the groups' order */
} Summary;

/* campaign_hash: NULL for the one run last. NULL on error; a campaign without a
 * finished run is RESULTS_ERROR_EMPTY. */
Summary *summary_new(Database *database, const char *campaign_hash, GError **error);
/* The same of each group of guests and of neighbours, one [domain NAME] of the
 * scenario, which is the last factor, SUMMARY_GROUP_KEY. What only the whole machine
 * has is NAN; a neighbour's CPU is what it used. */
Summary *summary_new_by_group(Database *database, const char *campaign_hash,
                              GError **error);
/* The same of one of these groups alone. RESULTS_ERROR_EMPTY names the groups there
 * are. */
Summary *summary_new_of_group(Database *database, const char *campaign_hash,
                              const char *group, GError **error);
void summary_free(Summary *summary);

/* False where a table has a dash: nothing of the kind, or a rate of 0. */
bool summary_row_has(const SummaryRow *row, SummaryColumn column);

/* Who runs the device models, as a factor. */
#define SUMMARY_PLACEMENT_KEY "device-model.placement"
#define SUMMARY_GROUP_KEY     "domain"

static inline const SummaryRow *summary_row(const Summary *summary, unsigned index)
{
    return g_ptr_array_index(summary->rows, index);
}

static inline const Factor *summary_factor(const SummaryRow *row, unsigned index)
{
    return &g_array_index(row->factors, Factor, index);
}

/* Whether the rows differ in that factor. */
bool summary_is_varied(const Summary *summary, unsigned factor);
/* Whether it is a number in every one of them. */
bool summary_is_number(const Summary *summary, unsigned factor);
/* Which row it is: "placement = stub, guests = 4", of the factors that are varied; NULL
 * if none is. Free with g_free. */
char *summary_place(const Summary *summary, const SummaryRow *row);
/* The columns of a table of these rows that say which combination each is. */
void summary_add_factors(TextTable *table, const Summary *summary);
/* The two lines of heading over a column; false: its table on a terminal does not have
 * the column. */
bool summary_column_heads(const Summary *summary, SummaryColumn column,
                          const char **upper, const char **lower);
/* False: nor would it for this row alone, which has nothing of the kind. */
bool summary_column_says(const Summary *summary, SummaryColumn column,
                         const SummaryRow *row);

/* For a terminal: aligned, UTF-8, 100 columns at most; below it, what a reader of the
 * intervals has to know. Free with g_free. */
char *summary_table(const Summary *summary);
char *summary_csv(const Summary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Summary, summary_free)

#endif
