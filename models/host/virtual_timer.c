#include "models/host/virtual_timer.h"

#include "models/host/event_rank.h"
#include "sim/units.h"

/* Xen 3.1, vpt.c: so many missed ticks at once are taken for a change of the clock. */
#define MISSED_TICKS_MAX 1000

static bool drops_ticks(const VirtualTimer *self)
{
    return self->mode == TIMER_NO_MISSED_TICKS_PENDING;
}

static void on_timer(void *owner, int64_t now_ns)
{
    VirtualTimer *self = owner;

    self->due_ns += self->period_ns;
    sim_arm(self->sim, &self->timer, self->due_ns);
    if (drops_ticks(self) && self->n_pending > 0)
        return;
    self->n_pending++;
    self->tick(self->owner, now_ns);
}

void virtual_timer_init(VirtualTimer *self, Sim *sim, unsigned id,
                        const VirtualTimerParams *params, SimAction tick, void *owner)
{
    *self = (VirtualTimer){
        .sim = sim,
        .tick = tick,
        .owner = owner,
        .period_ns = params->hz > 0 ? NS_PER_S / params->hz : 0,
        .mode = params->mode,
    };
    sim_timer_add(sim, &self->timer, RANK_GUEST, id, on_timer, self);
}

void virtual_timer_start(VirtualTimer *self, int64_t now_ns)
{
    if (self->period_ns == 0)
        return;
    self->due_ns = now_ns + self->period_ns;
    sim_arm(self->sim, &self->timer, self->due_ns);
}

void virtual_timer_stop(VirtualTimer *self)
{
    sim_disarm(self->sim, &self->timer);
    self->is_frozen = false;
    self->n_pending = 0;
}

void virtual_timer_freeze(VirtualTimer *self)
{
    if (self->period_ns == 0 || (drops_ticks(self) && self->n_pending == 0))
        return;
    self->is_frozen = true;
    sim_disarm(self->sim, &self->timer);
}

/* How many of the missed ticks the guest gets. */
static unsigned owed_ticks(const VirtualTimer *self, int64_t missed)
{
    switch (self->mode) {
    case TIMER_DELAY_FOR_MISSED_TICKS:
    case TIMER_NO_DELAY:
        return missed > MISSED_TICKS_MAX ? 1 : (unsigned)missed;
    case TIMER_NO_MISSED_TICKS_PENDING:
        return 0;
    case TIMER_ONE_MISSED_TICK_PENDING:
        return self->n_pending == 0;
    }
    g_assert_not_reached();
}

void virtual_timer_thaw(VirtualTimer *self, int64_t now_ns)
{
    const int64_t late_ns = now_ns - self->due_ns;

    if (!self->is_frozen)
        return;
    self->is_frozen = false;
    if (late_ns > 0) {
        const int64_t missed = late_ns / self->period_ns + 1;

        self->n_pending += owed_ticks(self, missed);
        self->due_ns += missed * self->period_ns;
    }
    sim_arm(self->sim, &self->timer, self->due_ns);
}

bool virtual_timer_take_tick(VirtualTimer *self)
{
    if (self->n_pending == 0)
        return false;
    self->n_pending--;
    return true;
}
