/*
 * key_file.h - a strict reader of [group] and key=value lines.
 *
 * GKeyFile's syntax with what GKeyFile lacks: every error names the line, a group or
 * key given twice is an error, and so is one that nobody asked for. Groups keep the
 * order of the file. Errors are GOLDEN_ERROR_INPUT.
 */
#ifndef EXPERIMENTS_GOLDEN_KEY_FILE_H
#define EXPERIMENTS_GOLDEN_KEY_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define GOLDEN_ERROR (golden_error_quark())

typedef enum {
    GOLDEN_ERROR_INPUT, /* a case that cannot be read or is not valid */
    GOLDEN_ERROR_WRITE, /* our own rows cannot be written */
} GoldenError;

GQuark golden_error_quark(void);

typedef struct {
    char *path;
    GPtrArray *groups; /* of KeyGroup, in the order of the file */
} KeyFile;

typedef struct {
    const char *path; /* the file's */
    char *name;
    unsigned line;
    GArray *entries;
    GString *known; /* the keys asked for so far, for the message about another */
} KeyGroup;

KeyFile *key_file_load(const char *path, GError **error);
void key_file_free(KeyFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyFile, key_file_free)

bool key_group_has(const KeyGroup *group, const char *key);
/* The text of the key, or NULL when it is absent; borrowed from the group. */
const char *key_group_take(KeyGroup *group, const char *key);
/* As key_group_take, but it is an error when the key is absent. */
const char *key_group_need(KeyGroup *group, const char *key, const char *expected,
                           GError **error);
bool key_group_need_int(KeyGroup *group, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error);
/* An absent key leaves value and is no error. */
bool key_group_take_int(KeyGroup *group, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error);

/* Sets "file:line: [group] key = text: expected ..." and returns false. */
bool key_group_refuse(const KeyGroup *group, const char *key, GError **error,
                      const char *format, ...) G_GNUC_PRINTF(4, 5);

/* False, and an error, when the group has a key that nobody has asked for. */
bool key_group_finish(const KeyGroup *group, GError **error);

#endif
