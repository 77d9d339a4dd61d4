#include "results/merge.h"
#include "cli/arguments.h"
#include "cli/campaign_note.h"
#include "cli/results_folder.h"

#include <errno.h>
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

static ExitCode merge(char **names, unsigned n_names)
{
    g_autofree char *path = g_build_filename(names[0], RESULTS_DATABASE, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Database) into = NULL;

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
    ExitCode code;

    if (!arguments_parse(&spec, &argc, &argv, &code))
        return code;
    return merge(argv + 1, (unsigned)argc - 1);
}

const Command merge_command = {
    .name = "merge",
    .summary = "put the results of several folders, such as shards, into one",
    .run = merge_run,
};
