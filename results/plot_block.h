/*
 * plot_block.h - what the data of all figures have in common: a block of numbers for
 * each line of a study.
 */
#ifndef RESULTS_PLOT_BLOCK_H
#define RESULTS_PLOT_BLOCK_H

#include "results/study.h"

#include <stdio.h>

/* What the legend calls it. Free with g_free. */
char *plot_line_name(const Study *study, unsigned line);

/* gnuplot's `index`: blocks are two empty lines apart, and each begins with its name.
 * columns: what its numbers are, for whoever reads the file. */
void plot_block_begin(FILE *stream, const Study *study, unsigned line,
                      const char *columns);

#endif
