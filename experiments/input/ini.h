/*
 * ini.h - the strict line reader of scenario and profile files.
 *
 * The syntax is GKeyFile's: [group], key = text, comments. Unlike GKeyFile it keeps
 * the line of every entry, refuses repeated groups and keys, and takes " # ..." behind
 * a text for a comment. A group's head is one word or two, as in [domain web].
 *
 * Every message reads `file:line: [group] key = text: expected ...`.
 */
#ifndef EXPERIMENTS_INI_H
#define EXPERIMENTS_INI_H

#include "models/option.h"

#include <stdbool.h>

/* Where a text was written. */
typedef struct {
    const char *path; /* borrowed from the file, or the word "--set" */
    unsigned line;    /* from 1; 0 when the place has no lines */
} IniPlace;

typedef struct {
    char *key, *text;
    IniPlace place;
} IniEntry;

typedef struct {
    char *head; /* as written between the brackets: "domain web" */
    char *kind; /* its first word: "domain" */
    char *name; /* its second word, or "" */
    IniPlace place;
    GPtrArray *entries; /* of IniEntry, owned */
} IniGroup;

typedef struct {
    char *path;
    GPtrArray *groups; /* of IniGroup, owned, in the order of the file */
} IniFile;

/* May stand more than once in a group; ends with NULL. */
typedef const char *const *IniRepeatable;

/* NULL and an error. repeatable may be NULL. text: of that length, without the NUL that
 * must end it. */
IniFile *ini_file_load(const char *path, IniRepeatable repeatable, GError **error);
IniFile *ini_file_parse(const char *path, const char *text, size_t length,
                        IniRepeatable repeatable, GError **error);
/* With the same groups and entries; their places are borrowed from the file. */
IniFile *ini_file_copy(const IniFile *file);
void ini_file_free(IniFile *file);

/* NULL if there is none. */
IniGroup *ini_file_find(const IniFile *file, const char *head);
/* Adds an empty group at the end. */
IniGroup *ini_file_add_group(IniFile *file, const char *head, IniPlace place);

IniGroup *ini_group_new(const char *head, IniPlace place);
/* With the same entries. */
IniGroup *ini_group_copy(const IniGroup *group);
void ini_group_free(IniGroup *group);
/* The first entry of that key, or NULL. */
IniEntry *ini_group_find(const IniGroup *group, const char *key);
/* At the end, whatever the group has already. */
void ini_group_add(IniGroup *group, const char *key, const char *text, IniPlace place);
/* Replaces the text of a key, or adds the key at the end. */
void ini_group_set(IniGroup *group, const char *key, const char *text, IniPlace place);

/* Harmless if there is no such key. */
void ini_group_remove(IniGroup *group, const char *key);

/* A table of keys and the struct that its fields lie in. */
typedef struct {
    const Option *table; /* NULL: none */
    void *fields;
} IniBinding;

/* Fills the fields of all bindings (n of them) with their defaults, then with what the
 * group says. A key in none of the tables is an error. */
bool ini_group_read(const IniGroup *group, const IniBinding *bindings, unsigned n,
                    GError **error);

/* NULL if the text may stand at that key; else what was expected: "one of fixed, ssd
 * (did you mean ssd?)". Free with g_free. */
char *ini_text_expected(const Option *option, const char *text);
/* The shortest text of the same value: "1ms" for 1000us. NULL if the text may not stand
 * at that key. Free with g_free. */
char *ini_text_value(const Option *option, const char *text);

/* The messages. An error at an entry, or of a whole group; `expected` is printf-like:
 * what should have stood there. */
void ini_entry_error(const IniGroup *group, const IniEntry *entry, GError **error,
                     const char *expected, ...) G_GNUC_PRINTF(4, 5);
void ini_group_error(const IniGroup *group, GError **error, const char *message, ...)
    G_GNUC_PRINTF(3, 4);
/* "file:line", or the path alone when there are no lines. Free with g_free. */
char *ini_place_format(IniPlace place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(IniFile, ini_file_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IniGroup, ini_group_free)

#endif
