#include "cli/batch_options.h"

void batch_options_init(BatchOptions *options)
{
    *options = (BatchOptions){ .jobs = (int)g_get_num_processors() };
}

void batch_options_clear(BatchOptions *options)
{
    g_strfreev(options->settings);
    g_free(options->output);
    g_free(options->seed);
    g_free(options->replications);
    g_free(options->progress);
}

GArray *batch_options_entries(BatchOptions *options, const BatchOptionTexts *texts,
                              const GOptionEntry *own)
{
    const GOptionEntry shared[] = {
        { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output, texts->output,
          "FOLDER" },
        { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &options->settings,
          "override a key, such as run.duration=1s", "GROUP.KEY=TEXT" },
        { "jobs", 'j', 0, G_OPTION_ARG_INT, &options->jobs,
          "runs at once (default: one for each processor)", "N" },
        { "seed", 0, 0, G_OPTION_ARG_STRING, &options->seed,
          "root of all randomness, as --set run.seed", "N" },
        { "replications", 0, 0, G_OPTION_ARG_STRING, &options->replications,
          texts->replications, "N" },
        { "fresh", 0, 0, G_OPTION_ARG_NONE, &options->is_fresh,
          "forget the results in the folder first", NULL },
        { "retry", 0, 0, G_OPTION_ARG_NONE, &options->is_retry,
          "also try what failed or crashed before", NULL },
        { "progress", 0, 0, G_OPTION_ARG_STRING, &options->progress,
          "auto (on a terminal), always or never", "WHEN" },
        { "quiet", 'q', 0, G_OPTION_ARG_NONE, &options->is_quiet, "no progress", NULL },
    };
    GArray *entries = g_array_new(TRUE, FALSE, sizeof(GOptionEntry));

    for (; own->long_name; own++)
        g_array_append_val(entries, *own);
    g_array_append_vals(entries, shared, G_N_ELEMENTS(shared));
    return entries;
}

bool batch_options_check(const BatchOptions *options, const char *command,
                         ProgressMode *mode)
{
    if (!progress_parse(command, options->progress, options->is_quiet, mode))
        return false;
    if (options->jobs >= 1)
        return true;
    g_printerr("hvmsim %s: --jobs = %d: expected 1 or more\n", command, options->jobs);
    return false;
}

GPtrArray *batch_options_settings(const BatchOptions *options)
{
    GPtrArray *settings = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; options->settings && options->settings[i]; i++)
        g_ptr_array_add(settings, g_strdup(options->settings[i]));
    if (options->seed)
        g_ptr_array_add(settings, g_strconcat("run.seed=", options->seed, NULL));
    if (options->replications)
        g_ptr_array_add(settings,
                        g_strconcat("run.replications=", options->replications, NULL));
    return settings;
}
