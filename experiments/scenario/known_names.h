/*
 * known_names.h - keys whose text is the name of something that the program has.
 */
#ifndef EXPERIMENTS_KNOWN_NAMES_H
#define EXPERIMENTS_KNOWN_NAMES_H

#include <glib.h>
#include <stdbool.h>

/* NULL if the text may stand at this key of groups of that kind: it is a known name, or
 * the key takes no such names. Else what was expected: "one of the placements dom0,
 * stub (did you mean stub?)". Free with g_free. */
char *known_names_expected(const char *kind, const char *key, const char *text);

/* Whether two keys that take texts take the same ones: names from one list, or, where
 * the program has no list, the texts of a key that is called the same. */
bool known_names_are_alike(const char *kind, const char *key, const char *other_kind,
                           const char *other_key);

/* "one of the placements"; NULL if the key takes no such names. Free with g_free. */
char *known_names_described(const char *kind, const char *key);

#endif
