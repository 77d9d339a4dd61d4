/*
 * sweep.h - the [sweep] group: which keys vary, and which combinations are run.
 *
 *     [sweep]
 *     device-model.placement = dom0, stub
 *     domain guest.count = 1, 2, 4..8
 *     domain guest.weight = 256, 512, 1024
 *     lockstep = domain guest.count, domain guest.weight
 *     constraint = domain guest.count <= host.pcpus or device-model.placement = stub
 *
 * A key is GROUP.KEY. Axes are crossed, the first varying slowest; those of a lockstep
 * line take their first values together, then their second, as one axis in the place
 * of the first of them. 4..8 stands for 4, 5, 6, 7, 8, and 4..16 step 4 for 4, 8, 12,
 * 16. Every constraint line must hold; its alternatives are joined by "or", and its
 * right side may be a key or a text.
 */
#ifndef EXPERIMENTS_SWEEP_H
#define EXPERIMENTS_SWEEP_H

#include "experiments/input/ini.h"

/* GROUP.KEY taken apart: "domain guest" and "count". */
typedef struct {
    char *head, *key;
} KeyName;

/* Also takes domain.guest.count. False if the text has no group and key. */
bool key_name_parse(const char *text, KeyName *name);
void key_name_clear(KeyName *name);

typedef struct {
    char *text; /* "domain guest.count", as results name the factor */
    KeyName name;
    GPtrArray *values;     /* of char *, owned */
    const IniEntry *entry; /* borrowed from the group */
    unsigned step;         /* the axes of one step vary together */
} SweepAxis;

typedef struct {
    GPtrArray *axes;        /* of SweepAxis, owned */
    GPtrArray *constraints; /* of IniEntry, borrowed from the group */
    const IniGroup *group;  /* borrowed; NULL without a sweep */
} Sweep;

/* group may be NULL: one combination without factors. Borrows the group. */
Sweep *sweep_new(const IniGroup *group, GError **error);
void sweep_free(Sweep *sweep);

/* Of all combinations, constraints apart. */
unsigned sweep_count(const Sweep *sweep);
/* The text that the axis has in a combination. */
const char *sweep_value(const Sweep *sweep, unsigned axis, unsigned combination);

/* The text that a key has in some combination; NULL if there is no such key. */
typedef const char *(*SweepLookup)(void *data, const KeyName *name);

/* Whether all constraints hold. False in *is_kept, or false and an error. */
bool sweep_check_constraints(const Sweep *sweep, SweepLookup lookup, void *data,
                             bool *is_kept, GError **error);

/* What a value text is as a number in its base unit; NAN if it is none. */
double sweep_number(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sweep, sweep_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KeyName, key_name_clear)

#endif
