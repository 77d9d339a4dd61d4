#include "results/factor_title.h"

#include <glib.h>
#include <string.h>

/* "hog" of "domain hog". */
static const char *subject_of(const char *section)
{
    const char *space = strchr(section, ' ');

    return space ? space + 1 : section;
}

static bool goes_without_saying(const char *section)
{
    static const char *const sections[] = { "run", "host", "device-model", NULL };

    return g_strv_contains(sections, section);
}

static char *title_of(const char *section, const char *word)
{
    const char *subject = subject_of(section);

    if (g_str_equal(word, "name"))
        return g_strdup(subject);
    if (g_str_equal(word, "count"))
        return g_str_has_prefix(subject, "guest")
                   ? g_strdup(FACTOR_GUESTS)
                   : g_strdup_printf("number of %s", subject);
    return goes_without_saying(section) ? g_strdup(word)
                                        : g_strdup_printf("%s %s", subject, word);
}

char *factor_title(const char *key)
{
    const char *point = strrchr(key, '.');
    g_autofree char *section = point ? g_strndup(key, (gsize)(point - key)) : NULL;

    return point ? title_of(section, point + 1) : g_strdup(key);
}

bool factor_is_called(const char *key, const char *name)
{
    g_autofree char *title = factor_title(key);
    const size_t length = strlen(key), n = strlen(name);

    if (g_str_equal(title, name))
        return true;
    return n > 0 && n < length && g_str_has_suffix(key, name) &&
           strchr(". ", key[length - n - 1]) != NULL;
}
