/*
 * replay.h - finds and replays golden cases and compares them row for row.
 */
#ifndef EXPERIMENTS_GOLDEN_REPLAY_H
#define EXPERIMENTS_GOLDEN_REPLAY_H

#include "experiments/golden/recorder.h"

typedef struct {
    char *folder; /* as the user would name it */
    char *name;   /* from the folder that was searched on: where --write puts it */
} GoldenPlace;

void golden_place_free(GoldenPlace *self);

/* Adds the case in the folder or, if it is none, all cases below it, in the order of
 * names, to places (of GoldenPlace). An error when there is none. */
bool golden_find(const char *folder, GPtrArray *places, GError **error);

typedef struct {
    bool is_expected[CASE_FILES];
    unsigned agreed[CASE_FILES]; /* rows */
    char *difference;            /* NULL: all agree */
} GoldenReport;

void golden_report_free(GoldenReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GoldenReport, golden_report_free)

/* Runs a case. write_root: where to write our own files, or NULL; with it a case needs
 * no files to agree with. */
GoldenReport *golden_run(const GoldenPlace *place, const char *write_root,
                         GError **error);

#endif
