#include "cli/results_folder.h"

#include <stdio.h>

char *results_database_path(const char *path)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return g_build_filename(path, RESULTS_DATABASE, NULL);
    return g_strdup(path);
}

Database *results_open(const char *path, GError **error)
{
    g_autofree char *database = results_database_path(path);

    return database_open(database, DATABASE_READ, error);
}

void results_print(const Summary *summary)
{
    g_autofree char *table = summary_table(summary);
    g_autofree char *conclusions = summary_conclusions(summary);

    printf("%s%s%s", table, *conclusions ? "\n" : "", conclusions);
}
