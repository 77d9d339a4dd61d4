/*
 * virtual_timer.h - a guest's virtual platform timer: ticks, and what becomes of those
 * that are due while the guest is off its pCPU.
 */
#ifndef MODELS_VIRTUAL_TIMER_H
#define MODELS_VIRTUAL_TIMER_H

#include "sim/sim.h"

/* Xen 3.3, vpt.c; before, the first was the only one. Guests here do not look at their
 * clock, so whether it stands still meanwhile (in the first mode alone) makes no
 * difference. */
typedef enum {
    TIMER_DELAY_FOR_MISSED_TICKS,  /* delivered afterwards, one by one */
    TIMER_NO_DELAY,                /* the same, and the guest's clock goes on */
    TIMER_NO_MISSED_TICKS_PENDING, /* dropped; the timer goes on if none is pending */
    TIMER_ONE_MISSED_TICK_PENDING, /* delivered as one */
} TimerMode;

typedef struct {
    int64_t hz; /* 0: it never ticks */
    TimerMode mode;
} VirtualTimerParams;

typedef struct {
    Sim *sim;
    SimTimer timer;
    SimAction tick; /* fired on time: one more is pending */
    void *owner;
    int64_t period_ns, due_ns;
    TimerMode mode;
    unsigned n_pending; /* ticks to be injected */
    bool is_frozen;
} VirtualTimer;

/* Lives at a fixed address. id: its place in the tie order. */
void virtual_timer_init(VirtualTimer *self, Sim *sim, unsigned id,
                        const VirtualTimerParams *params, SimAction tick, void *owner);
/* Its first tick is a period later. */
void virtual_timer_start(VirtualTimer *self, int64_t now_ns);

/* It ticks no more, and nothing is pending. */
void virtual_timer_stop(VirtualTimer *self);

/* The guest leaves its pCPU, though not by HLT; it is back. Missed ticks become pending
 * without a call of tick: the caller looks at n_pending. */
void virtual_timer_freeze(VirtualTimer *self);
void virtual_timer_thaw(VirtualTimer *self, int64_t now_ns);

/* One less is pending; false if none was. */
bool virtual_timer_take_tick(VirtualTimer *self);

#endif
