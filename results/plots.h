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
#include "results/plot_settings.h"

/* What a campaign needs to have any plot, for messages. */
#define PLOTS_NEED "requests of guests, or a number that varies in [sweep]"

/* What to show; all of it borrowed. Of a group of domains there are throughput and
 * latency alone. */
typedef struct {
    StudyView view;
    const SummaryColumn
        *metrics;       /* of these, over the axis, instead of what is usual */
    unsigned n_metrics; /* 0: what is usual */
    PlotStyle style;
} PlotRequest;

typedef struct {
    unsigned n_drawn;
    GPtrArray
        *notes; /* of char *, owned: which are left out, or hard to read, and why */
} PlotsDrawn;

void plots_drawn_clear(PlotsDrawn *drawn);

/* campaign_hash: NULL for the one run last. request: NULL for what is usual. Fills
 * drawn, which must be cleared in any case, and is true with n_drawn 0 if the campaign
 * has nothing to draw, see PLOTS_NEED. gnuplot must be in the PATH. */
bool plots_draw(Database *database, const char *campaign_hash,
                const PlotRequest *request, const char *folder, PlotsDrawn *drawn,
                GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PlotsDrawn, plots_drawn_clear)

#endif
