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

bool results_print(const Summary *summary, const StudyView *view, GError **error)
{
    g_autoptr(Study) study = study_new_view(summary, view, error);
    g_autofree char *table = study ? summary_table(summary) : NULL;
    g_autofree char *conclusions = study ? study_conclusions(study) : NULL;

    if (study)
        printf("%s%s%s", table, *conclusions ? "\n" : "", conclusions);
    return study != NULL;
}
