/*
 * Which parameters RTDS takes. Its schedules are in tests/golden-derived.
 */
#include "tests/unit/world.h"

#include <errno.h>

#define MS NS_PER_MS

static World *new_world(unsigned n_pcpus)
{
    return world_new("rtds-4.17", (Topology){ n_pcpus, 1, n_pcpus }, NULL);
}

static void test_refused_parameters(void)
{
    static const struct {
        unsigned set;
        int64_t period_ns, budget_ns;
        int result;
    } cases[] = {
        /* of a whole domain: only 0 is refused */
        { 0, 0, MS, -EINVAL },
        { 0, MS, 0, -EINVAL },
        { 0, MS, 2 * MS, 0 },
        { 0, 1, 1, 0 },
        /* of its vCPUs: ranges */
        { PARAM_EXTRATIME, 9999, 9999, -EINVAL },
        { PARAM_EXTRATIME, 10000, 10000, 0 },
        { PARAM_EXTRATIME, MS, 9999, -EINVAL },
        { PARAM_EXTRATIME, MS, MS + 1, -EINVAL },
        { PARAM_EXTRATIME, INT64_C(1) << 62, MS, -EINVAL },
        { PARAM_EXTRATIME, (INT64_C(1) << 62) - 1, MS, 0 },
    };
    g_autoptr(World) world = new_world(1);
    Domain *domain =
        world_add_domain_with(world, "A", world_reservation(10 * MS, 4 * MS, false));

    world_add_vcpu(world, domain, 0, 0, "hog");
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SchedParams params = { .set = PARAM_PERIOD | PARAM_SLICE | cases[i].set,
                                     .period_ns = cases[i].period_ns,
                                     .slice_ns = cases[i].budget_ns };

        g_assert_cmpint(domain_set_params(domain, &params), ==, cases[i].result);
    }
}

static void test_a_refusal_changes_nothing(void)
{
    const SchedParams shorter = { .set = PARAM_PERIOD | PARAM_EXTRATIME,
                                  .period_ns = 3 * MS };
    const SchedParams none = { .set = PARAM_SLICE, .slice_ns = 0 };
    g_autoptr(World) world = new_world(1);
    Domain *domain =
        world_add_domain_with(world, "A", world_reservation(10 * MS, 4 * MS, false));

    world_add_vcpu(world, domain, 0, 0, "hog");
    g_assert_cmpint(domain_set_params(domain, &shorter), ==, -EINVAL);
    g_assert_cmpint(domain_set_params(domain, &none), ==, -EINVAL);
    world_run_until(world, 100 * MS);
    host_book_time(world->host);
    g_assert_cmpint(domain->ran_ns, ==, 40 * MS);
}

/* A new domain has the ranges of a vCPU if it says something about extra time. */
static void test_a_new_domain_is_checked(void)
{
    static const struct {
        SchedParams params;
        bool is_valid;
    } cases[] = {
        { { .set = 0 }, true },
        { { .set = PARAM_PERIOD, .period_ns = 0 }, false },
        { { .set = PARAM_PERIOD, .period_ns = 3 * MS }, true },
        { { .set = PARAM_PERIOD | PARAM_EXTRATIME, .period_ns = 3 * MS }, false },
        { { .set = PARAM_SLICE | PARAM_EXTRATIME, .slice_ns = 3 * MS }, true },
    };
    const SchedulerOps *ops = scheduler_ops_by_name("rtds-4.17", NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(ops->check_params(&cases[i].params, 1, &error), ==,
                        cases[i].is_valid);
        g_assert_cmpint(error == NULL, ==, cases[i].is_valid);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtds/parameters out of range are refused",
                    test_refused_parameters);
    g_test_add_func("/rtds/a refusal changes nothing", test_a_refusal_changes_nothing);
    g_test_add_func("/rtds/a new domain is checked", test_a_new_domain_is_checked);
    return g_test_run();
}
