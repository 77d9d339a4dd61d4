/*
 * crew.h - threads that do jobs which know nothing of each other.
 *
 * One thread gives the jobs and takes them back; it alone calls what is declared here.
 * Jobs are begun in the order in which they are given and come back as they end, so
 * what is wanted in an order is put in order by who takes it. What a job has written is
 * seen by who takes it, or frees the crew. To stop is the work's affair: a job that
 * sees that it is told to comes back soon.
 */
#ifndef EXPERIMENTS_CREW_H
#define EXPERIMENTS_CREW_H

#include <glib.h>
#include <stdint.h>

typedef struct Crew Crew;

/* In a thread of the crew. data: the crew's, shared by its threads. */
typedef void (*CrewWork)(void *job, void *data);

/* n_threads: 1 or more at once; no more are started than there are jobs. data is
 * borrowed. */
Crew *crew_new(unsigned n_threads, CrewWork work, void *data);
/* Waits until all jobs that were given have ended, whether they are taken or not. */
void crew_free(Crew *crew);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Crew, crew_free)

/* Borrowed until it is taken or the crew is freed; not NULL. */
void crew_give(Crew *crew, void *job);
/* The next that has ended; waits for it. There must be one that is not yet taken. */
void *crew_take(Crew *crew);
/* The same, but NULL when none ends within so many microseconds; 0: at once. */
void *crew_take_within(Crew *crew, int64_t timeout_us);

#endif
