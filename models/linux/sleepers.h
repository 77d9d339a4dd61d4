/*
 * sleepers.h - who sleeps until when: a heap, the first to wake on top.
 *
 * The heap is lazy: waking and sleeping longer only change due_ns; an entry moves when
 * its old key, heap_ns, has come to the top. A process mostly sleeps for a moment with
 * a timeout far away, is woken, and sleeps again, which so costs nothing.
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
typedef struct Sleepers Sleepers;

/* The fields are this file's, but for the number. */
struct Sleeper {
    int64_t due_ns;  /* TIME_NEVER_NS, or no place yet: awake */
    int64_t heap_ns; /* what the heap orders it by: no later than due_ns */
    Sleepers *among; /* where it has a place, or had one */
    unsigned number;
    unsigned place; /* in the heap, whose top is 1; 0: none */
    Sleeper *next;  /* among those that are due */
};

/* Begins as zeros. */
struct Sleepers {
    Sleeper **heap; /* from 1 to n */
    unsigned n, n_reserved;
};

void sleepers_clear(Sleepers *self);
/* Room for n in all. */
void sleepers_reserve(Sleepers *self, unsigned n);

/* It must be awake; it may have slept among others before. due_ns: an instant. */
void sleepers_add(Sleepers *self, Sleeper *sleeper, int64_t due_ns);
/* Wakes it; harmless if it is awake. */
void sleepers_remove(Sleeper *sleeper);

/* TIME_NEVER_NS when there is none. */
int64_t sleepers_first_ns(Sleepers *self);

/* Removes all that are due by now_ns; the first of them, linked by next in the order of
 * their numbers, or NULL. */
Sleeper *sleepers_take_due(Sleepers *self, int64_t now_ns);

#endif
