/*
 * crash_guard.h - names the run that takes the process down.
 *
 * A failed assertion (or any other fatal signal, that of a stack that has overflowed
 * among them) ends the whole process, and with it all runs under way. The guard then
 * says on stderr which run it was, and leaves that run's key in a file, so that the
 * next start can go on without it. The process has one guard: signal handlers are the
 * one thing that cannot be passed a value.
 */
#ifndef EXPERIMENTS_CRASH_GUARD_H
#define EXPERIMENTS_CRASH_GUARD_H

#include <glib.h>
#include <stdbool.h>

/* From now on, keys of crashed runs are appended to the file at path. */
void crash_guard_install(const char *path);
void crash_guard_remove(void);

/* What the calling thread does from now on; NULL, NULL: no run. Both are borrowed until
 * the next call. */
void crash_guard_enter(const char *run_key, const char *description);

/* The keys in the file, of char *; empty if there is no file. */
GPtrArray *crash_guard_read(const char *path);
/* Forgets them. */
void crash_guard_forget(const char *path);

#endif
