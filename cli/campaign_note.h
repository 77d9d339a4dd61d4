/*
 * campaign_note.h - what a user should know of the campaigns that a command shows.
 */
#ifndef CLI_CAMPAIGN_NOTE_H
#define CLI_CAMPAIGN_NOTE_H

#include "results/database.h"

/* On stderr, if not all runs of the campaign are finished: how many are, and how the
 * others come about. path: as the user names the database; hash: as
 * database_campaign_id takes it. */
void campaign_note_incomplete(const char *command, const char *path, Database *database,
                              const char *hash);
/* The same of all campaigns of the database; a line at the most. */
void campaign_note_any_incomplete(const char *command, const char *path,
                                  const Database *database);

#endif
