// systemc_hold.cpp - the hold model on SystemC: a method for each thing, triggered again.
#include "bench/peers/hold.h"

#define SC_INCLUDE_DYNAMIC_PROCESSES
#include <systemc>

static Hold hold;

template <unsigned k> static void handle(uint32_t number)
{
    hold.sums[k] += number;
    sc_core::next_trigger(hold_next(&hold), sc_core::SC_NS);
}

using Handler = void (*)(uint32_t);
static const Handler handlers[HOLD_HANDLERS] = {
    handle<0>, handle<1>, handle<2>, handle<3>, handle<4>, handle<5>, handle<6>, handle<7>,
};

int sc_main(int argc, char **argv)
{
    sc_core::sc_spawn_options options;

    hold_init(&hold, argc, argv);
    options.spawn_method();
    for (uint32_t i = 0; i < hold.n; i++)
        sc_core::sc_spawn(sc_bind(handlers[i % HOLD_HANDLERS], i),
                          sc_core::sc_gen_unique_name("thing"), &options);
    sc_core::sc_start();
    return 1; // not reached: hold_next ends the program
}
