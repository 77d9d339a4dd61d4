/*
 * bench_kernel.c - the event kernel beside a bare winner tree.
 *
 * Hold: the earliest timer fires, one of eight handlers is called and arms the timer
 * again, exponentially later. Re-arm: a timer that is pending is moved, as schedulers
 * do most. The bare tree has the same keys and calls the same handlers, but is written
 * out in one function, and does neither bounds nor order checks. Increments are drawn
 * beforehand.
 */
#include "bench/measure.h"
#include "sim/random.h"
#include "sim/sim.h"
#include "sim/units.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS     (1u << 14)
#define HANDLERS  8
#define HOLDS     400000u
#define TURNS     15
#define MEAN_NS   NS_PER_MS
#define SLOT_BITS 16

typedef struct {
    Sim *sim;
    uint64_t *nodes; /* of the bare tree */
    uint32_t n_leaves;
    uint32_t draw;
    int64_t now_ns; /* of the bare tree */
    uint32_t n;
    uint64_t sums[HANDLERS];
    uint32_t increments_ns[DRAWS];
    uint32_t victims[DRAWS]; /* for re-arming */
} Model;

typedef struct {
    SimTimer timer;
    uint32_t number;
    Model *model;
} Thing;

/* The work of a handler that is common to both: when the thing happens again. */
static int64_t next_ns(Model *model, int64_t now_ns)
{
    return now_ns + model->increments_ns[model->draw++ % DRAWS];
}

static void move_key(Model *model, uint32_t slot, int64_t at_ns)
{
    uint64_t *nodes = model->nodes;
    uint32_t i = model->n_leaves + slot;

    nodes[i] = (uint64_t)at_ns << SLOT_BITS | slot;
    for (; i > 1; i /= 2)
        nodes[i / 2] = nodes[i] < nodes[i ^ 1] ? nodes[i] : nodes[i ^ 1];
}

/* Eight handlers of each kind, so that the call is through a pointer that varies. */
#define DEFINE_HANDLERS(k)                                                             \
    static void kernel_handler_##k(void *owner, int64_t now_ns)                        \
    {                                                                                  \
        Thing *thing = owner;                                                          \
        Model *model = thing->model;                                                   \
                                                                                       \
        model->sums[k] += thing->number;                                               \
        sim_arm(model->sim, &thing->timer, next_ns(model, now_ns));                    \
    }                                                                                  \
    static void bare_handler_##k(void *owner, int64_t now_ns)                          \
    {                                                                                  \
        Thing *thing = owner;                                                          \
        Model *model = thing->model;                                                   \
                                                                                       \
        model->sums[k] += thing->number;                                               \
        move_key(model, thing->number, next_ns(model, now_ns));                        \
    }

DEFINE_HANDLERS(0)
DEFINE_HANDLERS(1)
DEFINE_HANDLERS(2)
DEFINE_HANDLERS(3)
DEFINE_HANDLERS(4)
DEFINE_HANDLERS(5)
DEFINE_HANDLERS(6)
DEFINE_HANDLERS(7)

static const SimAction kernel_handlers[HANDLERS] = {
    kernel_handler_0, kernel_handler_1, kernel_handler_2, kernel_handler_3,
    kernel_handler_4, kernel_handler_5, kernel_handler_6, kernel_handler_7,
};

static const SimAction bare_handlers[HANDLERS] = {
    bare_handler_0, bare_handler_1, bare_handler_2, bare_handler_3,
    bare_handler_4, bare_handler_5, bare_handler_6, bare_handler_7,
};

typedef struct {
    Model *model;
    Thing *things;
    SimAction *actions; /* of the bare tree, by slot */
} Bench;

static uint64_t hold_kernel(void *subject)
{
    const Bench *bench = subject;

    for (unsigned i = 0; i < HOLDS; i++)
        sim_fire_next(bench->model->sim, INT64_MAX);
    return HOLDS;
}

static uint64_t hold_bare(void *subject)
{
    const Bench *bench = subject;
    Model *model = bench->model;

    for (unsigned i = 0; i < HOLDS; i++) {
        const uint64_t key = model->nodes[1];
        const uint32_t slot = (uint32_t)key & ((1u << SLOT_BITS) - 1);

        model->now_ns = (int64_t)(key >> SLOT_BITS);
        bench->actions[slot](&bench->things[slot], model->now_ns);
    }
    return HOLDS;
}

static uint64_t rearm_kernel(void *subject)
{
    const Bench *bench = subject;
    Model *model = bench->model;
    const int64_t now_ns = sim_now_ns(model->sim);

    for (unsigned i = 0; i < HOLDS; i++)
        sim_arm(model->sim, &bench->things[model->victims[i % DRAWS]].timer,
                next_ns(model, now_ns));
    return HOLDS;
}

static uint64_t rearm_bare(void *subject)
{
    const Bench *bench = subject;
    Model *model = bench->model;

    for (unsigned i = 0; i < HOLDS; i++)
        move_key(model, bench->things[model->victims[i % DRAWS]].number,
                 next_ns(model, model->now_ns));
    return HOLDS;
}

static void draw_inputs(Model *model)
{
    gsl_rng *stream = random_stream_new(1, "bench/kernel");

    for (unsigned i = 0; i < DRAWS; i++) {
        model->increments_ns[i] =
            (uint32_t)MIN(random_exponential_ns(stream, MEAN_NS), UINT32_MAX);
        model->victims[i] = (uint32_t)gsl_rng_uniform_int(stream, model->n);
    }
    gsl_rng_free(stream);
}

static void build_bare(Model *model)
{
    for (model->n_leaves = 1; model->n_leaves < model->n;)
        model->n_leaves *= 2;
    model->nodes = g_new(uint64_t, 2 * model->n_leaves);
    memset(model->nodes, 0xff, 2 * model->n_leaves * sizeof *model->nodes);
    for (unsigned i = 0; i < model->n; i++)
        move_key(model, i, next_ns(model, 0));
}

static void build_kernel(Model *model, Thing *things)
{
    model->sim = sim_new();
    for (unsigned i = 0; i < model->n; i++)
        sim_timer_add(model->sim, &things[i].timer, 0, i, kernel_handlers[i % HANDLERS],
                      &things[i]);
    sim_seal(model->sim);
    for (unsigned i = 0; i < model->n; i++)
        sim_arm(model->sim, &things[i].timer, next_ns(model, 0));
}

/* Prints, and returns what the kernel needs for a hold. */
static double run(unsigned n)
{
    Model *model = g_new0(Model, 1);
    Bench bench = { model, g_new0(Thing, n), g_new(SimAction, n) };
    Contender hold[] = { { "hold-kernel", hold_kernel, &bench, 0 },
                         { "hold-bare-tree", hold_bare, &bench, 0 } };
    Contender rearm[] = { { "rearm-kernel", rearm_kernel, &bench, 0 },
                          { "rearm-bare-tree", rearm_bare, &bench, 0 } };

    model->n = n;
    draw_inputs(model);
    for (unsigned i = 0; i < n; i++) {
        bench.things[i].number = i;
        bench.things[i].model = model;
        bench.actions[i] = bare_handlers[i % HANDLERS];
    }
    build_bare(model);
    build_kernel(model, bench.things);
    bench_compare(hold, G_N_ELEMENTS(hold), TURNS);
    bench_compare(rearm, G_N_ELEMENTS(rearm), TURNS);
    for (unsigned i = 0; i < 2; i++)
        bench_print("kernel", n, hold[i].metric, hold[i].ns, "ns");
    bench_print("kernel", n, "hold-ratio", hold[0].ns / hold[1].ns, "");
    for (unsigned i = 0; i < 2; i++)
        bench_print("kernel", n, rearm[i].metric, rearm[i].ns, "ns");
    bench_print("kernel", n, "rearm-ratio", rearm[0].ns / rearm[1].ns, "");
    sim_free(model->sim);
    g_free(model->nodes);
    g_free(bench.things);
    g_free(bench.actions);
    g_free(model);
    return hold[0].ns;
}

/* Without an argument all sizes; else one, for a profiler. */
int main(int argc, char **argv)
{
    static const unsigned sizes[] = { 10, 100, 1000, 10000 };
    double first_ns = 0;

    bench_print_header();
    if (argc > 1)
        run((unsigned)strtoul(argv[1], NULL, 10));
    for (unsigned i = 0; argc == 1 && i < G_N_ELEMENTS(sizes); i++) {
        const double ns = run(sizes[i]);

        if (i == 0)
            first_ns = ns;
        bench_print("kernel", sizes[i], "hold-growth", ns / first_ns, "");
    }
    return 0;
}
