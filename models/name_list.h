/*
 * name_list.h - the things of one kind that a user may name: schedulers, placements.
 */
#ifndef MODELS_NAME_LIST_H
#define MODELS_NAME_LIST_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    const char *kind;                    /* for messages: "scheduler" */
    const char *(*name)(unsigned index); /* borrowed; NULL from their number on */
} NameList;

/* The index of that name. False and MODEL_ERROR_UNKNOWN_NAME, which lists the known
 * names, if there is none. */
bool name_list_find(const NameList *list, const char *name, unsigned *index,
                    GError **error);

#endif
