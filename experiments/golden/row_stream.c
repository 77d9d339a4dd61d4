#include "experiments/golden/row_stream.h"

#include "experiments/input/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define ROW_SIZE 1024

struct RowStream {
    const char *name;
    unsigned limit;
    RowDiffers differs;
    void *listener;
    char *expected_path, *written_path;
    gzFile expected; /* NULL: nothing to compare with */
    FILE *written;   /* NULL: not asked for */
    unsigned put;    /* rows so far, header included */
    unsigned agreed; /* likewise */
    bool has_differed;
    char row[ROW_SIZE], expected_row[ROW_SIZE], last_agreed[ROW_SIZE];
};

RowStream *row_stream_new(const char *name, unsigned limit, RowDiffers differs,
                          void *listener)
{
    RowStream *self = g_new0(RowStream, 1);

    self->name = name;
    self->limit = limit;
    self->differs = differs;
    self->listener = listener;
    return self;
}

void row_stream_free(RowStream *self)
{
    if (!self)
        return;
    if (self->expected)
        gzclose(self->expected);
    if (self->written)
        fclose(self->written);
    g_free(self->expected_path);
    g_free(self->written_path);
    g_free(self);
}

static char *existing_file(const char *folder, const char *name, const char *suffix)
{
    g_autofree char *base = g_strconcat(name, suffix, NULL);
    g_autofree char *path = g_build_filename(folder, base, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}

bool row_stream_expect(RowStream *self, const char *folder, GError **error)
{
    self->expected_path = existing_file(folder, self->name, ".csv");
    if (!self->expected_path)
        self->expected_path = existing_file(folder, self->name, ".csv.gz");
    if (!self->expected_path)
        return true;
    self->expected = gzopen(self->expected_path, "rb");
    if (self->expected)
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO, "%s: %s",
                self->expected_path, g_strerror(errno));
    return false;
}

bool row_stream_is_expected(const RowStream *self)
{
    return self->expected != NULL;
}

bool row_stream_write_to(RowStream *self, const char *folder, GError **error)
{
    g_autofree char *base = g_strconcat(self->name, ".csv", NULL);

    self->written_path = g_build_filename(folder, base, NULL);
    self->written = fopen(self->written_path, "w");
    if (self->written)
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO, "%s: %s",
                self->written_path, g_strerror(errno));
    return false;
}

/* The next row of the expected file, comments and empty lines skipped; NULL at its end.
 * A row that fills the buffer comes in parts, which agree with nothing. */
static const char *next_expected(RowStream *self)
{
    while (gzgets(self->expected, self->expected_row, ROW_SIZE)) {
        g_strchomp(self->expected_row);
        if (*self->expected_row != '\0' && *self->expected_row != '#')
            return self->expected_row;
    }
    return NULL;
}

static void compare(RowStream *self, const char *found)
{
    const char *expected = next_expected(self);

    if (!expected && !found)
        return;
    if (g_strcmp0(expected, found) != 0) {
        self->has_differed = true;
        self->differs(self->listener, self, expected, found);
        return;
    }
    if (self->agreed++ > 0)
        g_strlcpy(self->last_agreed, found, ROW_SIZE);
}

void row_stream_put(RowStream *self, const char *format, ...)
{
    va_list arguments;
    int length;

    if (self->put > self->limit || (!self->expected && !self->written))
        return;
    self->put++;
    va_start(arguments, format);
    length = g_vsnprintf(self->row, ROW_SIZE, format, arguments);
    va_end(arguments);
    g_assert(length < ROW_SIZE);
    if (self->written)
        fprintf(self->written, "%s\n", self->row);
    if (self->expected && !self->has_differed)
        compare(self, self->row);
}

static bool finish_expected(RowStream *self, GError **error)
{
    int code = Z_OK;
    const char *cause;

    if (!self->expected)
        return true;
    if (!self->has_differed)
        compare(self, NULL);
    cause = gzerror(self->expected, &code);
    if (code == Z_OK || code == Z_STREAM_END)
        return true;
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT, "%s: %s",
                self->expected_path, code == Z_ERRNO ? g_strerror(errno) : cause);
    return false;
}

static bool finish_written(RowStream *self, GError **error)
{
    FILE *file = g_steal_pointer(&self->written);
    bool has_failed;

    if (!file)
        return true;
    has_failed = ferror(file) != 0;
    has_failed = fclose(file) != 0 || has_failed;
    if (has_failed)
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_IO,
                    "%s: cannot be written", self->written_path);
    return !has_failed;
}

bool row_stream_finish(RowStream *self, GError **error)
{
    return finish_expected(self, error) && finish_written(self, error);
}

const char *row_stream_name(const RowStream *self)
{
    return self->name;
}

unsigned row_stream_next(const RowStream *self)
{
    return self->agreed;
}

unsigned row_stream_agreed(const RowStream *self)
{
    return self->agreed > 0 ? self->agreed - 1 : 0;
}

const char *row_stream_last_agreed(const RowStream *self)
{
    return self->last_agreed;
}
