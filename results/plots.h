/*
 * plots.h - plots of a campaign, drawn by gnuplot from the database.
 *
 * Each plot is FOLDER/<name>.svg and .pdf; beside them, in FOLDER/data, lie what they
 * are drawn from and the scripts that draw them, so that anybody can draw them again.
 * The same results give the same bytes.
 */
#ifndef RESULTS_PLOTS_H
#define RESULTS_PLOTS_H

#include "results/database.h"
#include "results/study.h"

/* What a campaign needs to have any plot, for messages. */
#define PLOTS_NEED "requests of guests, or a number that varies in [sweep]"

/* campaign_hash: NULL for the one run last. view: what to show of it, or NULL; of a
 * group of domains there are throughput and latency alone. Sets n_drawn, and is true
 * with 0 if the campaign has nothing to draw, see PLOTS_NEED. gnuplot must be in the
 * PATH. */
bool plots_draw(Database *database, const char *campaign_hash, const StudyView *view,
                const char *folder, unsigned *n_drawn, GError **error);

#endif
