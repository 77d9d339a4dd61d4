/*
 * How credit2 moves vCPUs between run queues, and changes their parameters.
 */
#include "tests/unit/credit2_world.h"

#include <errno.h>

static const Topology one_pcpu = { 1, 1, 1 }, two_sockets = { 4, 1, 2 },
                      six_in_two_sockets = { 6, 1, 3 }, three_sockets = { 3, 1, 1 };

/* Moving between run queues. */

/* Only the last run queue of the list says whether all are overloaded: 1.2 do, 0.5 do
 * not. 0.4 between here and there matter only then. */
static void test_the_last_run_queue_says_what_is_overloaded(void)
{
    static const struct {
        int64_t last;
        bool moves;
    } cases[] = { { 314573, true }, { 209715, false } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(three_sockets, "ratelimit=1ms");
        Credit2Vcpu *sleeper = add_at(world, "sleeper", 0);

        sleeper->average_load = 50000;
        runqueue_of(world, 0)->balance_load = 235929;
        runqueue_of(world, 1)->balance_load = 131072;
        runqueue_of(world, 2)->balance_load = cases[i].last;
        credit2_balance(runqueue_of(world, 0), 0);
        g_assert_true((sleeper->runqueue == runqueue_of(world, 1)) == cases[i].moves);
    }
}

static void test_averages_there_are_updated_only_if_somebody_here_can_leave(void)
{
    for (unsigned can_leave = 0; can_leave < 2; can_leave++) {
        g_autoptr(World) world = credit2_world_new(two_sockets, "ratelimit=1ms");
        Credit2Vcpu *here = add_at(world, "here", 0),
                    *there = add_at(world, "there", 2);
        PcpuMask of_here, of_there;

        mask_init(&of_here, 4);
        mask_init(&of_there, 4);
        mask_add(&of_here, 0);
        if (can_leave)
            mask_add(&of_here, 2);
        mask_add(&of_there, 2);
        here->vcpu->hard_affinity = &of_here;
        there->vcpu->hard_affinity = &of_there;
        runqueue_of(world, 0)->balance_load = 3 << 18;
        credit2_balance(runqueue_of(world, 0), MS(5));
        g_assert_cmpint(here->load_since, ==, MS(5) >> 10);
        g_assert_cmpint(there->load_since, ==, can_leave ? MS(5) >> 10 : 0);
    }
}

/* Without its own half load the present run queue is the lighter one. Taken along, it
 * counts at once. */
static void test_a_vcpu_does_not_flee_its_own_load(void)
{
    static const struct {
        int64_t load_here, here_after, there_after;
    } cases[] = { { 131072 + 99, 131072 + 99, 100 },
                  { 131072 + 101, 101, 131072 + 100 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(two_sockets, "ratelimit=1ms");
        Credit2Vcpu *sleeper = add_at(world, "sleeper", 0);

        runqueue_of(world, 0)->balance_load = cases[i].load_here;
        runqueue_of(world, 1)->balance_load = 100;
        world_pin(sleeper->vcpu, "0-3");
        g_assert_cmpint(runqueue_of(world, 0)->balance_load, ==, cases[i].here_after);
        g_assert_cmpint(runqueue_of(world, 1)->balance_load, ==, cases[i].there_after);
    }
}

static void test_a_move_to_another_run_queue_advances_the_turn_twice(void)
{
    g_autoptr(World) world = credit2_world_new(six_in_two_sockets, "ratelimit=1ms");
    Credit2Vcpu *sleeper = add_at(world, "sleeper", 0);

    runqueue_of(world, 1)->pick_bias = 3;
    world_pin(sleeper->vcpu, "3-5");
    g_assert_true(sleeper->runqueue == runqueue_of(world, 1));
    g_assert_cmpuint(sleeper->vcpu->pcpu->id, ==, 5);
    g_assert_cmpuint(runqueue_of(world, 1)->pick_bias, ==, 5);
}

/* The turn of the run queue that would be best without preference is taken and kept. */
static void test_a_preferred_run_queue_is_picked_in_the_others_turn(void)
{
    g_autoptr(World) world = credit2_world_new(two_sockets, "ratelimit=1ms");
    Credit2Vcpu *sleeper = add_at(world, "sleeper", 0);

    runqueue_of(world, 0)->balance_load = 0;
    runqueue_of(world, 0)->pick_bias = 1;
    runqueue_of(world, 1)->balance_load = 1 << 18;
    runqueue_of(world, 1)->pick_bias = 3;
    world_set_affinity(sleeper->vcpu, "0-3", "2-3");
    g_assert_cmpuint(runqueue_of(world, 0)->pick_bias, ==, 2);
    g_assert_cmpuint(runqueue_of(world, 1)->pick_bias, ==, 2); /* by the move */
    g_assert_cmpuint(sleeper->vcpu->pcpu->id, ==, 2);
}

/* The only vCPU that can move is the one that pCPU 1 takes from pCPU 0, where the
 * reset happens: pCPU 0 is asked, and the vCPU runs on 1 until the next decision. */
static void test_a_vcpu_that_is_being_taken_may_be_moved(void)
{
    g_autoptr(World) world = credit2_world_new(two_sockets, "ratelimit=1ms");
    Credit2Vcpu *taken = add_waiting(world, "taken", 0, 0);

    runqueue_of(world, 0)->balance_load = 3 << 18;
    g_assert_true(decide(world, 1, MS(1)).next == taken->vcpu);
    g_assert_true(is_asked(world, 0) && !is_asked(world, 1));
    g_assert_true(taken->vcpu->pause_flags & PAUSE_MIGRATING);
    g_assert_true(taken->move_to == runqueue_of(world, 1));
    g_assert_cmpuint(taken->vcpu->pcpu->id, ==, 1);
    g_assert_cmpint(taken->credit, ==, MS(10) + US(50));
}

/* Parameters. */

static int set_params(Credit2Vcpu *state, unsigned set, int64_t weight, int64_t cap)
{
    Scheduler *scheduler = &state->runqueue->all->host->scheduler;
    const SchedParams params = { .set = set, .weight = weight, .cap_percent = cap };

    return scheduler->ops->adjust(scheduler, state->vcpu->domain, &params, MS(1));
}

static void test_a_refused_cap_leaves_the_new_weight(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
    Credit2Vcpu *state = add_at(world, "a", 0);

    host_start(world->host);
    g_assert_cmpint(set_params(state, PARAM_WEIGHT, 512, 0), ==, -EINVAL);
    g_assert_cmpuint(state->weight, ==, 512);
    g_assert_cmpint(set_params(state, PARAM_WEIGHT | PARAM_CAP, 300, 101), ==, -EINVAL);
    g_assert_cmpuint(state->weight, ==, 300);
    g_assert_cmpuint(state->runqueue->max_weight, ==, 300);
    g_assert_false(credit2_is_capped(state));
    g_assert_cmpint(set_params(state, PARAM_CAP, 0, 100), ==, 0);
    g_assert_cmpint(state->quota_ns, ==, MS(10));
}

/* What no cap looks like to Xen is one of 65535 per cent to a domain large enough. */
static void test_no_cap_is_a_cap_for_656_vcpus(void)
{
    for (unsigned n_vcpus = 655; n_vcpus <= 656; n_vcpus++) {
        g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
        Domain *domain = world_add_domain(world, "large", 256, 0);
        Credit2Vcpu *state = NULL;

        for (unsigned i = 0; i < n_vcpus; i++)
            state = credit2_of_vcpu(world_add_vcpu(world, domain, 0, 0, "hog"));
        host_start(world->host);
        g_assert_cmpint(set_params(state, PARAM_WEIGHT, 256, 0), ==,
                        n_vcpus == 656 ? 0 : -EINVAL);
        g_assert_true(credit2_is_capped(state) == (n_vcpus == 656));
    }
}

static void test_a_cap_begins_at_once_and_ends_at_once(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=0");
    Credit2Vcpu *state = credit2_of_vcpu(world_add(world, "a", 0, 0, "hog"));
    Domain *domain = state->vcpu->domain;

    world_run_until(world, MS(3));
    g_assert_cmpint(domain_set_params(
                        domain, &(SchedParams){ .set = PARAM_CAP, .cap_percent = 20 }),
                    ==, 0);
    g_assert_cmpint(state->credit, ==, MS(7)); /* up to here without budget */
    g_assert_true(is_asked(world, 0));
    host_handle_softirqs(world->host);
    g_assert_cmpint(state->budget_ns, ==, MS(2));
    world_run_until(world, MS(6));
    g_assert_true(state->vcpu->pause_flags == PAUSE_PARKED);
    g_assert_cmpint(domain_set_params(domain, &(SchedParams){ .set = PARAM_CAP }), ==,
                    0);
    g_assert_true(state->vcpu->pause_flags == 0 && credit2_is_waiting(state));
    host_handle_softirqs(world->host);
    world_run_until(world, MS(40));
    g_assert_cmpstr(world->schedule->str, ==, "0 p0 a\n5000 p0 -\n6000 p0 a\n");
}

/* 5 per cent is 500 us a period, the least quota; the least slice overruns it in the
 * second period, where 100 us are used before. */
static void test_an_overrun_budget_is_paid_back(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");

    world_add_vcpu(world, world_add_domain(world, "a", 256, 5), 0, 0, "hog");
    world_run_until(world, MS(41));
    g_assert_cmpstr(world->schedule->str, ==,
                    "0 p0 a\n1000 p0 -\n20000 p0 a\n21000 p0 -\n40000 p0 a\n");
}

static void test_a_parked_vcpu_that_blocks_is_not_let_go(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
    Credit2Vcpu *state = add_running(world, "a", 0, 0);

    state->budget_ns = 0;
    state->vcpu->pause_flags = PAUSE_BLOCKED;
    g_assert_true(decide(world, 0, MS(1)).next->is_idle);
    g_assert_cmpuint(state->vcpu->pause_flags, ==, PAUSE_BLOCKED | PAUSE_PARKED);
    state->is_scheduled = false;
    credit2_unpark_all(state->vcpu->domain, MS(2));
    g_assert_cmpuint(state->vcpu->pause_flags, ==, PAUSE_BLOCKED);
    g_assert_false(credit2_is_waiting(state) || ring_is_linked(&state->parked));
}

static void test_the_vcpu_parked_last_is_let_go_first(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
    Domain *domain = world_add_domain(world, "a", 256, 0);
    Credit2Vcpu *states[2];

    for (unsigned i = 0; i < 2; i++) {
        states[i] = credit2_of_vcpu(world_add_vcpu(world, domain, 0, 0, "hog"));
        states[i]->vcpu->pause_flags = 0;
        states[i]->budget_ns = 0;
        g_assert_false(credit2_budget_grab(states[i], 0));
    }
    credit2_unpark_all(domain, 0);
    g_assert_true(credit2_runq_first(states[0]->runqueue) == states[1]);
}

/* Weight and cap that a domain is created with count from the start of the host. */
static void test_parameters_of_creation_hold_from_the_start(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "cap-period=20ms");
    Domain *domain = world_add_domain(world, "a", 1000, 50);
    Credit2Vcpu *state = credit2_of_vcpu(world_add_vcpu(world, domain, 0, 0, "hog"));

    world_run_until(world, 1);
    g_assert_cmpuint(state->weight, ==, 1000);
    g_assert_cmpuint(state->runqueue->max_weight, ==, 1000);
    g_assert_cmpint(state->budget_ns, ==, MS(10));
    g_assert_cmpint(sim_due_ns(world->host->sim, &domain->budget_timer), ==, MS(20));
}

#define ADD(name, function) g_test_add_func("/credit2/" name, function)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("the last run queue says what is overloaded",
        test_the_last_run_queue_says_what_is_overloaded);
    ADD("averages there are updated only if somebody here can leave",
        test_averages_there_are_updated_only_if_somebody_here_can_leave);
    ADD("a vCPU does not flee its own load", test_a_vcpu_does_not_flee_its_own_load);
    ADD("a move to another run queue advances the turn twice",
        test_a_move_to_another_run_queue_advances_the_turn_twice);
    ADD("a preferred run queue is picked in the other's turn",
        test_a_preferred_run_queue_is_picked_in_the_others_turn);
    ADD("a vCPU that is being taken may be moved",
        test_a_vcpu_that_is_being_taken_may_be_moved);
    ADD("a refused cap leaves the new weight",
        test_a_refused_cap_leaves_the_new_weight);
    ADD("no cap is a cap for 656 vCPUs", test_no_cap_is_a_cap_for_656_vcpus);
    ADD("a cap begins at once and ends at once",
        test_a_cap_begins_at_once_and_ends_at_once);
    ADD("an overrun budget is paid back", test_an_overrun_budget_is_paid_back);
    ADD("a parked vCPU that blocks is not let go",
        test_a_parked_vcpu_that_blocks_is_not_let_go);
    ADD("the vCPU parked last is let go first",
        test_the_vcpu_parked_last_is_let_go_first);
    ADD("parameters of creation hold from the start",
        test_parameters_of_creation_hold_from_the_start);
    return g_test_run();
}
