/*
 * sim.h - the event kernel: a clock and the timers still to fire.
 *
 * A simulator owns a fixed set of timers, each armed for at most one instant.
 * Timers fire in the order (time, rank, id): a total order, so a run is a
 * function of its inputs alone. The kernel does not know what it simulates.
 *
 * Life: sim_new, sim_timer_add for every timer, sim_seal, then arm and fire.
 * Adding timers later needs another sim_seal, which keeps all armed timers.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Sim Sim;
typedef void (*SimAction)(void *owner, int64_t now_ns);

/* Lives inside its owner, at a fixed address. The field is the kernel's. */
typedef struct {
    uint32_t slot;
} SimTimer;

/* At most this many timers; the latest instant is 2^48 - 2 ns, some 78 hours. */
#define SIM_TIMERS_MAX 65535u
#define SIM_LATEST_NS  ((INT64_C(1) << 48) - 2)

Sim *sim_new(void);
void sim_free(Sim *sim);

/* Registers a timer. (rank, id) must be unique: it is the order at one instant. */
void sim_timer_add(Sim *sim, SimTimer *timer, unsigned rank, unsigned id,
                   SimAction fire, void *owner);

/* Registered so far. */
unsigned sim_n_timers(const Sim *sim);

/* Numbers the timers by (rank, id). Required after adding, before arming. */
void sim_seal(Sim *sim);

int64_t sim_now_ns(const Sim *sim);
uint64_t sim_fired_count(const Sim *sim);
/* The place in the tie order of the timer that fired last: what led to the present
 * state. False before the first, and after sealing anew. */
bool sim_last_fired(const Sim *sim, unsigned *rank, unsigned *id);
/* Whether the timer, armed for at_ns in time, would already have fired: at_ns is in the
 * past, or is now and the timer's turn in the tie order is over. After sim_seal, false
 * for an instant that is now until a timer fires. */
bool sim_has_passed(const Sim *sim, const SimTimer *timer, int64_t at_ns);
bool sim_is_armed(const Sim *sim, const SimTimer *timer);

/* When the timer is due; TIME_NEVER_NS when it is not armed. */
int64_t sim_due_ns(const Sim *sim, const SimTimer *timer);

/* When the earliest timer is due; TIME_NEVER_NS when none is armed. */
int64_t sim_next_ns(const Sim *sim);

/* Arms the timer or moves it. An instant that is past is now; one later than
 * SIM_LATEST_NS, TIME_NEVER_NS among them, leaves it not armed. */
void sim_arm(Sim *sim, const SimTimer *timer, int64_t at_ns);

/* Harmless on a timer that is not armed. */
void sim_disarm(Sim *sim, const SimTimer *timer);

/* Fires the earliest timer if it is due before end_ns; false when there is none. */
bool sim_fire_next(Sim *sim, int64_t end_ns);

/* Moves the clock to end_ns, which no armed timer may precede. */
void sim_advance_to(Sim *sim, int64_t end_ns);

#endif
