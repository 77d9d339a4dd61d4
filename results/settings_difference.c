#include "results/settings_difference.h"

#include <glib.h>

static void append_key(GString *text, const char *group, const char *key,
                       const char *baseline, const char *other)
{
    g_string_append_printf(text, "%s%s.%s: %s → %s", text->len > 0 ? "; " : "", group,
                           key, baseline, other);
}

static void compare_group(GString *text, GKeyFile *baseline, GKeyFile *other,
                          const char *group)
{
    g_auto(GStrv) keys = g_key_file_get_keys(baseline, group, NULL, NULL);

    for (unsigned i = 0; keys && keys[i]; i++) {
        g_autofree char *before = g_key_file_get_value(baseline, group, keys[i], NULL);
        g_autofree char *after = g_key_file_get_value(other, group, keys[i], NULL);

        if (after && !g_str_equal(before, after))
            append_key(text, group, keys[i], before, after);
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

char *settings_difference(const char *baseline, const char *other)
{
    g_autoptr(GKeyFile) before = g_key_file_new(), after = g_key_file_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_auto(GStrv) groups = NULL;

    if (!g_key_file_load_from_data(before, baseline, (gsize)-1, G_KEY_FILE_NONE,
                                   NULL) ||
        !g_key_file_load_from_data(after, other, (gsize)-1, G_KEY_FILE_NONE, NULL))
        return NULL;
    groups = g_key_file_get_groups(before, NULL);
    for (unsigned i = 0; groups[i]; i++)
        compare_group(text, before, after, groups[i]);
    append_alone(text, before, after, "the baseline");
    append_alone(text, after, before, "the other");
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}
