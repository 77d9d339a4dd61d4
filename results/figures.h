/*
 * figures.h - figures of a study of placements, drawn by gnuplot from the database.
 *
 * Each figure is FOLDER/<name>.svg and .pdf; beside them, in FOLDER/data, lie what they
 * are drawn from and the scripts that draw them, so that anybody can draw them again.
 * The same results give the same bytes.
 */
#ifndef RESULTS_FIGURES_H
#define RESULTS_FIGURES_H

#include "results/database.h"

/* campaign_hash: NULL for the one added last. True without any file if the campaign is
 * no study of placements. gnuplot must be in the PATH. */
bool figures_draw(Database *database, const char *campaign_hash, const char *folder,
                  GError **error);

#endif
