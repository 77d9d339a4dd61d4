#include "cli/results_folder.h"

#include <stdio.h>

Database *results_open(const char *path, GError **error)
{
    g_autofree char *inside = g_build_filename(path, RESULTS_DATABASE, NULL);
    const bool is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);

    return database_open(is_folder ? inside : path, DATABASE_READ, error);
}

void results_print(const Summary *summary)
{
    g_autofree char *table = summary_table(summary);
    g_autofree char *conclusions = summary_conclusions(summary);

    printf("%s%s%s", table, *conclusions ? "\n" : "", conclusions);
}

bool results_report(Database *database, const char *hash, GError **error)
{
    g_autoptr(Summary) summary = summary_new(database, hash, error);

    if (summary)
        results_print(summary);
    return summary != NULL;
}
