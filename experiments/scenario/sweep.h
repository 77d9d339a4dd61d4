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
 * of the first of them. Ranges such as 4..8 stand for their values (sweep_range.h).
 * Every constraint line must hold (constraint.h).
 */
#ifndef EXPERIMENTS_SWEEP_H
#define EXPERIMENTS_SWEEP_H

#include "experiments/scenario/key_name.h"

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

/* Whether the values of each axis differ as its key reads them: 1ms and 1000us do not.
 * The document is a combination, the schedulers are those of all. */
bool sweep_check_values(const Sweep *sweep, const IniFile *document,
                        const GPtrArray *schedulers, GError **error);

/* How many constraints hold, from the first one to the first that does not, in the
 * combination that the document is; the schedulers are those of all combinations. False
 * and an error if one compares what cannot be compared. */
bool sweep_check_constraints(const Sweep *sweep, const IniFile *document,
                             const GPtrArray *schedulers, unsigned *n_held,
                             GError **error);

/* What a value text is as a number in its base unit; NAN if it is none. */
double sweep_number(const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sweep, sweep_free)

#endif
