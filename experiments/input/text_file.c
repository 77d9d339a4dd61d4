#include "experiments/input/text_file.h"

#include "experiments/input/error.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#define BLOCK_BYTES 65536

static bool fail_to_read(const char *path, GError **error)
{
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO, "%s: cannot be read: %s",
                path, g_strerror(errno));
    return false;
}

/* One block more than there may be is enough to know that there is too much. */
static GString *read_blocks(FILE *file)
{
    GString *text = g_string_new(NULL);
    char block[BLOCK_BYTES];
    size_t n_bytes;

    while (text->len <= TEXT_FILE_MAX_BYTES &&
           (n_bytes = fread(block, 1, sizeof block, file)) > 0)
        g_string_append_len(text, block, (gssize)n_bytes);
    return text;
}

static bool check(const char *path, FILE *file, const GString *text, GError **error)
{
    if (ferror(file))
        return fail_to_read(path, error);
    if (text->len <= TEXT_FILE_MAX_BYTES)
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO,
                "%s: expected a text of %u MiB at most", path,
                TEXT_FILE_MAX_BYTES >> 20);
    return false;
}

GString *text_file_read(const char *path, GError **error)
{
    FILE *file = fopen(path, "re");
    g_autoptr(GString) text = NULL;
    bool is_whole;

    if (!file) {
        fail_to_read(path, error);
        return NULL;
    }
    text = read_blocks(file);
    is_whole = check(path, file, text, error);
    fclose(file);
    return is_whole ? g_steal_pointer(&text) : NULL;
}
