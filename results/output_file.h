/*
 * output_file.h - a file that appears whole or not at all.
 *
 * Written beside its place and moved there by output_file_commit; until then whatever
 * had the name keeps it.
 */
#ifndef RESULTS_OUTPUT_FILE_H
#define RESULTS_OUTPUT_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct {
    FILE *stream;
    char *path, *draft_path;
} OutputFile;

/* Makes the folder if need be; NULL on error. */
OutputFile *output_file_new(const char *folder, const char *name, GError **error);
/* False, and the old file as it was, if not everything could be written. */
bool output_file_commit(OutputFile *file, GError **error);
/* Throws away what has not been committed. */
void output_file_free(OutputFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutputFile, output_file_free)

#endif
