/* hvmsim_hold.c - the hold model on hvmsim's event kernel. */
#include "bench/peers/hold.h"
#include "sim/sim.h"

#include <glib.h>

typedef struct {
    SimTimer timer;
    uint32_t number;
    Hold *hold;
    Sim *sim;
} Thing;

#define DEFINE_HANDLER(k)                                                              \
    static void handler_##k(void *owner, int64_t now_ns)                               \
    {                                                                                  \
        Thing *thing = owner;                                                          \
                                                                                       \
        thing->hold->sums[k] += thing->number;                                         \
        sim_arm(thing->sim, &thing->timer, now_ns + hold_next(thing->hold));           \
    }

DEFINE_HANDLER(0)
DEFINE_HANDLER(1)
DEFINE_HANDLER(2)
DEFINE_HANDLER(3)
DEFINE_HANDLER(4)
DEFINE_HANDLER(5)
DEFINE_HANDLER(6)
DEFINE_HANDLER(7)

static const SimAction handlers[HOLD_HANDLERS] = {
    handler_0, handler_1, handler_2, handler_3,
    handler_4, handler_5, handler_6, handler_7,
};

int main(int argc, char **argv)
{
    static Hold hold;
    Sim *sim = sim_new();
    Thing *things;

    hold_init(&hold, argc, argv);
    things = g_new0(Thing, hold.n);
    for (uint32_t i = 0; i < hold.n; i++) {
        things[i].number = i;
        things[i].hold = &hold;
        things[i].sim = sim;
        sim_timer_add(sim, &things[i].timer, 0, i, handlers[i % HOLD_HANDLERS],
                      &things[i]);
    }
    sim_seal(sim);
    for (uint32_t i = 0; i < hold.n; i++)
        sim_arm(sim, &things[i].timer, hold_next(&hold));
    while (true) /* hold_next ends the program */
        sim_fire_next(sim, INT64_MAX);
}
