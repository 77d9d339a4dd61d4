#include "results/merge.h"
#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/results_folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>

static bool merge_one(Database *into, const char *name, GError **error)
{
    g_autofree char *path = results_database_path(name);
    unsigned n_runs = 0;

    if (!merge_database(into, path, &n_runs, error))
        return false;
    printf("%s: %u runs added\n", name, n_runs);
    return true;
}

static bool make_folder(const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0777) == 0)
        return true;
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno),
                "%s: expected a folder that can be made: %s", folder,
                g_strerror(errno));
    return false;
}

/* The same for every way to write its path; NULL if there is no file. */
static char *identity_of_file(const char *path)
{
    GStatBuf status;

    if (g_stat(path, &status) != 0)
        return NULL;
    return g_strdup_printf("%ju/%ju", (uintmax_t)status.st_dev,
                           (uintmax_t)status.st_ino);
}

/* seen: the name, as the user wrote it, of each file. */
static ExitStatus check_source(const char *name, GHashTable *seen, const char *target)
{
    g_autofree char *path = results_database_path(name);
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) database = database_open(path, DATABASE_READ, &error);
    char *file = identity_of_file(path);
    const char *before = file ? g_hash_table_lookup(seen, file) : NULL;

    if (file)
        g_hash_table_insert(seen, file, (char *)name);
    if (!database || !database_check(database, &error))
        return fail_with("merge", error);
    if (!before)
        return EXIT_OK;
    if (before == target)
        g_printerr("hvmsim merge: %s: is what the others are added to; expected "
                   "databases beside it\n",
                   name);
    else
        g_printerr("hvmsim merge: %s: is the same database as %s; expected each once\n",
                   name, before);
    return EXIT_USAGE;
}

/* Before anything is made or changed. names[0]: the folder, whose database is at the
 * path. */
static ExitStatus check_sources(char **names, unsigned n_names, const char *path)
{
    g_autoptr(GHashTable) seen =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *file = identity_of_file(path);
    ExitStatus status = EXIT_OK;

    if (file)
        g_hash_table_insert(seen, file, names[0]);
    for (unsigned i = 1; status == EXIT_OK && i < n_names; i++)
        status = check_source(names[i], seen, names[0]);
    return status;
}

static ExitStatus merge(char **names, unsigned n_names)
{
    g_autofree char *path = g_build_filename(names[0], RESULTS_DATABASE, NULL);
    const ExitStatus status = check_sources(names, n_names, path);
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) into = NULL;

    if (status != EXIT_OK)
        return status;
    if (!make_folder(names[0], &error))
        return fail_with("merge", error);
    into = database_open(path, DATABASE_WRITE, &error);
    if (!into)
        return fail_with("merge", error);
    for (unsigned i = 1; i < n_names; i++)
        if (!merge_one(into, names[i], &error))
            return fail_with("merge", error);
    campaign_note_any_incomplete("merge", names[0], into);
    return EXIT_OK;
}

static int merge_run(int argc, char **argv)
{
    const GOptionEntry entries[] = { { 0 } };
    const ArgumentSpec spec = {
        .command = "merge",
        .usage = "FOLDER DATABASE...",
        .description =
            "Adds the runs of each DATABASE, a file or an output folder of `hvmsim "
            "run`, to the\nresults in FOLDER. `hvmsim run` into that folder then does "
            "what is missing, and\ndraws the figures.\n",
        .entries = entries,
        .least = 2,
        .most = 10000,
    };
    ExitStatus status;

    if (!arguments_parse(&spec, &argc, &argv, &status))
        return status;
    return merge(argv + 1, (unsigned)argc - 1);
}

const Command merge_command = {
    .name = "merge",
    .summary = "put the results of several folders, such as shards, into one",
    .run = merge_run,
};
