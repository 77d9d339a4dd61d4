/*
 * Schedules of RTDS derived by hand from the rules of rt.c. Times in ms; "A(10,4)" is
 * domain A with period 10 and budget 4. Levels and queues are in the comments.
 */
#include "tests/unit/world.h"

#include <errno.h>

#define MS NS_PER_MS

static World *new_world(unsigned n_pcpus)
{
    return world_new("rtds-4.17", (Topology){ n_pcpus, 1, n_pcpus }, NULL);
}

static SchedParams server(int64_t period_ns, int64_t budget_ns, bool extratime)
{
    return (SchedParams){ .set = PARAM_PERIOD | PARAM_SLICE | PARAM_EXTRATIME,
                          .period_ns = period_ns,
                          .slice_ns = budget_ns,
                          .extratime = extratime };
}

static Domain *add_domain(World *world, const char *name, SchedParams params)
{
    return host_add_domain(world->host, world->host->domains->len, name, &params);
}

static void run_and_expect(World *world, int64_t end_ns, const char *expected)
{
    world_run_until(world, end_ns);
    g_assert_cmpstr(world->schedule->str, ==, expected);
}

/*
 * A(10,4) and B(20,5) without extra time. At 4 A is depleted; it still tickles, as its
 * deadline 10 is earlier than B's 20, and the pCPU decides in vain. At 20 both are
 * renewed: A's new deadline is 30, B's 40.
 */
static void test_budgets_bound_what_a_server_gets(void)
{
    g_autoptr(World) world = new_world(1);

    world_add_vcpu(world, add_domain(world, "A", server(10 * MS, 4 * MS, false)), 0, 0,
                   "hog");
    world_add_vcpu(world, add_domain(world, "B", server(20 * MS, 5 * MS, false)), 0, 0,
                   "hog");
    run_and_expect(world, 40 * MS,
                   "0 p0 A\n4000 p0 B\n9000 p0 -\n"
                   "10000 p0 A\n14000 p0 -\n"
                   "20000 p0 A\n24000 p0 B\n29000 p0 -\n"
                   "30000 p0 A\n34000 p0 -\n");
}

/*
 * A and B, both (10,4) with extra time. At 4 and 8 each drops to level 1, and at equal
 * priority a decision rotates. At 10 both are renewed while A runs: its 2 ms since 8
 * are never charged, but its slice timer stays at 12, where 2 of the new 4 ms are left.
 * B runs 12 to 16 and drops to level 1, A its last 2 ms to 18, then B at level 1; at 20
 * the roles are exchanged.
 */
static void test_a_renewal_forgives_but_keeps_the_slice_timer(void)
{
    g_autoptr(World) world = new_world(1);

    world_add_vcpu(world, add_domain(world, "A", server(10 * MS, 4 * MS, true)), 0, 0,
                   "hog");
    world_add_vcpu(world, add_domain(world, "B", server(10 * MS, 4 * MS, true)), 0, 0,
                   "hog");
    run_and_expect(world, 30 * MS,
                   "0 p0 A\n4000 p0 B\n8000 p0 A\n12000 p0 B\n16000 p0 A\n18000 p0 B\n"
                   "22000 p0 A\n26000 p0 B\n28000 p0 A\n");
}

/*
 * W(10,1) and H(50,40) with extra time. At 1 W drops to level 1 with 0.5 of its run
 * left, and H runs. W is renewed at 10, 20, 30 and 40, each time before H by deadline;
 * but the timer tickles only for what runs or was depleted, so W waits for the end of
 * H's budget at 41. It blocks at 41.5, and wakes at 43 at level 0 above H's level 1; at
 * 43.5 its budget of the period from 40 is used up, both are at level 1 with deadline
 * 50, and the pCPU rotates.
 */
static void test_a_renewal_with_extra_time_tickles_nobody(void)
{
    g_autoptr(World) world = new_world(1);

    world_add_vcpu(world, add_domain(world, "W", server(10 * MS, 1 * MS, true)), 0, 0,
                   "1500/1500");
    world_add_vcpu(world, add_domain(world, "H", server(50 * MS, 40 * MS, true)), 0, 0,
                   "hog");
    run_and_expect(
        world, 44 * MS,
        "0 p0 W\n1000 p0 H\n41000 p0 W\n41500 p0 H\n43000 p0 W\n43500 p0 H\n");
}

/*
 * The same two, H from 2 on. W blocks at 1.5 at level 1 and wakes at 3 in its period:
 * the replenishment queue is ordered by level first, so W goes behind H, the timer
 * stands at H's deadline 50, and W's deadline 10 passes unnoticed. At 42 H drops to
 * level 1, where W's deadline is the earlier; 0.5 later W is at level 2. At 50 both are
 * renewed, W to 60 and H to 100; H runs and W is higher, hence a tickle. W has 1 ms of
 * its run left, the whole budget; it wakes at 52.5, at level 1.
 */
static void test_a_lower_level_hides_a_deadline(void)
{
    g_autoptr(World) world = new_world(1);

    world_add_vcpu(world, add_domain(world, "W", server(10 * MS, 1 * MS, true)), 0, 0,
                   "1500/1500");
    world_add_vcpu(world, add_domain(world, "H", server(50 * MS, 40 * MS, true)), 0,
                   2 * MS, "hog");
    run_and_expect(world, 53 * MS,
                   "0 p0 W\n1500 p0 -\n2000 p0 H\n42000 p0 W\n42500 p0 H\n"
                   "50000 p0 W\n51000 p0 H\n");
}

/*
 * Two pCPUs, A(40,30) and B(30,20) running; C(20,10) starts at 5 on pCPU 1, where B
 * runs. The victim is the lowest priority, A on pCPU 0, not the vCPU's own pCPU. A, put
 * back, tickles no one: of the deadlines 20 and 30 none is later than its 40. At 15 C
 * is depleted and A goes on; at 20 C is renewed, deadline 40, equal to A's: no
 * preemption, but B's end at 20 gives pCPU 1 to the head of the queue, C.
 */
static void test_the_latest_deadline_of_all_is_the_victim(void)
{
    g_autoptr(World) world = new_world(2);

    world_add_vcpu(world, add_domain(world, "A", server(40 * MS, 30 * MS, false)), 0, 0,
                   "hog");
    world_add_vcpu(world, add_domain(world, "B", server(30 * MS, 20 * MS, false)), 1, 0,
                   "hog");
    world_add_vcpu(world, add_domain(world, "C", server(20 * MS, 10 * MS, false)), 1,
                   5 * MS, "hog");
    run_and_expect(world, 29 * MS,
                   "0 p0 A\n0 p1 B\n5000 p0 C\n15000 p0 A\n20000 p1 C\n");
}

/*
 * A's first vCPU runs and its second is the head of the queue when A is paused at 2.
 * The decision that ends the first's run meets the second, queued still though no
 * longer runnable, takes it off and leaves the pCPU idle without a second look,
 * although B waits. At 3 A goes on.
 */
static void test_a_paused_head_leaves_the_pcpu_idle(void)
{
    g_autoptr(World) world = new_world(1);
    Domain *a = add_domain(world, "A", server(10 * MS, 4 * MS, true));

    world_add_vcpu(world, a, 0, 0, "hog");
    world_add_vcpu(world, a, 0, 0, "hog");
    world_add_vcpu(world, add_domain(world, "B", server(20 * MS, 4 * MS, true)), 0, 0,
                   "hog");
    world_run_until(world, 2 * MS);
    domain_pause(a);
    host_handle_softirqs(world->host);
    world_run_until(world, 3 * MS);
    domain_unpause(a);
    host_handle_softirqs(world->host);
    run_and_expect(world, 4 * MS, "0 p0 A.0\n2000 p0 -\n3000 p0 A.0\n");
}

/*
 * Parameters count from the next renewal: A(10,4) becomes (20,2) at 1. It runs its 4 ms
 * to 4; at 10 it is renewed with the new ones: 2 ms, deadline 30.
 */
static void test_parameters_wait_for_the_renewal(void)
{
    g_autoptr(World) world = new_world(1);
    Domain *domain = add_domain(world, "A", server(10 * MS, 4 * MS, false));
    const SchedParams changed = server(20 * MS, 2 * MS, false);

    world_add_vcpu(world, domain, 0, 0, "hog");
    world_run_until(world, 1 * MS);
    g_assert_cmpint(domain_set_params(domain, &changed), ==, 0);
    run_and_expect(world, 31 * MS,
                   "0 p0 A\n4000 p0 -\n10000 p0 A\n12000 p0 -\n30000 p0 A\n");
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
    Domain *domain = add_domain(world, "A", server(10 * MS, 4 * MS, false));

    world_add_vcpu(world, domain, 0, 0, "hog");
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const SchedParams params = { .set = PARAM_PERIOD | PARAM_SLICE | cases[i].set,
                                     .period_ns = cases[i].period_ns,
                                     .slice_ns = cases[i].budget_ns };

        g_assert_cmpint(domain_set_params(domain, &params), ==, cases[i].result);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rtds/budgets bound what a server gets",
                    test_budgets_bound_what_a_server_gets);
    g_test_add_func("/rtds/a renewal forgives but keeps the slice timer",
                    test_a_renewal_forgives_but_keeps_the_slice_timer);
    g_test_add_func("/rtds/a renewal with extra time tickles nobody",
                    test_a_renewal_with_extra_time_tickles_nobody);
    g_test_add_func("/rtds/a lower level hides a deadline",
                    test_a_lower_level_hides_a_deadline);
    g_test_add_func("/rtds/the latest deadline of all is the victim",
                    test_the_latest_deadline_of_all_is_the_victim);
    g_test_add_func("/rtds/a paused head leaves the pCPU idle",
                    test_a_paused_head_leaves_the_pcpu_idle);
    g_test_add_func("/rtds/parameters wait for the renewal",
                    test_parameters_wait_for_the_renewal);
    g_test_add_func("/rtds/parameters out of range are refused",
                    test_refused_parameters);
    return g_test_run();
}
