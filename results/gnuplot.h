/*
 * gnuplot.h - scripts that travel inside the program, and gnuplot run on them.
 *
 * Scripts lie in the folder of their data, so that anybody can draw a plot again, and
 * leave <plot>.svg and <plot>.pdf in the folder above. The same data give the same
 * bytes.
 */
#ifndef RESULTS_GNUPLOT_H
#define RESULTS_GNUPLOT_H

#include <glib.h>
#include <stdbool.h>

/* scripts/plots/<name>.gp, written to data_folder. */
bool gnuplot_write_script(const char *data_folder, const char *name, GError **error);

/* A text as a script writes it, in which nothing is special. Free with g_free. */
char *gnuplot_quote(const char *text);
/* The same for data, which can hold no double quote: it becomes a single one. */
char *gnuplot_quote_data(const char *text);

/* settings: a script of what the plot's script must know, in data_folder. plot: as the
 * script calls it. gnuplot must be in the PATH. */
bool gnuplot_draw_svg(const char *data_folder, const char *script, const char *settings,
                      GError **error);
bool gnuplot_draw_pdf(const char *data_folder, const char *script, const char *settings,
                      const char *plot, GError **error);

#endif
