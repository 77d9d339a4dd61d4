/*
 * key_group.h - a group of a golden scenario, its keys taken one by one.
 *
 * Which keys a group may have depends on other keys, so they are asked for in code
 * rather than listed in a table; one that nobody has asked for is an error. All errors
 * are EXPERIMENT_ERROR_INPUT and name file, line, group, key, text and what was
 * expected.
 */
#ifndef EXPERIMENTS_GOLDEN_KEY_GROUP_H
#define EXPERIMENTS_GOLDEN_KEY_GROUP_H

#include "experiments/input/ini.h"

typedef struct {
    const IniGroup *group; /* borrowed */
    GPtrArray *known;      /* of const char *: the keys asked for */
} KeyGroup;

KeyGroup *key_group_new(const IniGroup *group);
void key_group_free(KeyGroup *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyGroup, key_group_free)

/* The text of the key, or NULL when it is absent. Borrowed from the file; so should be
 * the key: a literal. */
const char *key_group_take(KeyGroup *self, const char *key);
/* As key_group_take, but it is an error when the key is absent. */
const char *key_group_need(KeyGroup *self, const char *key, const char *expected,
                           GError **error);
bool key_group_need_int(KeyGroup *self, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error);
/* An absent key leaves value and is no error. */
bool key_group_take_int(KeyGroup *self, const char *key, int64_t low, int64_t high,
                        int64_t *value, GError **error);

/* Sets the error of a key that the group has; false. */
bool key_group_refuse(const KeyGroup *self, const char *key, GError **error,
                      const char *expected, ...) G_GNUC_PRINTF(4, 5);

/* False, and an error, when the group has a key that nobody has asked for. */
bool key_group_finish(const KeyGroup *self, GError **error);

#endif
