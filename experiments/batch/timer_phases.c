#include "experiments/batch/timer_phases.h"

#include "sim/random.h"

#include <inttypes.h>

/* Keys of schedulers, each the instant of a first one of many. */
static const char *const first_instants[] = { "tick-first", "accounting-first" };

int64_t timer_phase_draw_ns(uint64_t seed, const char *name, int64_t period_ns)
{
    g_autofree char *stream_name = g_strdup_printf("timer-phases/%s", name);
    gsl_rng *stream = random_stream_new(seed, stream_name);
    const double part = gsl_rng_uniform(stream);

    gsl_rng_free(stream);
    return (int64_t)(part * (double)period_ns);
}

static void draw(const Option *option, void *options, uint64_t seed)
{
    const int64_t latest_ns =
        *(const int64_t *)(const void *)((const char *)options + option->offset);
    const int64_t first_ns =
        latest_ns - timer_phase_draw_ns(seed, option->key, latest_ns);
    g_autofree char *text = g_strdup_printf("%" PRId64 "ns", first_ns);
    const bool is_in_range = option_parse(option, text, options);

    g_assert(is_in_range); /* from the key's least value, 0, to the one that it had */
}

void *timer_phases_of_scheduler(const SchedulerOps *ops, const void *options,
                                uint64_t seed)
{
    void *copy = options ? g_memdup2(options, ops->options_size) : NULL;

    for (unsigned i = 0; copy && i < G_N_ELEMENTS(first_instants); i++) {
        const Option *option = option_find(ops->options, first_instants[i]);

        if (option)
            draw(option, copy, seed);
    }
    return copy;
}
