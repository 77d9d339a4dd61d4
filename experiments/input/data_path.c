#include "experiments/input/data_path.h"

#include "experiments/input/error.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

static const struct {
    const char *what, *extension, *folder;
} kinds[] = {
    [DATA_COSTS] = { "hardware profile", ".ini", HVMSIM_DATA_FROM_PROGRAM "/costs" },
    [DATA_TARGETS] = { "validation target", ".ini",
                       HVMSIM_DATA_FROM_PROGRAM "/scenarios/validation/targets" },
    [DATA_TRACES] = { "trace", ".xtr.xz", HVMSIM_DATA_FROM_PROGRAM "/traces" },
};

/* It lies at the same distance from the program where both are installed and in the
 * build tree, so both can be moved. */
char *data_path_folder(DataKind kind)
{
    char *program = realpath((const char *)getauxval(AT_EXECFN), NULL);
    g_autofree char *beside = g_path_get_dirname(program ? program : "");

    free(program);
    return g_canonicalize_filename(kinds[kind].folder, beside);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *data_path_names(DataKind kind, GError **error)
{
    const char *extension = kinds[kind].extension;
    g_autofree char *folder = data_path_folder(kind);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    GPtrArray *names;
    const char *file;

    if (!dir)
        return NULL;
    names = g_ptr_array_new_with_free_func(g_free);
    while ((file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, extension))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(extension)));
    g_ptr_array_sort(names, by_name);
    return names;
}

char *data_path_beside(const char *folder, const char *name)
{
    if (g_path_is_absolute(name) || strcmp(folder, ".") == 0)
        return g_strdup(name);
    while (g_str_has_prefix(name, "./"))
        name += strlen("./");
    return g_build_filename(folder, name, NULL);
}

/* The file of that name in the folder, with the extension or without it, or NULL. */
static char *find_in(const char *folder, const char *name, const char *extension)
{
    g_autofree char *with = g_strconcat(name, extension, NULL);
    const char *const names[] = { name, with };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = data_path_beside(folder, names[i]);

        if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
            return g_steal_pointer(&path);
    }
    return NULL;
}

/* Without an extension that the name has already, and a folder that it names itself. */
static void set_not_found(DataKind kind, const char *name, const char *tried,
                          GError **error)
{
    const char *extension = kinds[kind].extension;
    const bool is_whole = g_str_has_suffix(name, extension);
    const bool is_absolute = g_path_is_absolute(name);

    g_set_error(error, EXPERIMENT_ERROR,
                strchr(name, '/') ? EXPERIMENT_ERROR_IO : EXPERIMENT_ERROR_NAME,
                "a %s; none is called %s%s%s%s%s%s", kinds[kind].what, name,
                is_whole ? "" : " or ", is_whole ? "" : name, is_whole ? "" : extension,
                is_absolute ? "" : " in ", is_absolute ? "" : tried);
}

/* In one folder after the other. */
static char *find(DataKind kind, const char *name, const char *const folders[],
                  unsigned n_folders, GError **error)
{
    g_autoptr(GString) tried = g_string_new(NULL);

    for (unsigned i = 0; i < n_folders; i++) {
        char *path = find_in(folders[i], name, kinds[kind].extension);

        if (path)
            return path;
        g_string_append_printf(tried, "%s%s", i > 0 ? ", " : "", folders[i]);
    }
    set_not_found(kind, name, tried->str, error);
    return NULL;
}

char *data_path_find(DataKind kind, const char *name, const char *beside,
                     GError **error)
{
    g_autofree char *shipped = data_path_folder(kind);
    const char *const folders[] = { beside, shipped };

    return find(kind, name, folders, strchr(name, '/') ? 1 : G_N_ELEMENTS(folders),
                error);
}

char *data_path_find_named(DataKind kind, const char *name, GError **error)
{
    g_autofree char *shipped = data_path_folder(kind);
    const char *const folders[] = { shipped, "." };

    if (strchr(name, '/') || g_str_has_suffix(name, kinds[kind].extension))
        return data_path_find(kind, name, ".", error);
    return find(kind, name, folders, G_N_ELEMENTS(folders), error);
}
