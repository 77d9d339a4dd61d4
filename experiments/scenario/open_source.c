#include "experiments/scenario/open_source.h"

#include "experiments/input/data_path.h"

#include <string.h>

void open_source_free(void *data)
{
    OpenSource *source = data;

    workload_source_close(source->source);
    option_clear(source->ops->options, source->options);
    g_free(source->options);
    g_free(source->file_hash);
    g_free(source->key);
    g_free(source);
}

const Option *open_source_file_option(const WorkloadSourceOps *ops)
{
    for (const Option *option = ops->options; option && option->key; option++)
        if (option->kind == OPTION_FILE)
            return option;
    return NULL;
}

static char *key_of(const WorkloadSourceOps *ops, const void *options)
{
    GString *key = g_string_new(ops->name);

    for (const Option *option = ops->options; option && option->key; option++) {
        g_autofree char *text = option_format(option, options);

        g_string_append_printf(key, "\n%s = %s", option->key, text);
    }
    return g_string_free(key, FALSE);
}

static char **file_of(const OpenSource *source)
{
    const Option *file = open_source_file_option(source->ops);

    return file ? (char **)(void *)((char *)source->options + file->offset) : NULL;
}

static void copy_option(const Option *option, const void *from, void *to)
{
    g_autofree char *text = option_format(option, from);
    const bool is_valid = option_parse(option, text, to);

    g_assert(is_valid);
}

static void copy_options(OpenSource *source, const void *options)
{
    source->options = g_malloc0(source->ops->options_size);
    for (const Option *option = source->ops->options; option && option->key; option++)
        copy_option(option, options, source->options);
}

/* Puts the path in place of the name, and takes the file's hash. */
static bool find_file(OpenSource *source, const char *folder, GError **error)
{
    char **file = file_of(source);
    g_autofree char *text = NULL;
    char *path;
    gsize length;

    if (!file || **file == '\0') {
        source->file_hash = g_strdup("");
        return true;
    }
    path = data_path_find(DATA_TRACES, *file, folder, error);
    if (!path)
        return false;
    g_free(*file);
    *file = path;
    if (!g_file_get_contents(path, &text, &length, error))
        return false;
    source->file_hash =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
    return true;
}

const OpenSource *open_source_get(GHashTable *sources, const WorkloadSourceOps *ops,
                                  const void *options, const char *folder,
                                  GError **error)
{
    g_autofree char *key = key_of(ops, options);
    OpenSource *source = g_hash_table_lookup(sources, key);

    if (source)
        return source;
    source = g_new0(OpenSource, 1);
    source->key = g_steal_pointer(&key);
    source->ops = ops;
    copy_options(source, options);
    if (find_file(source, folder, error))
        source->source = workload_source_open(ops, source->options, error);
    if (!source->source) {
        open_source_free(source);
        return NULL;
    }
    g_hash_table_insert(sources, source->key, source);
    return source;
}
