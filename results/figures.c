#include "results/figures.h"

#include "results/error.h"
#include "results/figure_data.h"
#include "results/output_file.h"
#include "results/resources.h"
#include "results/study.h"

#include <string.h>

typedef struct {
    const char *name;    /* scripts/plots/<name>.gp */
    bool needs_axis;     /* nothing to draw for a single number of guests */
    bool needs_requests; /* nothing to draw when the most guests have made none */
} Figure;

static const Figure figures[] = {
    { "throughput", true, false },        { "latency-p99", true, false },
    { "dom0-cpu", true, false },          { "latency-cdf", false, true },
    { "booked-attributed", false, true }, { "stages", false, true },
};
static const char *const formats[] = { "svg", "pdf" };

/* Scripts lie beside the data. */

static bool write_script(const char *folder, const char *name, GError **error)
{
    g_autofree char *file_name = g_strconcat(name, ".gp", NULL);
    g_autofree char *resource_name = g_strconcat("plots/", file_name, NULL);
    g_autoptr(GBytes) script = results_resource(resource_name);
    g_autoptr(OutputFile) file = output_file_new(folder, file_name, error);

    if (!file)
        return false;
    fwrite(g_bytes_get_data(script, NULL), 1, g_bytes_get_size(script), file->stream);
    return output_file_commit(file, error);
}

static bool write_scripts(const char *folder, GError **error)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(figures); i++)
        if (!write_script(folder, figures[i].name, error))
            return false;
    return write_script(folder, "common", error) &&
           write_script(folder, "over_axis", error);
}

/* Running gnuplot in the folder of the data. */

static bool report_failure(const char *script, const char *messages, GError **error)
{
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_PLOT, "gnuplot fails in %s: %s",
                script, messages);
    return false;
}

static bool run_gnuplot(const char *folder, const char *script, const char *format,
                        GError **error)
{
    g_autofree char *set_format = g_strdup_printf("format = '%s'", format);
    const char *arguments[] = { "gnuplot", "--default-settings",
                                "-e",      set_format,
                                script,    NULL };
    g_autofree char *messages = NULL;
    g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "LC_ALL", "C", TRUE);
    g_autoptr(GError) spawn_error = NULL;
    int status = 0;

    if (!g_spawn_sync(folder, (char **)(uintptr_t)arguments, environment,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                      NULL, &messages, &status, &spawn_error)) {
        g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_PLOT,
                    "gnuplot cannot be started: %s", spawn_error->message);
        return false;
    }
    if (!g_spawn_check_wait_status(status, NULL))
        return report_failure(script, g_strstrip(messages), error);
    return true;
}

static char *find_text(char *bytes, size_t n_bytes, const char *text)
{
    const size_t length = strlen(text);

    for (size_t i = 0; i + length <= n_bytes; i++)
        if (memcmp(bytes + i, text, length) == 0)
            return bytes + i;
    return NULL;
}

/* cairo writes the time of day into a PDF; the same results are to give the same bytes,
 * so another date of the same length takes its place. */
static bool fix_date(const char *path, GError **error)
{
    static const char date[] = "/CreationDate (D:20000101000000";
    g_autofree char *content = NULL;
    char *found;
    size_t n_bytes;

    if (!g_file_get_contents(path, &content, &n_bytes, error))
        return false;
    found = find_text(content, n_bytes, "/CreationDate (D:");
    if (!found || (size_t)(content + n_bytes - found) < sizeof date)
        return report_failure(path, "the PDF has no date of creation", error);
    memcpy(found, date, sizeof date - 1);
    return g_file_set_contents(path, content, (gssize)n_bytes, error);
}

static bool draw(const Figure *figure, const char *folder, const char *data_folder,
                 GError **error)
{
    g_autofree char *script = g_strconcat(figure->name, ".gp", NULL);
    g_autofree char *pdf_name = g_strconcat(figure->name, ".pdf", NULL);
    g_autofree char *pdf_path = g_build_filename(folder, pdf_name, NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++)
        if (!run_gnuplot(data_folder, script, formats[i], error))
            return false;
    return fix_date(pdf_path, error);
}

static bool has_requests(const Study *study)
{
    for (unsigned i = 0; i < study->placements->len; i++) {
        const SummaryRow *row = study_row(study, i, study->axis->len - 1);

        if (row && row->columns[COLUMN_REQUESTS_PER_S].mean > 0)
            return true;
    }
    return false;
}

static bool is_drawn(const Figure *figure, const Study *study)
{
    return (study->axis->len > 1 || !figure->needs_axis) &&
           (has_requests(study) || !figure->needs_requests);
}

bool figures_draw(Database *database, const char *campaign_hash, const char *folder,
                  GError **error)
{
    g_autoptr(Summary) summary = summary_new(database, campaign_hash, error);
    g_autoptr(Study) study = summary ? study_new(summary) : NULL;
    g_autofree char *data_folder = g_build_filename(folder, "data", NULL);
    const int64_t campaign_id =
        summary ? database_campaign_id(database, campaign_hash, error) : 0;

    if (campaign_id == 0)
        return false;
    if (!study)
        return true;
    if (!write_scripts(data_folder, error) ||
        !figure_data_write(database, campaign_id, study, data_folder, error))
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(figures); i++)
        if (is_drawn(&figures[i], study) &&
            !draw(&figures[i], folder, data_folder, error))
            return false;
    return true;
}
