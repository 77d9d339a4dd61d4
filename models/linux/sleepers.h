/*
 * sleepers.h - who sleeps until when: a heap, the first to wake on top.
 *
 * A Sleeper lives inside what sleeps. Room is reserved beforehand, so that nothing is
 * allocated when it goes to sleep. Those that are due are woken in the order of their
 * numbers, not of their times: as a kernel that walks its list of tasks does it.
 */
#ifndef MODELS_SLEEPERS_H
#define MODELS_SLEEPERS_H

#include <glib.h>
#include <stdint.h>

typedef struct Sleeper Sleeper;

/* The fields are this file's, but for the number. */
struct Sleeper {
    int64_t due_ns;
    unsigned number;
    unsigned place; /* in the heap, whose top is 1; 0: not in it */
    Sleeper *next;  /* among those that are due */
};

/* Begins as zeros. */
typedef struct {
    Sleeper **heap; /* from 1 to n */
    unsigned n, n_reserved;
} Sleepers;

void sleepers_clear(Sleepers *self);
/* Room for n in all. */
void sleepers_reserve(Sleepers *self, unsigned n);

/* It must not be in the heap. */
void sleepers_add(Sleepers *self, Sleeper *sleeper, int64_t due_ns);
/* Harmless on one that is not in the heap. */
void sleepers_remove(Sleepers *self, Sleeper *sleeper);

/* TIME_NEVER_NS when there is none. */
int64_t sleepers_first_ns(const Sleepers *self);

/* Removes all that are due by now_ns; the first of them, linked by next in the order of
 * their numbers, or NULL. */
Sleeper *sleepers_take_due(Sleepers *self, int64_t now_ns);

#endif
