#include "experiments/input/ini.h"

#include "experiments/input/error.h"
#include "experiments/input/text_file.h"
#include "models/suggest.h"

#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors begin UTF-8 with it */

char *ini_place_format(IniPlace place)
{
    return place.line > 0 ? g_strdup_printf("%s:%u", place.path, place.line)
                          : g_strdup(place.path);
}

static void place_error(IniPlace place, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void place_error(IniPlace place, GError **error, const char *format, ...)
{
    g_autofree char *where = ini_place_format(place);
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT, "%s: %s", where, what);
}

void ini_entry_error(const IniGroup *group, const IniEntry *entry, GError **error,
                     const char *expected, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, expected);
    what = g_strdup_vprintf(expected, args);
    va_end(args);
    place_error(entry->place, error, "[%s] %s = %s: expected %s", group->head,
                entry->key, entry->text, what);
}

void ini_group_error(const IniGroup *group, GError **error, const char *message, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, message);
    what = g_strdup_vprintf(message, args);
    va_end(args);
    place_error(group->place, error, "[%s] %s", group->head, what);
}

static void entry_free(void *data)
{
    IniEntry *entry = data;

    g_free(entry->key);
    g_free(entry->text);
    g_free(entry);
}

IniGroup *ini_group_new(const char *head, IniPlace place)
{
    const char *space = strchr(head, ' ');
    IniGroup *group = g_new0(IniGroup, 1);

    group->head = g_strdup(head);
    group->kind = space ? g_strndup(head, (gsize)(space - head)) : g_strdup(head);
    group->name = g_strdup(space ? space + 1 : "");
    group->place = place;
    group->entries = g_ptr_array_new_with_free_func(entry_free);
    return group;
}

void ini_group_free(IniGroup *group)
{
    if (!group)
        return;
    g_ptr_array_free(group->entries, TRUE);
    g_free(group->head);
    g_free(group->kind);
    g_free(group->name);
    g_free(group);
}

static void group_free(void *group)
{
    ini_group_free(group);
}

void ini_group_add(IniGroup *group, const char *key, const char *text, IniPlace place)
{
    IniEntry *entry = g_new0(IniEntry, 1);

    entry->key = g_strdup(key);
    entry->text = g_strdup(text);
    entry->place = place;
    g_ptr_array_add(group->entries, entry);
}

IniGroup *ini_group_copy(const IniGroup *group)
{
    IniGroup *copy = ini_group_new(group->head, group->place);

    for (unsigned i = 0; i < group->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(group->entries, i);

        ini_group_add(copy, entry->key, entry->text, entry->place);
    }
    return copy;
}

IniEntry *ini_group_find(const IniGroup *group, const char *key)
{
    for (unsigned i = 0; i < group->entries->len; i++) {
        IniEntry *entry = g_ptr_array_index(group->entries, i);

        if (strcmp(entry->key, key) == 0)
            return entry;
    }
    return NULL;
}

void ini_group_set(IniGroup *group, const char *key, const char *text, IniPlace place)
{
    IniEntry *entry = ini_group_find(group, key);

    if (!entry) {
        ini_group_add(group, key, text, place);
        return;
    }
    g_free(entry->text);
    entry->text = g_strdup(text);
    entry->place = place;
}

void ini_group_remove(IniGroup *group, const char *key)
{
    IniEntry *entry = ini_group_find(group, key);

    if (entry)
        g_ptr_array_remove(group->entries, entry);
}

IniGroup *ini_file_find(const IniFile *file, const char *head)
{
    for (unsigned i = 0; i < file->groups->len; i++) {
        IniGroup *group = g_ptr_array_index(file->groups, i);

        if (strcmp(group->head, head) == 0)
            return group;
    }
    return NULL;
}

IniGroup *ini_file_add_group(IniFile *file, const char *head, IniPlace place)
{
    IniGroup *group = ini_group_new(head, place);

    g_ptr_array_add(file->groups, group);
    return group;
}

static IniFile *file_new(const char *path)
{
    IniFile *file = g_new0(IniFile, 1);

    file->path = g_strdup(path);
    file->groups = g_ptr_array_new_with_free_func(group_free);
    return file;
}

IniFile *ini_file_copy(const IniFile *file)
{
    IniFile *copy = file_new(file->path);

    for (unsigned i = 0; i < file->groups->len; i++)
        g_ptr_array_add(copy->groups,
                        ini_group_copy(g_ptr_array_index(file->groups, i)));
    return copy;
}

void ini_file_free(IniFile *file)
{
    if (!file)
        return;
    g_ptr_array_free(file->groups, TRUE);
    g_free(file->path);
    g_free(file);
}

static bool is_word(const char *text)
{
    if (*text == '\0')
        return false;
    for (; *text; text++)
        if (!g_ascii_isalnum(*text) && !strchr("-_+.", *text))
            return false;
    return true;
}

/* One word, or two with one space between them. */
static bool is_head(const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    const guint n = g_strv_length(words);

    return (n == 1 || n == 2) && is_word(words[0]) && (n == 1 || is_word(words[1]));
}

static bool read_head(IniFile *file, char *line, IniPlace place, GError **error)
{
    const size_t length = strlen(line);
    const IniGroup *before;

    if (line[length - 1] != ']') {
        place_error(place, error, "%s: expected a closing ]", line);
        return false;
    }
    line[length - 1] = '\0';
    line = g_strstrip(line + 1);
    if (!is_head(line)) {
        place_error(place, error,
                    "[%s]: expected a group, such as [host] or [domain web]", line);
        return false;
    }
    before = ini_file_find(file, line);
    if (before) {
        place_error(place, error, "[%s]: expected each group once, and line %u has it",
                    line, before->place.line);
        return false;
    }
    ini_file_add_group(file, line, place);
    return true;
}

/* Ends the text where a comment begins: # at the start, or behind a space. */
static void cut_comment(char *text)
{
    for (char *c = text; *c; c++)
        if (*c == '#' && (c == text || g_ascii_isspace(c[-1]))) {
            *c = '\0';
            return;
        }
}

static bool add_unique(IniGroup *group, const char *key, const char *text,
                       IniPlace place, IniRepeatable repeatable, GError **error)
{
    const IniEntry *before = ini_group_find(group, key);

    if (before && !(repeatable && g_strv_contains(repeatable, key))) {
        place_error(place, error,
                    "[%s] %s = %s: expected each key once, and line %u has it",
                    group->head, key, text, before->place.line);
        return false;
    }
    ini_group_add(group, key, text, place);
    return true;
}

static bool read_entry(IniFile *file, char *line, IniPlace place,
                       IniRepeatable repeatable, GError **error)
{
    IniGroup *group = file->groups->len > 0
                          ? g_ptr_array_index(file->groups, file->groups->len - 1)
                          : NULL;
    char *equals = strchr(line, '=');
    char *text;

    if (!equals || equals == line) {
        place_error(place, error, "%s: expected [group] or key = text", line);
        return false;
    }
    if (!group) {
        place_error(place, error, "%s: expected a [group] before the first key", line);
        return false;
    }
    *equals = '\0';
    text = g_strstrip(equals + 1);
    g_strchomp(line);
    if (*text == '\0') {
        place_error(place, error, "[%s] %s: expected a text behind the =", group->head,
                    line);
        return false;
    }
    return add_unique(group, line, text, place, repeatable, error);
}

static bool read_line(IniFile *file, char *line, IniPlace place,
                      IniRepeatable repeatable, GError **error)
{
    cut_comment(line);
    line = g_strstrip(line);
    if (*line == '\0')
        return true;
    if (*line == '[')
        return read_head(file, line, place, error);
    return read_entry(file, line, place, repeatable, error);
}

/* The number of the line in which the byte lies. */
static unsigned line_of(const char *text, const char *byte)
{
    unsigned line = 1;

    for (; text < byte; text++)
        line += *text == '\n';
    return line;
}

IniFile *ini_file_parse(const char *path, const char *text, size_t length,
                        IniRepeatable repeatable, GError **error)
{
    g_autoptr(IniFile) file = file_new(path);
    g_auto(GStrv) lines = NULL;
    const char *invalid;

    if (!g_utf8_validate(text, (gssize)length, &invalid)) {
        place_error((IniPlace){ path, line_of(text, invalid) }, error,
                    "byte 0x%02x: expected text in UTF-8",
                    (unsigned)(unsigned char)*invalid);
        return NULL;
    }
    if (g_str_has_prefix(text, BYTE_ORDER_MARK))
        text += strlen(BYTE_ORDER_MARK);
    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        if (!read_line(file, lines[i], (IniPlace){ file->path, i + 1 }, repeatable,
                       error))
            return NULL;
    return g_steal_pointer(&file);
}

IniFile *ini_file_load(const char *path, IniRepeatable repeatable, GError **error)
{
    g_autoptr(GString) text = text_file_read(path, error);

    return text ? ini_file_parse(path, text->str, text->len, repeatable, error) : NULL;
}

static void unknown_key(const IniGroup *group, const IniEntry *entry,
                        const IniBinding *bindings, unsigned n, GError **error)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autofree char *choice = NULL;

    for (unsigned i = 0; i < n; i++)
        for (const Option *option = bindings[i].table; option && option->key; option++)
            g_ptr_array_add(known, (char *)option->key);
    choice = suggest_among(entry->key, known);
    ini_entry_error(group, entry, error, "one of the keys %s", choice);
}

/* Through a field of its own, to be thrown away. */
char *ini_text_value(const Option *option, const char *text)
{
    Option table[] = { *option, { 0 } };
    union {
        int64_t number;
        char *text;
    } field = { .text = NULL };
    char *value = NULL;

    table[0].offset = 0;
    if (option_parse(table, text, &field))
        value = option_format(table, &field);
    option_clear(table, &field);
    return value;
}

char *ini_text_expected(const Option *option, const char *text)
{
    g_autofree char *expected = option_expected(option);
    g_autofree char *value = ini_text_value(option, text);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *nearest;

    if (value)
        return NULL;
    for (unsigned i = 0; option->kind == OPTION_CHOICE && option->choices[i]; i++)
        g_ptr_array_add(words, (char *)option->choices[i]);
    nearest = suggest_word(text, words);
    return nearest ? g_strdup_printf("%s (did you mean %s?)", expected, nearest)
                   : g_steal_pointer(&expected);
}

static bool read_key(const IniGroup *group, const IniEntry *entry,
                     const IniBinding *bindings, unsigned n, GError **error)
{
    g_autofree char *expected = NULL;

    for (unsigned i = 0; i < n; i++) {
        const Option *option = option_find(bindings[i].table, entry->key);

        if (!option)
            continue;
        if (option_parse(option, entry->text, bindings[i].fields))
            return true;
        expected = ini_text_expected(option, entry->text);
        ini_entry_error(group, entry, error, "%s", expected);
        return false;
    }
    unknown_key(group, entry, bindings, n, error);
    return false;
}

bool ini_group_read(const IniGroup *group, const IniBinding *bindings, unsigned n,
                    GError **error)
{
    for (unsigned i = 0; i < n; i++)
        option_set_defaults(bindings[i].table, bindings[i].fields);
    for (unsigned i = 0; i < group->entries->len; i++)
        if (!read_key(group, g_ptr_array_index(group->entries, i), bindings, n, error))
            return false;
    return true;
}
