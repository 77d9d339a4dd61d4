/*
 * made_up_runs.h - run records with invented figures, for tests of results/ only.
 */
#ifndef TESTS_UNIT_MADE_UP_RUNS_H
#define TESTS_UNIT_MADE_UP_RUNS_H

#include "results/database.h"

#define MADE_UP_CAMPAIGN "c0ffee"

/* Placements "dom0", "stub", "stub+sdom"; n_guests 1, 2, 4...; replications from 0 on.
 * A smooth invention: the same arguments give the same record. */
RunRecord *made_up_run(unsigned placement, unsigned n_guests, unsigned replication);

void add_made_up_campaign(Database *database);
/* Every placement with 1, 2, 4... up to max_guests guests. */
void add_made_up_study(Database *database, unsigned max_guests,
                       unsigned n_replications);

/* A fixture: a database in a folder of its own, with the campaign and no run. */
typedef struct {
    char *folder;
    Database *database;
} MadeUpPlace;

void made_up_place_set_up(MadeUpPlace *place, const void *unused);
void made_up_place_tear_down(MadeUpPlace *place, const void *unused);

/* A new folder; remove_folder takes it and all in it away. */
char *new_folder(void);
void remove_folder(char *folder);

#endif
