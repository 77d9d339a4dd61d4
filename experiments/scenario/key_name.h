/*
 * key_name.h - a key of a scenario by its name, GROUP.KEY.
 */
#ifndef EXPERIMENTS_KEY_NAME_H
#define EXPERIMENTS_KEY_NAME_H

#include "experiments/input/ini.h"

/* Taken apart: "domain guest" and "count". */
typedef struct {
    char *head, *key;
} KeyName;

/* Also takes domain.guest.count. False if the text has no group and key. */
bool key_name_parse(const char *text, KeyName *name);
void key_name_clear(KeyName *name);

/* All borrowed. */
typedef struct {
    const char *kind;     /* of its group: "domain" */
    const Option *option; /* what its texts are */
    const char *text;     /* what is written, else the default */
} FoundKey;

/* Looks a name up in a document, whose combination is one of several that use these
 * schedulers (of SchedulerOps). False if no such key can stand there. */
bool key_name_find(const KeyName *name, const IniFile *document,
                   const GPtrArray *schedulers, FoundKey *found);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeyName, key_name_clear)

#endif
