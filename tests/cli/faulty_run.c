/*
 * faulty_run.c - run_simulate with runs that fail on purpose, for test_failures: a hog
 * of weight 13 ends in an error, one of weight 14 in a failed assertion, one of weight
 * 15 in a stack that overflows, unless HVMSIM_HEALED is set. The linker puts it in
 * place of the real one (--wrap).
 */
#include "experiments/batch/run.h"

#include "models/error.h"

RunRecord *__real_run_simulate(const Scenario *scenario, uint64_t seed, const int *stop,
                               GError **error);
RunRecord *__wrap_run_simulate(const Scenario *scenario, uint64_t seed, const int *stop,
                               GError **error);

static bool has_hog_of_weight(const Scenario *scenario, int64_t weight)
{
    for (unsigned i = 0; i < scenario->domains->len; i++) {
        const ScenarioDomain *domain = g_ptr_array_index(scenario->domains, i);

        if (domain->keys.kind == DOMAIN_HOG && domain->keys.sched.weight == weight)
            return !g_getenv("HVMSIM_HEALED");
    }
    return false;
}

/* No compiler may know that it never ends, or do without the pages. */
// NOLINTNEXTLINE(misc-no-recursion)
static int use_up_stack(volatile int *depth)
{
    volatile char page[4096];

    page[0] = 0;
    return ++*depth < 0 ? 0 : use_up_stack(depth) + page[0];
}

RunRecord *__wrap_run_simulate(const Scenario *scenario, uint64_t seed, const int *stop,
                               GError **error)
{
    volatile int depth = 0;

    if (has_hog_of_weight(scenario, 13)) {
        g_set_error(error, MODEL_ERROR, MODEL_ERROR_VALUE,
                    "this weight brings bad luck");
        return NULL;
    }
    g_assert(!has_hog_of_weight(scenario, 14));
    if (has_hog_of_weight(scenario, 15))
        g_assert(use_up_stack(&depth) == 0);
    return __real_run_simulate(scenario, seed, stop, error);
}
