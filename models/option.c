#include "models/option.h"

#include <string.h>

const Option *option_find(const Option *table, const char *key)
{
    for (const Option *option = table; option && option->key; option++)
        if (strcmp(option->key, key) == 0)
            return option;
    return NULL;
}

char *option_expected(const Option *option)
{
    g_autofree char *low = NULL, *high = NULL, *words = NULL;

    switch (option->kind) {
    case OPTION_BOOL:
        return g_strdup("yes or no");
    case OPTION_TEXT:
        return g_strdup("a text");
    case OPTION_FILE:
        return g_strdup("the name or path of a file");
    case OPTION_CHOICE:
        words = g_strjoinv(", ", (char **)option->choices);
        return g_strdup_printf("one of %s", words);
    case OPTION_INTEGER:
        low = units_format(option->low, option->unit);
        high = units_format(option->high, option->unit);
        return g_strdup_printf("%s, from %s to %s", units_describe(option->unit), low,
                               high);
    }
    g_assert_not_reached();
}

static bool parse_bool(const char *text, bool *value)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return false;
    *value = strcmp(text, "yes") == 0;
    return true;
}

static bool parse_choice(const Option *option, const char *text, int *value)
{
    for (int i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) != 0)
            continue;
        *value = i;
        return true;
    }
    return false;
}

static bool parse_integer(const Option *option, const char *text, int64_t *value)
{
    int64_t parsed;

    if (!units_parse(text, option->unit, &parsed) || parsed < option->low ||
        parsed > option->high)
        return false;
    *value = parsed;
    return true;
}

static bool parse_text(const char *text, char **value)
{
    g_free(*value);
    *value = g_strdup(text);
    return true;
}

bool option_parse(const Option *option, const char *text, void *options)
{
    void *field = (char *)options + option->offset;

    switch (option->kind) {
    case OPTION_BOOL:
        return parse_bool(text, field);
    case OPTION_CHOICE:
        return parse_choice(option, text, field);
    case OPTION_TEXT:
    case OPTION_FILE:
        return parse_text(text, field);
    case OPTION_INTEGER:
        return parse_integer(option, text, field);
    }
    g_assert_not_reached();
}

void option_set_defaults(const Option *table, void *options)
{
    for (const Option *option = table; option && option->key; option++) {
        const bool is_valid = option_parse(option, option->default_text, options);

        g_assert(is_valid);
    }
}

void option_clear(const Option *table, void *options)
{
    for (const Option *option = table; option && option->key; option++)
        if (option->kind == OPTION_TEXT || option->kind == OPTION_FILE)
            g_clear_pointer((char **)(void *)((char *)options + option->offset),
                            g_free);
}

char *option_format(const Option *option, const void *options)
{
    const void *field = (const char *)options + option->offset;

    switch (option->kind) {
    case OPTION_BOOL:
        return g_strdup(*(const bool *)field ? "yes" : "no");
    case OPTION_TEXT:
    case OPTION_FILE:
        return g_strdup(*(char *const *)field);
    case OPTION_CHOICE:
        return g_strdup(option->choices[*(const int *)field]);
    case OPTION_INTEGER:
        return units_format(*(const int64_t *)field, option->unit);
    }
    g_assert_not_reached();
}
