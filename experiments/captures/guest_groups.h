/*
 * guest_groups.h - the identical guests of a capture, and how their figures are judged.
 *
 * Guests are identical if capture.ini says the same of them, and of their stub domains,
 * except names and numbers. Which of them is ahead depends on phases that a capture
 * does not record. So a rate of theirs is judged by the sum over all of them, and each
 * one's against the spread that the capture itself shows among them.
 */
#ifndef EXPERIMENTS_CAPTURES_GUEST_GROUPS_H
#define EXPERIMENTS_CAPTURES_GUEST_GROUPS_H

#include "experiments/captures/capture_scenario.h"
#include "experiments/captures/comparison.h"

typedef struct {
    char *names;     /* "hvm1+hvm2" */
    GPtrArray *ids;  /* of char *, as figures.csv names them; at least two */
    GArray *numbers; /* of int64_t: the same */
    GArray *stubs;   /* of int64_t: their stub domains */
} GuestGroup;

/* Of GuestGroup, owned, in the order of the file. Guests that take no part are in none.
 */
GPtrArray *guest_groups_find(const CaptureScenario *scenario);

/* Gives each member's rates the spread among the members: rows of ComparedFigure. */
void guest_groups_spread(const GPtrArray *groups, GPtrArray *rows);

/* Of ComparedFigure, owned: a sum over each group, of rates and of shares of a pCPU.
 * Its domain is the group's names. */
GPtrArray *guest_groups_sums(const GPtrArray *groups, const GPtrArray *rows);

#endif
