#include "results/output_file.h"

#include "results/error.h"

#include <errno.h>
#include <glib/gstdio.h>

static bool file_error(const char *path, GError **error)
{
    g_set_error(error, RESULTS_ERROR, RESULTS_ERROR_OPEN, "%s: cannot be written: %s",
                path, g_strerror(errno));
    return false;
}

OutputFile *output_file_new(const char *folder, const char *name, GError **error)
{
    OutputFile *file;

    if (g_mkdir_with_parents(folder, 0777) != 0) {
        file_error(folder, error);
        return NULL;
    }
    file = g_new0(OutputFile, 1);
    file->path = g_build_filename(folder, name, NULL);
    file->draft_path = g_strconcat(file->path, ".part", NULL);
    file->stream = fopen(file->draft_path, "we");
    if (file->stream)
        return file;
    file_error(file->path, error);
    output_file_free(file);
    return NULL;
}

bool output_file_commit(OutputFile *file, GError **error)
{
    bool is_whole, is_closed;

    errno = EIO; /* of an earlier write that failed, nothing is known any more */
    is_whole = fflush(file->stream) == 0 && !ferror(file->stream);
    is_closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (!is_whole || !is_closed || g_rename(file->draft_path, file->path) != 0)
        return file_error(file->path, error);
    g_clear_pointer(&file->draft_path, g_free);
    return true;
}

void output_file_free(OutputFile *file)
{
    if (!file)
        return;
    if (file->stream)
        fclose(file->stream);
    if (file->draft_path)
        g_unlink(file->draft_path);
    g_free(file->draft_path);
    g_free(file->path);
    g_free(file);
}
