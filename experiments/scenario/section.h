/*
 * section.h - one group of a scenario on its way from texts to structs.
 *
 * A section binds the tables of keys that the group accepts to the structs to fill,
 * reads it, and writes it again with every key at its effective value.
 */
#ifndef EXPERIMENTS_SECTION_H
#define EXPERIMENTS_SECTION_H

#include "experiments/input/ini.h"
#include "experiments/scenario/keys.h"

#define SECTION_BINDINGS   4
#define SECTION_SCHED_KEYS 8 /* with the end of the table */

typedef struct {
    IniGroup *group; /* a copy of what is written; empty if nothing is */
    IniBinding bindings[SECTION_BINDINGS];
    unsigned n_bindings;
    SchedParams *sched; /* NULL: takes none */
    bool is_change;     /* of parameters: those that are written, and no others */
    Option sched_table[SECTION_SCHED_KEYS];
} Section;

/* The group of that head, or an empty one. */
void section_init(Section *section, const IniFile *document, const char *head);
void section_clear(Section *section);

void section_bind(Section *section, const Option *table, void *fields);
/* Binds the parameters that the scheduler understands. Those that only others (of
 * SchedulerOps) understand may stand in the group, and say nothing. */
void section_bind_sched(Section *section, SchedParams *sched,
                        const SchedulerOps *scheduler, const GPtrArray *others);
/* Keys of the table that the group may have, and that say nothing unless a table bound
 * before has them, too. */
void section_ignore(Section *section, const Option *table);

/* Fills all bound structs. */
bool section_read(Section *section, GError **error);
/* Appends "[head]" and every key with its effective value, but for one: NULL, or its
 * name. */
void section_write(const Section *section, const char *left_out, GString *text);

/* An error at the key's entry, or at the group if it has none. */
void section_error(const Section *section, const char *key, const char *text,
                   GError **error, const char *expected, ...) G_GNUC_PRINTF(5, 6);
/* The same of a name that is not known (known_names.h). */
void section_refuse_name(const Section *section, const char *key, const char *name,
                         GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Section, section_clear)

#endif
