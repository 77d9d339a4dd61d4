#include "results/plots.h"

#include "results/gnuplot.h"
#include "results/plot_data.h"

typedef struct {
    const char *name;    /* scripts/plots/<name>.gp */
    bool needs_axis;     /* nothing to draw for a single number of guests */
    bool needs_requests; /* nothing to draw when the most guests have made none */
    bool needs_machine;  /* says nothing of a group of domains */
} Plot;

static const Plot plots[] = {
    { "throughput", true, false, false },       { "latency-p99", true, true, false },
    { "dom0-cpu", true, false, true },          { "latency-cdf", false, true, true },
    { "booked-attributed", false, true, true }, { "stages", false, true, true },
};

static bool has_script(const Plot *plot, const Study *study)
{
    return !(study->is_of_group && plot->needs_machine);
}

static bool write_scripts(const char *folder, const Study *study, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(plots); i++)
        if (has_script(&plots[i], study) &&
            !gnuplot_write_script(folder, plots[i].name, error))
            return false;
    return gnuplot_write_script(folder, "common", error) &&
           gnuplot_write_script(folder, "over_axis", error);
}

static bool draw(const char *data_folder, const char *name, GError **error)
{
    return gnuplot_draw_svg(data_folder, name, "study.gp", error) &&
           gnuplot_draw_pdf(data_folder, name, "study.gp", name, error);
}

static bool has_requests(const Study *study)
{
    for (unsigned i = 0; i < study->lines->len; i++) {
        const SummaryRow *row = study_row(study, i, study->axis->len - 1);

        if (row && row->columns[COLUMN_REQUESTS_PER_S].mean > 0)
            return true;
    }
    return false;
}

static bool is_drawn(const Plot *plot, const Study *study)
{
    return (study->axis->len > 1 || !plot->needs_axis) &&
           (has_requests(study) || !plot->needs_requests) && has_script(plot, study);
}

bool plots_draw(Database *database, const char *campaign_hash, const StudyView *view,
                const char *folder, unsigned *n_drawn, GError **error)
{
    g_autoptr(Summary) summary =
        view && view->group
            ? summary_new_of_group(database, campaign_hash, view->group, error)
            : summary_new(database, campaign_hash, error);
    g_autoptr(Study) study = summary ? study_new_view(summary, view, error) : NULL;
    g_autofree char *data_folder = g_build_filename(folder, "data", NULL);
    const int64_t campaign_id =
        summary ? database_campaign_id(database, campaign_hash, error) : 0;

    *n_drawn = 0;
    if (!study || campaign_id == 0 || !write_scripts(data_folder, study, error) ||
        !plot_data_write(database, campaign_id, study, data_folder, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(plots); i++) {
        if (!is_drawn(&plots[i], study))
            continue;
        if (!draw(data_folder, plots[i].name, error))
            return false;
        ++*n_drawn;
    }
    return true;
}
