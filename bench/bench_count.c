/*
 * bench_count.c - does some operations of one kind, for a counter of instructions.
 *
 * usage: bench_count CASE SIZE. The programs of two sizes differ by operations alone;
 * each prints how many it did. Without arguments: the names of all cases.
 * scripts/check-instructions runs it under valgrind.
 */
#include "bench/mix.h"
#include "bench/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOLD_PENDING 1000u
#define MIX_PCPUS    16u
#define MIX_VCPUS    64u
#define SEED         15

/* Kernel events of the hold model. */

typedef struct {
    Sim *sim;
    SimTimer timer;
    uint32_t step;
} Thing;

/* Steps without common divisors: times interleave as if they were drawn. */
static void handle(void *owner, int64_t now_ns)
{
    Thing *thing = owner;

    thing->step = thing->step * 1664525u + 1013904223u;
    sim_arm(thing->sim, &thing->timer, now_ns + 1 + (thing->step >> 12));
}

static uint64_t hold(const char *name G_GNUC_UNUSED, unsigned size)
{
    const uint64_t n_events = size * UINT64_C(1000);
    g_autofree Thing *things = g_new0(Thing, HOLD_PENDING);
    Sim *sim = sim_new();

    for (unsigned i = 0; i < HOLD_PENDING; i++) {
        things[i] = (Thing){ .sim = sim, .step = i * 7919u };
        sim_timer_add(sim, &things[i].timer, 0, i, handle, &things[i]);
    }
    sim_seal(sim);
    for (unsigned i = 0; i < HOLD_PENDING; i++)
        handle(&things[i], 0);
    for (uint64_t i = 0; i < n_events; i++)
        sim_fire_next(sim, INT64_MAX);
    sim_free(sim);
    return n_events;
}

/* Decisions of a scheduler on a busy host; everything between them is in it. */
static uint64_t decide(const char *name, unsigned size)
{
    Mix *mix = mix_new(scheduler_ops_by_name(name, NULL), MIX_PCPUS, MIX_VCPUS, SEED);
    uint64_t decisions;

    host_run_until(mix_host(mix), size * NS_PER_MS);
    decisions = mix_host(mix)->decisions;
    mix_free(mix);
    return decisions;
}

/* Events of the whole machine, with all statistics. */
static uint64_t simulate(const char *name, unsigned size)
{
    Reference *reference = reference_new(&REFERENCE_HOST(name, false));
    uint64_t events;

    reference_run(reference, size * NS_PER_MS);
    events = reference_counts(reference).events;
    reference_free(reference);
    return events;
}

static const struct {
    const char *name;
    uint64_t (*work)(const char *subject, unsigned size);
    const char *subject, *operation;
    unsigned small, great; /* sizes to be compared */
} cases[] = {
    { "hold-1000", hold, NULL, "event", 50, 250 },
    { "credit-3.1", decide, "credit-3.1", "decision", 500, 1000 },
    { "credit-4.17", decide, "credit-4.17", "decision", 500, 1000 },
    { "credit2-4.17", decide, "credit2-4.17", "decision", 500, 1000 },
    { "sedf-3.1", decide, "sedf-3.1", "decision", 500, 1000 },
    { "machine-dom0", simulate, "dom0", "event", 50, 150 },
    { "machine-stub", simulate, "stub", "event", 50, 150 },
    { "machine-stub+sdom", simulate, "stub+sdom", "event", 50, 150 },
    { "machine-linux-stub", simulate, "linux-stub", "event", 50, 150 },
};

int main(int argc, char **argv)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (argc < 3)
            printf("%s %s %u %u\n", cases[i].name, cases[i].operation, cases[i].small,
                   cases[i].great);
        else if (strcmp(cases[i].name, argv[1]) == 0)
            printf(
                "%" G_GUINT64_FORMAT "\n",
                cases[i].work(cases[i].subject, (unsigned)strtoul(argv[2], NULL, 10)));
    }
    return 0;
}
