#include "results/gnuplot.h"

#include "results/error.h"
#include "results/output_file.h"
#include "results/resources.h"

#include <stdint.h>
#include <string.h>

/* Double quotes would run what stands between backticks. A quote in single ones is
 * doubled, but at their beginning gnuplot takes that for the end. */
char *gnuplot_quote(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", parts);
    g_autofree char *rest = *text == '\'' ? gnuplot_quote(text + 1) : NULL;

    return rest ? g_strconcat("\"'\" . ", rest, NULL)
                : g_strconcat("'", doubled, "'", NULL);
}

char *gnuplot_quote_data(const char *text)
{
    GString *quoted = g_string_new("\"");

    for (; *text; text++)
        switch (*text) {
        case '\n':
            g_string_append(quoted, "\\n");
            break;
        case '\\':
            g_string_append(quoted, "\\\\");
            break;
        case '"':
            g_string_append_c(quoted, '\'');
            break;
        default:
            g_string_append_c(quoted, *text);
        }
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

bool gnuplot_write_script(const char *data_folder, const char *name, GError **error)
{
    g_autofree char *file_name = g_strconcat(name, ".gp", NULL);
    g_autofree char *resource_name = g_strconcat("plots/", file_name, NULL);
    g_autoptr(GBytes) script = results_resource(resource_name);
    g_autoptr(OutputFile) file = output_file_new(data_folder, file_name, error);

    if (!file)
        return false;
    fwrite(g_bytes_get_data(script, NULL), 1, g_bytes_get_size(script), file->stream);
    return output_file_commit(file, error);
}

static bool report_failure(const char *script, const char *messages, GError **error)
{
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_PLOT, "gnuplot fails in %s: %s",
                script, messages);
    return false;
}

static bool run_gnuplot(const char *folder, const char *script, const char *commands,
                        GError **error)
{
    const char *arguments[] = { "gnuplot", "--default-settings", "-e", commands, script,
                                NULL };
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
        return report_failure(path, "the PDF is cut short; is the disk full?", error);
    memcpy(found, date, sizeof date - 1);
    return g_file_set_contents(path, content, (gssize)n_bytes, error);
}

static bool draw(const char *data_folder, const char *script, const char *settings,
                 const char *format, GError **error)
{
    g_autofree char *script_name = g_strconcat(script, ".gp", NULL);
    g_autofree char *commands =
        g_strdup_printf("format = '%s'; settings = '%s'", format, settings);

    return run_gnuplot(data_folder, script_name, commands, error);
}

bool gnuplot_draw_svg(const char *data_folder, const char *script, const char *settings,
                      GError **error)
{
    return draw(data_folder, script, settings, "svg", error);
}

bool gnuplot_draw_pdf(const char *data_folder, const char *script, const char *settings,
                      const char *plot, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(data_folder);
    g_autofree char *name = g_strconcat(plot, ".pdf", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);

    return draw(data_folder, script, settings, "pdf", error) && fix_date(path, error);
}
