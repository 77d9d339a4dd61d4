/*
 * text_file.h - the whole text of a file that somebody wrote by hand.
 */
#ifndef EXPERIMENTS_TEXT_FILE_H
#define EXPERIMENTS_TEXT_FILE_H

#include <glib.h>

/* More is no scenario, but a file named by mistake, such as /dev/zero. */
#define TEXT_FILE_MAX_BYTES (16u << 20)

/* Of a pipe, too. With a NUL behind it, which is not counted. NULL and
 * EXPERIMENT_ERROR_IO. */
GString *text_file_read(const char *path, GError **error);

#endif
