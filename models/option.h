/*
 * option.h - a key that a scheduler, device or placement accepts, as data.
 *
 * A plug declares a table of Options next to its code; the scenario loader, the
 * messages and `hvmsim list keys` read it. A table ends with { 0 }.
 */
#ifndef MODELS_OPTION_H
#define MODELS_OPTION_H

#include "sim/units.h"

#include <glib.h>
#include <stddef.h>

typedef enum {
    OPTION_INTEGER, /* an int64_t in the base unit of `unit` */
    OPTION_BOOL,    /* a bool: "yes" or "no" */
    OPTION_CHOICE,  /* an int: the index of the word in `choices` */
    OPTION_TEXT,    /* a char *, owned by the options: a name or a list */
    OPTION_FILE,    /* the same: a file, which the scenario's reader looks up */
} OptionKind;

typedef struct {
    const char *key;
    const char *default_text;
    const char *help;
    OptionKind kind;
    Unit unit;
    size_t offset; /* of the field in the plug's options struct */
    int64_t low, high;
    const char *const *choices; /* ends with NULL */
} Option;

/* An integer from low to high in that Unit. */
#define OPTION_UNIT_FIELD(Struct, field, unit_, key_, default_, low_, high_, help_)    \
    {                                                                                  \
        .key = key_, .default_text = default_, .help = help_, .kind = OPTION_INTEGER,  \
        .unit = unit_, .offset = offsetof(Struct, field), .low = low_, .high = high_   \
    }
#define OPTION_NS_FIELD(Struct, field, key, default_, low, high, help)                 \
    OPTION_UNIT_FIELD(Struct, field, UNIT_NS, key, default_, low, high, help)
#define OPTION_INTEGER_FIELD(Struct, field, key, default_, low, high, help)            \
    OPTION_UNIT_FIELD(Struct, field, UNIT_NONE, key, default_, low, high, help)
#define OPTION_BYTES_FIELD(Struct, field, key, default_, low, high, help)              \
    OPTION_UNIT_FIELD(Struct, field, UNIT_BYTES, key, default_, low, high, help)
#define OPTION_BOOL_FIELD(Struct, field, key_, default_, help_)                        \
    {                                                                                  \
        .key = key_, .default_text = default_, .help = help_, .kind = OPTION_BOOL,     \
        .offset = offsetof(Struct, field)                                              \
    }
#define OPTION_CHOICE_FIELD(Struct, field, key_, default_, choices_, help_)            \
    {                                                                                  \
        .key = key_, .default_text = default_, .help = help_, .kind = OPTION_CHOICE,   \
        .offset = offsetof(Struct, field), .choices = choices_                         \
    }

#define OPTION_TEXT_FIELD(Struct, field, key_, default_, help_)                        \
    {                                                                                  \
        .key = key_, .default_text = default_, .help = help_, .kind = OPTION_TEXT,     \
        .offset = offsetof(Struct, field)                                              \
    }

#define OPTION_FILE_FIELD(Struct, field, key_, default_, help_)                        \
    {                                                                                  \
        .key = key_, .default_text = default_, .help = help_, .kind = OPTION_FILE,     \
        .offset = offsetof(Struct, field)                                              \
    }

/* The option of that key, or NULL. A NULL table has none. */
const Option *option_find(const Option *table, const char *key);

/* "a time such as 30ms from 1ms to 1s", "yes or no", "one of a, b, c". Free with
 * g_free. */
char *option_expected(const Option *option);

/* Reads the text into the field; false, and nothing changed, if it is not as expected.
 */
bool option_parse(const Option *option, const char *text, void *options);

/* Fills a zeroed options struct with every default. */
void option_set_defaults(const Option *table, void *options);

/* Frees what the fields own. */
void option_clear(const Option *table, void *options);

/* The field's value as a scenario would write it. Free with g_free. */
char *option_format(const Option *option, const void *options);

#endif
