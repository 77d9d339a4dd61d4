#include "experiments/data_path.h"

#include "experiments/error.h"

#include <string.h>

static const struct {
    const char *what, *extension, *source_folder, *installed_folder;
} kinds[] = {
    [DATA_COSTS] = { "cost profile", ".ini", HVMSIM_SOURCE_DIR "/models/costs",
                     HVMSIM_DATA_DIR "/costs" },
    [DATA_TRACES] = { "trace", ".xtr.xz", HVMSIM_SOURCE_DIR "/workloads/traces",
                      HVMSIM_DATA_DIR "/traces" },
};

/* The file of that name in the folder, with the extension or without it, or NULL. */
static char *find_in(const char *folder, const char *name, const char *extension)
{
    g_autofree char *with = g_strconcat(name, extension, NULL);
    const char *const names[] = { name, with };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_path_is_absolute(names[i])
                                    ? g_strdup(names[i])
                                    : g_build_filename(folder, names[i], NULL);

        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

char *data_path_find(DataKind kind, const char *name, const char *beside,
                     GError **error)
{
    const char *const folders[] = { beside, kinds[kind].source_folder,
                                    kinds[kind].installed_folder };
    const unsigned n = strchr(name, '/') ? 1 : G_N_ELEMENTS(folders);
    g_autoptr(GString) tried = g_string_new(NULL);

    for (unsigned i = 0; i < n; i++) {
        char *path = find_in(folders[i], name, kinds[kind].extension);

        if (path)
            return path;
        g_string_append_printf(tried, "%s%s", i > 0 ? ", " : "", folders[i]);
    }
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                "a %s; none is called %s or %s%s in %s", kinds[kind].what, name, name,
                kinds[kind].extension, tried->str);
    return NULL;
}
