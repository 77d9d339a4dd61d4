#include "experiments/golden/key_file.h"

#include <string.h>

typedef struct {
    char *key, *text;
    unsigned line;
    bool is_taken;
} Entry;

G_DEFINE_QUARK(hvmsim - golden - error, golden_error)

static void clear_entry(void *data)
{
    Entry *entry = data;

    g_free(entry->key);
    g_free(entry->text);
}

static KeyGroup *new_group(const char *path, const char *name, unsigned line)
{
    KeyGroup *group = g_new0(KeyGroup, 1);

    group->path = path;
    group->name = g_strdup(name);
    group->line = line;
    group->entries = g_array_new(false, false, sizeof(Entry));
    g_array_set_clear_func(group->entries, clear_entry);
    group->known = g_string_new(NULL);
    return group;
}

static void free_group(void *data)
{
    KeyGroup *group = data;

    g_free(group->name);
    g_array_unref(group->entries);
    g_string_free(group->known, true);
    g_free(group);
}

void key_file_free(KeyFile *file)
{
    if (!file)
        return;
    g_ptr_array_unref(file->groups);
    g_free(file->path);
    g_free(file);
}

static Entry *find_entry(const KeyGroup *group, const char *key)
{
    for (unsigned i = 0; i < group->entries->len; i++) {
        Entry *entry = &g_array_index(group->entries, Entry, i);

        if (strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

static const KeyGroup *find_group(const KeyFile *file, const char *name)
{
    for (unsigned i = 0; i < file->groups->len; i++) {
        const KeyGroup *group = g_ptr_array_index(file->groups, i);

        if (strcmp(group->name, name) == 0)
            return group;
    }
    return NULL;
}

static bool refuse_line(const KeyFile *file, unsigned line, GError **error,
                        const char *text, const char *expected)
{
    g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT, "%s:%u: %s: expected %s",
                file->path, line, text, expected);
    return false;
}

static bool add_group(KeyFile *file, char *text, unsigned line, GError **error)
{
    const size_t length = strlen(text);
    const KeyGroup *earlier;

    if (length < 3 || text[length - 1] != ']')
        return refuse_line(file, line, error, text, "a group such as [host]");
    text[length - 1] = '\0';
    earlier = find_group(file, text + 1);
    if (earlier) {
        g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT,
                    "%s:%u: [%s]: expected each group once, line %u has it already",
                    file->path, line, text + 1, earlier->line);
        return false;
    }
    g_ptr_array_add(file->groups, new_group(file->path, text + 1, line));
    return true;
}

static bool add_entry(KeyFile *file, char *text, unsigned line, GError **error)
{
    char *equals = strchr(text, '=');
    Entry entry = { .line = line };
    KeyGroup *group;

    if (!equals || equals == text)
        return refuse_line(file, line, error, text, "key=value, [group] or # comment");
    if (file->groups->len == 0)
        return refuse_line(file, line, error, text, "a [group] before the first key");
    *equals = '\0';
    group = g_ptr_array_index(file->groups, file->groups->len - 1);
    g_strchomp(text);
    if (find_entry(group, text)) {
        g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT,
                    "%s:%u: [%s] %s: expected each key once, line %u has it already",
                    file->path, line, group->name, text, find_entry(group, text)->line);
        return false;
    }
    entry.key = g_strdup(text);
    entry.text = g_strdup(g_strchug(equals + 1));
    g_array_append_val(group->entries, entry);
    return true;
}

static bool add_line(KeyFile *file, char *text, unsigned line, GError **error)
{
    g_strstrip(text);
    if (*text == '\0' || *text == '#')
        return true;
    return *text == '[' ? add_group(file, text, line, error)
                        : add_entry(file, text, line, error);
}

KeyFile *key_file_load(const char *path, GError **error)
{
    g_autoptr(KeyFile) file = g_new0(KeyFile, 1);
    g_autoptr(GError) cause = NULL;
    g_autofree char *contents = NULL;
    g_auto(GStrv) lines = NULL;
    size_t length;

    file->path = g_strdup(path);
    file->groups = g_ptr_array_new_with_free_func(free_group);
    if (!g_file_get_contents(path, &contents, &length, &cause)) {
        g_set_error_literal(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT, cause->message);
        return NULL;
    }
    if (!g_utf8_validate(contents, (gssize)length, NULL)) {
        g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT, "%s: expected UTF-8 text",
                    path);
        return NULL;
    }
    lines = g_strsplit(contents, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        if (!add_line(file, lines[i], i + 1, error))
            return NULL;
    return g_steal_pointer(&file);
}

bool key_group_has(const KeyGroup *group, const char *key)
{
    return find_entry(group, key) != NULL;
}

const char *key_group_take(KeyGroup *group, const char *key)
{
    Entry *entry = find_entry(group, key);

    g_string_append_printf(group->known, "%s%s", group->known->len > 0 ? ", " : "",
                           key);
    if (!entry)
        return NULL;
    entry->is_taken = true;
    return entry->text;
}

const char *key_group_need(KeyGroup *group, const char *key, const char *expected,
                           GError **error)
{
    const char *text = key_group_take(group, key);

    if (!text)
        g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT,
                    "%s:%u: [%s] %s is missing: expected %s", group->path, group->line,
                    group->name, key, expected);
    return text;
}

bool key_group_refuse(const KeyGroup *group, const char *key, GError **error,
                      const char *format, ...)
{
    const Entry *entry = find_entry(group, key);
    g_autofree char *expected = NULL;
    va_list arguments;

    va_start(arguments, format);
    expected = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT,
                "%s:%u: [%s] %s = %s: expected %s", group->path,
                entry ? entry->line : group->line, group->name, key,
                entry ? entry->text : "", expected);
    return false;
}

static bool parse_int(const KeyGroup *group, const char *key, const char *text,
                      const int64_t range[2], int64_t *value, GError **error)
{
    if (g_ascii_string_to_signed(text, 10, range[0], range[1], value, NULL))
        return true;
    return key_group_refuse(group, key, error,
                            "an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                            range[0], range[1]);
}

bool key_group_take_int(KeyGroup *group, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error)
{
    const char *text = key_group_take(group, key);

    return !text || parse_int(group, key, text, (int64_t[]){ low, high }, value, error);
}

bool key_group_need_int(KeyGroup *group, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error)
{
    const char *text = key_group_need(group, key, "an integer", error);

    return text && parse_int(group, key, text, (int64_t[]){ low, high }, value, error);
}

bool key_group_finish(const KeyGroup *group, GError **error)
{
    for (unsigned i = 0; i < group->entries->len; i++) {
        const Entry *entry = &g_array_index(group->entries, Entry, i);

        if (entry->is_taken)
            continue;
        g_set_error(error, GOLDEN_ERROR, GOLDEN_ERROR_INPUT,
                    "%s:%u: [%s] %s = %s: unknown key, expected one of %s", group->path,
                    entry->line, group->name, entry->key, entry->text,
                    group->known->str);
        return false;
    }
    return true;
}
