#include "experiments/golden/key_group.h"

#include "models/suggest.h"

#include <string.h>

KeyGroup *key_group_new(const IniGroup *group)
{
    KeyGroup *self = g_new(KeyGroup, 1);

    self->group = group;
    self->known = g_ptr_array_new();
    return self;
}

void key_group_free(KeyGroup *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->known);
    g_free(self);
}

static bool is_known(const KeyGroup *self, const char *key)
{
    for (unsigned i = 0; i < self->known->len; i++)
        if (strcmp(g_ptr_array_index(self->known, i), key) == 0)
            return true;
    return false;
}

const char *key_group_take(KeyGroup *self, const char *key)
{
    const IniEntry *entry = ini_group_find(self->group, key);

    if (!is_known(self, key))
        g_ptr_array_add(self->known, (char *)key);
    return entry ? entry->text : NULL;
}

const char *key_group_need(KeyGroup *self, const char *key, const char *expected,
                           GError **error)
{
    const char *text = key_group_take(self, key);

    if (!text)
        ini_group_error(self->group, error, "%s is missing: expected %s", key,
                        expected);
    return text;
}

bool key_group_refuse(const KeyGroup *self, const char *key, GError **error,
                      const char *expected, ...)
{
    g_autofree char *what = NULL;
    va_list arguments;

    va_start(arguments, expected);
    what = g_strdup_vprintf(expected, arguments);
    va_end(arguments);
    ini_entry_error(self->group, ini_group_find(self->group, key), error, "%s", what);
    return false;
}

bool key_group_take_int(KeyGroup *self, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error)
{
    const char *text = key_group_take(self, key);

    if (!text || g_ascii_string_to_signed(text, 10, low, high, value, NULL))
        return true;
    return key_group_refuse(self, key, error,
                            "an integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                            low, high);
}

bool key_group_need_int(KeyGroup *self, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error)
{
    return key_group_need(self, key, "an integer", error) &&
           key_group_take_int(self, key, low, high, value, error);
}

bool key_group_finish(const KeyGroup *self, GError **error)
{
    for (unsigned i = 0; i < self->group->entries->len; i++) {
        const IniEntry *entry = g_ptr_array_index(self->group->entries, i);
        g_autofree char *choice = NULL;

        if (is_known(self, entry->key))
            continue;
        choice = suggest_among(entry->key, self->known);
        ini_entry_error(self->group, entry, error, "one of the keys %s", choice);
        return false;
    }
    return true;
}
