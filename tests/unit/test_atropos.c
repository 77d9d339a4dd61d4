/*
 * Shares and schedules of Atropos, derived by hand. "A(20,5)" is sdom A with period 20
 * and slice 5, in ms; unless said otherwise its vCPUs never block.
 */
#include "tests/unit/world.h"

#include <errno.h>

#define MS NS_PER_MS

static World *new_world(unsigned n_pcpus)
{
    return world_new("nemesis-atropos", (Topology){ n_pcpus, 1, n_pcpus }, NULL);
}

static Domain *add_hog(World *world, const char *name, SchedParams params)
{
    Domain *domain = world_add_domain_with(world, name, params);

    world_add_vcpu(world, domain, 0, 0, "hog");
    return domain;
}

static Domain *add_adom(World *world, const char *name, Domain *sdom)
{
    Domain *adom = add_hog(world, name, world_reservation(10 * MS, 10 * MS, true));

    g_assert_cmpint(domain_attach(adom, sdom), ==, 0);
    return adom;
}

/* What the account of a domain has been booked so far. */
static int64_t booked_ns(const Domain *domain)
{
    host_book_time(domain->host);
    return domain->booked_ns;
}

/* A(20,5) and B(10,3) get 25 % and 30 % to the nanosecond, what is left stays idle. */
static void test_a_contract_gets_exactly_its_share(void)
{
    g_autoptr(World) world = new_world(1);
    const Domain *a = add_hog(world, "A", world_reservation(20 * MS, 5 * MS, false));
    const Domain *b = add_hog(world, "B", world_reservation(10 * MS, 3 * MS, false));

    for (int64_t end_ms = 20; end_ms <= 1000; end_ms += 20) {
        world_run_until(world, end_ms * MS);
        g_assert_cmpint(booked_ns(a), ==, end_ms * MS / 4);
        g_assert_cmpint(booked_ns(b), ==, end_ms * MS / 10 * 3);
    }
    g_assert_cmpint(world->host->idle_ns, ==, 450 * MS);
}

/* (4,1), (5,2) and (20,7) are the whole processor: EDF misses no deadline. */
static void test_contracts_of_the_whole_processor_are_kept(void)
{
    g_autoptr(World) world = new_world(1);
    const Domain *a = add_hog(world, "A", world_reservation(4 * MS, 1 * MS, false));
    const Domain *b = add_hog(world, "B", world_reservation(5 * MS, 2 * MS, false));
    const Domain *c = add_hog(world, "C", world_reservation(20 * MS, 7 * MS, false));

    for (int64_t end_ms = 1; end_ms <= 200; end_ms++) {
        world_run_until(world, end_ms * MS);
        g_assert_cmpint(booked_ns(a), >=, end_ms / 4 * MS);
        g_assert_cmpint(booked_ns(b), >=, end_ms / 5 * 2 * MS);
        g_assert_cmpint(booked_ns(c), >=, end_ms / 20 * 7 * MS);
    }
    g_assert_cmpint(booked_ns(a), ==, 50 * MS);
    g_assert_cmpint(booked_ns(b), ==, 80 * MS);
    g_assert_cmpint(booked_ns(c), ==, 70 * MS);
}

/* Beside G(20,5), X and Y take extra time only. Y holds three domains more: X and Y
 * still get the same, half of 75 % each, to one quantum at any time. */
static void test_extra_time_is_split_by_sdom_not_by_domain(void)
{
    g_autoptr(World) world = new_world(1);
    const Domain *g = add_hog(world, "G", world_reservation(20 * MS, 5 * MS, false));
    const Domain *x = add_hog(world, "X", world_reservation(20 * MS, 0, true));
    Domain *y = add_hog(world, "Y", world_reservation(20 * MS, 0, true));
    const Domain *of_y[] = { y, add_adom(world, "Y1", y), add_adom(world, "Y2", y),
                             add_adom(world, "Y3", y) };

    for (int64_t end_ms = 20; end_ms <= 2000; end_ms += 20) {
        world_run_until(world, end_ms * MS);
        g_assert_cmpint(booked_ns(g), ==, end_ms * MS / 4);
        g_assert_cmpint(ABS(booked_ns(x) - booked_ns(y)), <=, 122 * NS_PER_US);
        g_assert_cmpint(booked_ns(x) + booked_ns(y), ==, end_ms * MS / 4 * 3);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(of_y); i++)
        g_assert_cmpint(ABS(of_y[i]->ran_ns - booked_ns(y) / 4), <=, 1 * MS);
}

/* With turns of 1 ms the quanta of extra time come out even: exactly half each. */
static void test_even_quanta_are_split_exactly(void)
{
    static const char *const options[] = { "quantum=1ms", NULL };
    g_autoptr(World) world =
        world_new("nemesis-atropos", (Topology){ 1, 1, 1 }, options);
    const Domain *x = add_hog(world, "X", world_reservation(20 * MS, 4 * MS, true));
    const Domain *y = add_hog(world, "Y", world_reservation(10 * MS, 1 * MS, true));

    world_run_until(world, 1000 * MS);
    g_assert_cmpint(booked_ns(x), ==, 200 * MS + 350 * MS);
    g_assert_cmpint(booked_ns(y), ==, 100 * MS + 350 * MS);
}

/* A guest and its stub in G(10,4) get 40 % together, and take turns. */
static void test_members_share_one_contract(void)
{
    g_autoptr(World) world = new_world(1);
    Domain *guest = add_hog(world, "guest", world_reservation(10 * MS, 4 * MS, false));
    const Domain *stub = add_adom(world, "stub", guest);

    for (int64_t end_ms = 10; end_ms <= 400; end_ms += 10) {
        world_run_until(world, end_ms * MS);
        g_assert_cmpint(booked_ns(guest), ==, end_ms * MS / 10 * 4);
    }
    g_assert_cmpint(booked_ns(stub), ==, 0);
    g_assert_cmpint(stub->ran_ns, ==, 80 * MS);
    g_assert_cmpint(guest->ran_ns, ==, 80 * MS);
}

/* Two members run side by side, and the one slice is used up twice as fast. A slice of
 * an odd number of ns cannot be halved: what is overrun is owed. */
static void test_a_contract_is_one_for_the_whole_host(void)
{
    g_autoptr(World) world = new_world(2);
    Domain *guest = add_hog(world, "G", world_reservation(10 * MS, 4 * MS + 1, false));

    add_adom(world, "stub", guest);
    for (int64_t n = 1; n <= 50; n++) {
        const int64_t due_ns = n * (4 * MS + 1);

        world_run_until(world, n * 10 * MS);
        g_assert_cmpint(booked_ns(guest) - due_ns, ==, due_ns % 2);
    }
    g_assert_cmpuint(world->host->switches, <, 4 * 51);
}

/*
 * H(10,9) runs from 0, D(20,5) wakes at 3 for the first time. Its deadline is 3 and its
 * latency: with 20 it is 23, later than H's 10, and D waits until H's slice is used up;
 * with 2 it is 5, and D runs its whole slice at once. Its period from 5 to 25 has then
 * begun, later again than H's; H misses its deadline once, as Atropos says it may.
 */
static void test_latency_is_the_first_deadline(void)
{
    static const struct {
        int64_t latency_ms;
        const char *schedule;
    } cases[] = {
        { 20, "0 p0 H\n9000 p0 D\n10000 p0 H\n" },
        { 2, "0 p0 H\n3000 p0 D\n8000 p0 H\n" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = new_world(1);
        SchedParams d = world_reservation(20 * MS, 5 * MS, false);

        add_hog(world, "H", world_reservation(10 * MS, 9 * MS, false));
        d.set |= PARAM_LATENCY;
        d.latency_ns = cases[i].latency_ms * MS;
        world_add_vcpu(world, world_add_domain_with(world, "D", d), 0, 3 * MS, "hog");
        world_run_until(world, 11 * MS);
        g_assert_cmpstr(world->schedule->str, ==, cases[i].schedule);
    }
}

/*
 * B(10,2) runs 1 and blocks 2. It wakes at 3 with 1 left and the deadline 10 it had; at
 * 6 nothing is left, so it waits for 10, and so on.
 */
static void test_a_short_block_keeps_slice_and_deadline(void)
{
    g_autoptr(World) world = new_world(1);

    world_add_vcpu(
        world,
        world_add_domain_with(world, "B", world_reservation(10 * MS, 2 * MS, false)), 0,
        0, "1000/2000");
    world_run_until(world, 20 * MS);
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 B\n1000 p0 -\n3000 p0 B\n4000 p0 -\n"
                    "10000 p0 B\n11000 p0 -\n13000 p0 B\n14000 p0 -\n");
}

static void test_attach_moves_the_payer_at_once(void)
{
    g_autoptr(World) world = new_world(1);
    Domain *guest = add_hog(world, "G", world_reservation(10 * MS, 4 * MS, false));
    Domain *stub = add_hog(world, "S", world_reservation(10 * MS, 2 * MS, false));

    world_run_until(world, 100 * MS);
    g_assert_cmpint(booked_ns(guest), ==, 40 * MS);
    g_assert_cmpint(booked_ns(stub), ==, 20 * MS);
    g_assert_cmpint(domain_attach(stub, guest), ==, 0);
    host_handle_softirqs(world->host);
    world_run_until(world, 200 * MS);
    g_assert_cmpint(booked_ns(guest), ==, 80 * MS);
    g_assert_cmpint(booked_ns(stub), ==, 20 * MS);
    g_assert_cmpint(domain_detach(stub), ==, 0);
    host_handle_softirqs(world->host);
    world_run_until(world, 300 * MS);
    g_assert_cmpint(booked_ns(guest), ==, 120 * MS);
    g_assert_cmpint(booked_ns(stub), ==, 40 * MS);
}

static void test_a_change_counts_from_the_next_period(void)
{
    const SchedParams more = { .set = PARAM_SLICE, .slice_ns = 8 * MS };
    const SchedParams none = { .set = PARAM_SLICE, .slice_ns = 0 };
    g_autoptr(World) world = new_world(1);
    Domain *a = add_hog(world, "A", world_reservation(10 * MS, 4 * MS, false));

    world_run_until(world, 6 * MS);
    g_assert_cmpint(domain_set_params(a, &more), ==, 0);
    host_handle_softirqs(world->host);
    world_run_until(world, 10 * MS);
    g_assert_cmpint(booked_ns(a), ==, 4 * MS);
    world_run_until(world, 20 * MS);
    g_assert_cmpint(booked_ns(a), ==, 12 * MS);
    world_run_until(world, 21 * MS);
    g_assert_cmpint(domain_set_params(a, &none), ==, 0);
    host_handle_softirqs(world->host);
    world_run_until(world, 40 * MS);
    g_assert_cmpint(booked_ns(a), ==, 20 * MS);
}

static void test_refused_contracts(void)
{
    g_autoptr(World) world = new_world(2);
    Domain *a = add_hog(world, "A", world_reservation(10 * MS, 4 * MS, false));
    const SchedParams none = world_reservation(10 * MS, 0, true);
    SchedParams refused[] = { world_reservation(0, 0, true),
                              world_reservation(10 * MS, -1, true),
                              world_reservation(10 * MS, 0, true) };

    refused[2].set |= PARAM_LATENCY;
    for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
        const Scheduler *scheduler = &world->host->scheduler;
        g_autoptr(GError) error = NULL;

        g_assert_false(scheduler->ops->check_params(&refused[i], 1, &error));
        g_assert_nonnull(error);
        g_assert_cmpint(domain_set_params(a, &refused[i]), ==, -EINVAL);
    }
    g_assert_cmpint(domain_set_params(a, &none), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/atropos/a contract gets exactly its share",
                    test_a_contract_gets_exactly_its_share);
    g_test_add_func("/atropos/contracts of the whole processor are kept",
                    test_contracts_of_the_whole_processor_are_kept);
    g_test_add_func("/atropos/extra time is split by sdom, not by domain",
                    test_extra_time_is_split_by_sdom_not_by_domain);
    g_test_add_func("/atropos/even quanta are split exactly",
                    test_even_quanta_are_split_exactly);
    g_test_add_func("/atropos/members share one contract",
                    test_members_share_one_contract);
    g_test_add_func("/atropos/a contract is one for the whole host",
                    test_a_contract_is_one_for_the_whole_host);
    g_test_add_func("/atropos/latency is the first deadline",
                    test_latency_is_the_first_deadline);
    g_test_add_func("/atropos/a short block keeps slice and deadline",
                    test_a_short_block_keeps_slice_and_deadline);
    g_test_add_func("/atropos/attach moves the payer at once",
                    test_attach_moves_the_payer_at_once);
    g_test_add_func("/atropos/a change counts from the next period",
                    test_a_change_counts_from_the_next_period);
    g_test_add_func("/atropos/impossible contracts are refused",
                    test_refused_contracts);
    return g_test_run();
}
