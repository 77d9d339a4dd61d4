#include "results/plots.h"

#include "results/axis_plot.h"
#include "results/gnuplot.h"
#include "results/plot_data.h"

/* From which on the least of them cannot be told from nothing. */
#define WIDE_SPREAD 100

/* A campaign, and what is drawn of it. */
typedef struct {
    Database *database;
    int64_t campaign_id;
    const Study *study;
    const PlotRequest *request;
    char *data_folder;
    PlotsDrawn *drawn;
} Drawing;

/* Of whole machines, at the end of the axis. */
/* At the end of the axis, and what a machine must have for one. */
typedef struct {
    const char *name;
    SummaryColumn needs;
} MachinePlot;

static const MachinePlot machine_plots[] = {
    { "latency-cdf", COLUMN_REQUESTS_PER_S },
    { "booked-attributed", COLUMN_CPU_PERCENT },
    { "stages", COLUMN_REQUESTS_PER_S },
};

void plots_drawn_clear(PlotsDrawn *drawn)
{
    g_clear_pointer(&drawn->notes, g_ptr_array_unref);
}

static bool draw(const Drawing *drawing, const char *name, GError **error)
{
    drawing->drawn->n_drawn++;
    return gnuplot_draw_svg(drawing->data_folder, name, PLOT_SETTINGS, error) &&
           gnuplot_draw_pdf(drawing->data_folder, name, PLOT_SETTINGS, name, error);
}

static void note(const Drawing *drawing, char *text)
{
    g_ptr_array_add(drawing->drawn->notes, text);
}

/* Over the axis. */

static GArray *usual_axis_plots(const Study *study)
{
    const AxisPlot plots[] = { { "throughput", axis_plot_throughput(study) },
                               { "latency-p99", COLUMN_LATENCY_P99_US },
                               { "dom0-cpu", COLUMN_DOM0_CPU_PERCENT } };
    GArray *list = g_array_new(FALSE, FALSE, sizeof(AxisPlot));

    g_array_append_vals(list, plots, study->is_of_group ? 2 : G_N_ELEMENTS(plots));
    return list;
}

static GArray *axis_plots(const Drawing *drawing)
{
    GArray *list;

    if (drawing->request->n_metrics == 0)
        return usual_axis_plots(drawing->study);
    list = g_array_new(FALSE, FALSE, sizeof(AxisPlot));
    for (unsigned i = 0; i < drawing->request->n_metrics; i++) {
        const SummaryColumn column = drawing->request->metrics[i];
        const AxisPlot plot = { summary_column_name(column), column };

        g_array_append_val(list, plot);
    }
    return list;
}

static void note_spread(const Drawing *drawing, const AxisPlot *plot)
{
    const double spread = axis_plot_spread(plot, drawing->study);

    if (spread >= WIDE_SPREAD && !drawing->request->style.is_log)
        note(drawing,
             g_strdup_printf("%s: the greatest value is %.0f times the least; --log "
                             "shows both",
                             plot->name, spread));
}

static bool draw_over_axis(const Drawing *drawing, const AxisPlot *plot, GError **error)
{
    if (!axis_plot_has_values(plot, drawing->study)) {
        note(drawing, g_strdup_printf("%s: left out, as there is nothing of the kind",
                                      plot->name));
        return true;
    }
    note_spread(drawing, plot);
    return axis_plot_write(plot, drawing->study, drawing->data_folder, error) &&
           draw(drawing, plot->name, error);
}

static bool draw_axis_plots(const Drawing *drawing, GError **error)
{
    g_autoptr(GArray) plots = axis_plots(drawing);

    if (drawing->study->axis->len == 1)
        return true;
    for (unsigned i = 0; i < plots->len; i++)
        if (!draw_over_axis(drawing, &g_array_index(plots, AxisPlot, i), error))
            return false;
    return true;
}

/* At the end of the axis. */

static bool has_any(const Study *study, SummaryColumn column)
{
    for (unsigned i = 0; i < study->lines->len; i++) {
        const SummaryRow *row = study_row(study, i, study->axis->len - 1);

        if (row && row->columns[column].mean > 0)
            return true;
    }
    return false;
}

static bool draw_machine_plot(const Drawing *drawing, const MachinePlot *plot,
                              GError **error)
{
    if (has_any(drawing->study, plot->needs) &&
        has_any(drawing->study, COLUMN_LIVED_GUESTS))
        return draw(drawing, plot->name, error);
    note(drawing,
         g_strdup_printf("%s: left out, as there is nothing of the kind", plot->name));
    return true;
}

static bool draw_machine_plots(const Drawing *drawing, GError **error)
{
    if (drawing->study->is_of_group || drawing->request->n_metrics > 0)
        return true;
    if (!plot_data_write(drawing->database, drawing->campaign_id, drawing->study,
                         drawing->data_folder, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(machine_plots); i++)
        if (!gnuplot_write_script(drawing->data_folder, machine_plots[i].name, error) ||
            !draw_machine_plot(drawing, &machine_plots[i], error))
            return false;
    return true;
}

static bool draw_all(const Drawing *drawing, GError **error)
{
    return gnuplot_write_script(drawing->data_folder, "common", error) &&
           gnuplot_write_script(drawing->data_folder, "over_axis", error) &&
           plot_settings_write(drawing->study, &drawing->request->style,
                               drawing->data_folder, error) &&
           draw_axis_plots(drawing, error) && draw_machine_plots(drawing, error);
}

bool plots_draw(Database *database, const char *campaign_hash,
                const PlotRequest *request, const char *folder, PlotsDrawn *drawn,
                GError **error)
{
    static const PlotRequest usual = { 0 };
    const PlotRequest *asked = request ? request : &usual;
    g_autoptr(Summary) summary =
        asked->view.group
            ? summary_new_of_group(database, campaign_hash, asked->view.group, error)
            : summary_new(database, campaign_hash, error);
    g_autoptr(Study) study =
        summary ? study_new_view(summary, &asked->view, error) : NULL;
    g_autofree char *data_folder = g_build_filename(folder, "data", NULL);
    const Drawing drawing = {
        .database = database,
        .campaign_id =
            summary ? database_campaign_id(database, campaign_hash, error) : 0,
        .study = study,
        .request = asked,
        .data_folder = data_folder,
        .drawn = drawn,
    };

    *drawn = (PlotsDrawn){ 0, g_ptr_array_new_with_free_func(g_free) };
    return study && drawing.campaign_id != 0 && draw_all(&drawing, error);
}
