// ns3_hold.cc - the hold model on ns-3's default scheduler (a map).
#include "bench/peers/hold.h"

#include <ns3/core-module.h>

static Hold hold;

template <unsigned k> static void handle(uint32_t number);

using Handler = void (*)(uint32_t);
static const Handler handlers[HOLD_HANDLERS] = {
    handle<0>, handle<1>, handle<2>, handle<3>, handle<4>, handle<5>, handle<6>, handle<7>,
};

static void schedule(uint32_t number)
{
    ns3::Simulator::Schedule(ns3::NanoSeconds(hold_next(&hold)),
                             handlers[number % HOLD_HANDLERS], number);
}

template <unsigned k> static void handle(uint32_t number)
{
    hold.sums[k] += number;
    schedule(number);
}

int main(int argc, char **argv)
{
    hold_init(&hold, argc, argv);
    for (uint32_t i = 0; i < hold.n; i++)
        schedule(i);
    ns3::Simulator::Run();
}
