#include "results/settings_difference.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SWEEP_GROUP "sweep"

/* Of GKeyFile; NULL if one of the texts is none. */
static GPtrArray *parse_all(const GPtrArray *texts)
{
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_key_file_unref);

    for (unsigned i = 0; i < texts->len; i++) {
        GKeyFile *file = g_key_file_new();

        g_ptr_array_add(files, file);
        if (!g_key_file_load_from_data(file, g_ptr_array_index(texts, i), (gsize)-1,
                                       G_KEY_FILE_NONE, NULL))
            return NULL;
    }
    return g_steal_pointer(&files);
}

/* NULL if it has none. Free with g_free. */
static char *value_of(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *name = g_strdup_printf("%s.%s", group, key);
    char *value = g_key_file_get_value(file, SWEEP_GROUP, name, NULL);

    if (!value)
        value = g_key_file_get_value(file, group, key, NULL);
    return value;
}

/* One for each of the files; NULL unless all have the key and two differ in it. */
static GStrv differing_values(const GPtrArray *files, const char *group,
                              const char *key)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) values = NULL;
    bool is_varied = false;

    for (unsigned i = 0; i < files->len; i++) {
        g_autofree char *value = value_of(g_ptr_array_index(files, i), group, key);

        if (!value)
            return NULL;
        g_strv_builder_add(builder, value);
    }
    values = g_strv_builder_end(builder);
    for (unsigned i = 1; i < files->len; i++)
        is_varied = is_varied || !g_str_equal(values[0], values[i]);
    return is_varied ? g_steal_pointer(&values) : NULL;
}

/* Of a key in [sweep] that a section has as well, which has said it already. */
static bool is_said(GKeyFile *file, const char *group, const char *key)
{
    const char *point = strrchr(key, '.');
    g_autofree char *section = point ? g_strndup(key, (gsize)(point - key)) : NULL;

    return g_str_equal(group, SWEEP_GROUP) && point &&
           g_key_file_has_key(file, section, point + 1, NULL);
}

typedef void (*Tell)(void *data, const char *name, GStrv values);

static void tell_group(const GPtrArray *files, const char *group, Tell tell, void *data)
{
    GKeyFile *first = g_ptr_array_index(files, 0);
    g_auto(GStrv) keys = g_key_file_get_keys(first, group, NULL, NULL);

    for (unsigned i = 0; keys && keys[i]; i++) {
        g_auto(GStrv) values = differing_values(files, group, keys[i]);
        g_autofree char *name = g_strdup_printf("%s.%s", group, keys[i]);

        if (values && !is_said(first, group, keys[i]))
            tell(data, name, values);
    }
}

static void append_alone(GString *text, GKeyFile *of, GKeyFile *other, const char *who)
{
    g_auto(GStrv) groups = g_key_file_get_groups(of, NULL);

    for (unsigned i = 0; groups[i]; i++)
        if (!g_key_file_has_group(other, groups[i]))
            g_string_append_printf(text, "%s[%s] only in %s", text->len > 0 ? "; " : "",
                                   groups[i], who);
}

/* Each key in which the files differ, with the value that each of them has. */
static void tell_differences(const GPtrArray *files, Tell tell, void *data)
{
    g_auto(GStrv) groups = g_key_file_get_groups(g_ptr_array_index(files, 0), NULL);

    for (unsigned i = 0; groups[i]; i++)
        tell_group(files, groups[i], tell, data);
}

static void append_change(void *data, const char *name, GStrv values)
{
    GString *text = data;

    g_string_append_printf(text, "%s%s: %s → %s", text->len > 0 ? "; " : "", name,
                           values[0], values[1]);
}

char *settings_difference(const char *baseline, const char *other)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new(), files = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    g_ptr_array_add(texts, (char *)(uintptr_t)baseline);
    g_ptr_array_add(texts, (char *)(uintptr_t)other);
    files = parse_all(texts);
    if (!files)
        return NULL;
    tell_differences(files, append_change, text);
    append_alone(text, g_ptr_array_index(files, 0), g_ptr_array_index(files, 1),
                 "the baseline");
    append_alone(text, g_ptr_array_index(files, 1), g_ptr_array_index(files, 0),
                 "the other");
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

static void append_values(void *data, const char *name, GStrv values)
{
    GPtrArray *lines = data;

    for (unsigned i = 0; i < lines->len; i++) {
        g_autofree char *line = g_ptr_array_index(lines, i);

        lines->pdata[i] =
            g_strdup_printf("%s%s%s = %s", line, *line ? ", " : "", name, values[i]);
    }
}

GPtrArray *settings_differences(const GPtrArray *texts)
{
    g_autoptr(GPtrArray) files = parse_all(texts);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (unsigned i = 0; i < texts->len; i++)
        g_ptr_array_add(lines, g_strdup(""));
    if (files && texts->len > 0)
        tell_differences(files, append_values, lines);
    return lines;
}
