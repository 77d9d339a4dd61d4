// simgrid_hold.cpp - the hold model on SimGrid: an actor for each thing, which sleeps.
// A nanosecond of the others is a second here, well above SimGrid's precision.
#include "bench/peers/hold.h"

#include <simgrid/s4u.hpp>
#include <string>

namespace sg4 = simgrid::s4u;

static Hold hold;

template <unsigned k> static void live(uint32_t number)
{
    while (true) { // hold_next ends the program
        sg4::this_actor::sleep_for(hold_next(&hold));
        hold.sums[k] += number;
    }
}

using Life = void (*)(uint32_t);
static const Life lives[HOLD_HANDLERS] = {
    live<0>, live<1>, live<2>, live<3>, live<4>, live<5>, live<6>, live<7>,
};

int main(int argc, char **argv)
{
    sg4::Engine engine(&argc, argv);
    auto *zone = sg4::create_full_zone("zone");
    auto *host = zone->create_host("host", 1e9)->seal();

    hold_init(&hold, argc, argv);
    zone->seal();
    for (uint32_t i = 0; i < hold.n; i++)
        sg4::Actor::create("thing" + std::to_string(i), host,
                           lives[i % HOLD_HANDLERS], i);
    engine.run();
}
