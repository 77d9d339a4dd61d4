/*
 * timer_phases.h - where the periodic timers of a host stand when a run begins.
 *
 * With `[host] timer-phases = fixed` they begin as the keys say, all of them at 0 or a
 * period later, and keep step: a guest whose work has a period of its own meets every
 * tick, or none, and replications do not show what another phase would give. With
 * `drawn` each replication has phases of its own, the same under every placement.
 */
#ifndef EXPERIMENTS_TIMER_PHASES_H
#define EXPERIMENTS_TIMER_PHASES_H

#include "models/host/scheduler.h"

#include <stdint.h>

/* From 0 on, below the period; 0 for a period of 0. name: of a random stream. */
int64_t timer_phase_draw_ns(uint64_t seed, const char *name, int64_t period_ns);

/* The options of a scheduler (NULL: it has none), in which the first instants of its
 * ticks and of its accounting are drawn: later than 0, and no later than in those
 * given. What other fields point to is borrowed. Free with g_free. */
void *timer_phases_of_scheduler(const SchedulerOps *ops, const void *options,
                                uint64_t seed);

#endif
