#include "results/plot_block.h"

#include "results/gnuplot.h"

char *plot_line_name(const Study *study, unsigned line)
{
    return study->lines_title
               ? g_strdup_printf("%s: %s", study->lines_title, study_line(study, line))
               : g_strdup(study_line(study, line));
}

void plot_block_begin(FILE *stream, const Study *study, unsigned line,
                      const char *columns)
{
    g_autofree char *name = plot_line_name(study, line);
    g_autofree char *quoted = gnuplot_quote_data(name);

    fprintf(stream, "%s# %s\n%s\n", line > 0 ? "\n\n" : "", columns, quoted);
}
