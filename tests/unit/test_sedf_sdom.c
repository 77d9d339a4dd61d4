/* SEDF with scheduling domains: who spends whose promise, by hand-derived schedules.
 * docs/schedulers-sedf.md says what is meant. Times in texts are us. */
#include "tests/unit/world.h"

#include <errno.h>

#define US(n) ((n)*NS_PER_US)
#define MS(n) ((n)*NS_PER_MS)

static const Topology one_pcpu = { 1, 1, 1 };
static const Topology two_pcpus = { 2, 1, 2 };

/* A guest with a stub domain and a neighbour, on pCPU 0 until told otherwise. */
typedef struct {
    World *world;
    Domain *guest, *stub, *other;
} Trio;

static Trio trio_new(Topology topology)
{
    World *world = world_new("sedf-3.1", topology, NULL);

    world_add_domain(world, "dom0", 256, 0); /* so that nobody here is dom0 */
    return (Trio){ .world = world,
                   .guest = world_add_domain(world, "guest", 256, 0),
                   .stub = world_add_domain(world, "stub", 256, 0),
                   .other = world_add_domain(world, "other", 256, 0) };
}

static Vcpu *first_vcpu(const Domain *domain)
{
    return g_ptr_array_index(domain->vcpus, 0);
}

static void promise_time(Domain *domain, int64_t period_ns, int64_t slice_ns)
{
    const SchedParams params = { .set = PARAM_PERIOD | PARAM_SLICE | PARAM_EXTRATIME,
                                 .period_ns = period_ns,
                                 .slice_ns = slice_ns,
                                 .extratime = false };

    g_assert_cmpint(domain_set_params(domain, &params), ==, 0);
}

static void promise_weight(Domain *domain, int64_t weight)
{
    const SchedParams params = { .set = PARAM_SHARE | PARAM_EXTRATIME,
                                 .share = weight,
                                 .extratime = false };

    g_assert_cmpint(domain_set_params(domain, &params), ==, 0);
}

/* Commands between events: what they raise is handled at once. */
static void attach(const Trio *trio)
{
    g_assert_cmpint(domain_attach(trio->stub, trio->guest), ==, 0);
    if (trio->world->host->is_started)
        host_handle_softirqs(trio->world->host);
}

static void detach(const Trio *trio)
{
    g_assert_cmpint(domain_detach(trio->stub), ==, 0);
    host_handle_softirqs(trio->world->host);
}

static int64_t running_ns(const Domain *domain, unsigned vcpu)
{
    const Vcpu *v = g_ptr_array_index(domain->vcpus, vcpu);

    return runstate_total_ns(&v->runstate, RUNSTATE_RUNNING, host_now_ns(domain->host));
}

/* 2 ms of 20, which begin at 2. Guest and stub take turns of a quantum in them; the
 * stub's own promise of extra time is not in use. */
static void test_members_share_one_slice(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    promise_time(trio.guest, MS(20), MS(2));
    attach(&trio);
    world_run_until(trio.world, MS(23));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "2000 p0 guest\n"
                    "2500 p0 stub\n"
                    "3000 p0 guest\n"
                    "3500 p0 stub\n"
                    "4000 p0 -\n"
                    "22000 p0 guest\n"
                    "22500 p0 stub\n");
    world_free(trio.world);
}

/* The guest runs 300 us and blocks for 250; so does the stub, which wakes just before
 * the guest blocks and the other way round. Somebody is always ready, so the promise is
 * never asleep and no slice is lost by a short block. At 4000 the guest has run 200 us
 * of its turn; at 22000 it goes on with it. */
static void test_a_guest_that_waits_for_its_stub_keeps_its_slice(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "300/250");
    world_add_vcpu(trio.world, trio.stub, 0, US(2200), "300/250");
    promise_time(trio.guest, MS(20), MS(2));
    attach(&trio);
    world_run_until(trio.world, MS(22) + US(700));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "2000 p0 guest\n"
                    "2300 p0 stub\n"
                    "2600 p0 guest\n"
                    "2900 p0 stub\n"
                    "3200 p0 guest\n"
                    "3500 p0 stub\n"
                    "3800 p0 guest\n"
                    "4000 p0 -\n"
                    "22000 p0 guest\n"
                    "22100 p0 stub\n"
                    "22400 p0 guest\n");
    world_free(trio.world);
}

/* The same two alone: the guest's block at 2300 is a short one, for which it has one
 * quantum of penalty time (of which it uses 300 us from 2550 on) and then nothing
 * before 22000. The stub lives on extra time. */
static void test_alone_the_same_guest_loses_its_slice(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "300/250");
    world_add_vcpu(trio.world, trio.stub, 0, US(2200), "300/250");
    promise_time(trio.guest, MS(20), MS(2));
    world_run_until(trio.world, US(3800));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "2000 p0 guest\n"
                    "2300 p0 stub\n"
                    "2550 p0 guest\n"
                    "2850 p0 stub\n"
                    "2900 p0 -\n"
                    "3150 p0 stub\n"
                    "3450 p0 -\n"
                    "3700 p0 stub\n");
    world_free(trio.world);
}

/* Extra time, all weights 1: the neighbour has every other quantum, guest and stub the
 * rest by turns. The guest's first quantum is cut off at once by the neighbour's wake.
 */
static void test_extra_time_is_the_parents(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.other, 0, 0, "hog");
    attach(&trio);
    world_run_until(trio.world, US(4500));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "0 p0 guest\n"
                    "0 p0 other\n"
                    "500 p0 guest\n"
                    "1000 p0 other\n"
                    "1500 p0 stub\n"
                    "2000 p0 other\n"
                    "2500 p0 guest\n"
                    "3000 p0 other\n"
                    "3500 p0 stub\n"
                    "4000 p0 other\n");
    world_free(trio.world);
}

/* Likewise, but the guest blocks after 200 us of its quantum: the stub has the other
 * 300, and the neighbour loses nothing by it. */
static void test_a_quantum_is_spent_by_several_members(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "200/90000");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.other, 0, 0, "hog");
    attach(&trio);
    world_run_until(trio.world, US(3000));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "0 p0 guest\n"
                    "0 p0 other\n"
                    "500 p0 guest\n"
                    "700 p0 stub\n"
                    "1000 p0 other\n"
                    "1500 p0 stub\n"
                    "2000 p0 other\n"
                    "2500 p0 stub\n");
    world_free(trio.world);
}

/* Until 1250 the stub lives on extra time, of which the guest accepts none: so it must
 * wait for 4000 then. Until 6250 it takes turns with the guest; the guest alone has the
 * rest of the slice to 8000, and the stub extra time again. */
static void test_attach_and_detach_take_effect_at_once(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    promise_time(trio.guest, MS(20), MS(4));
    world_run_until(trio.world, US(1250));
    attach(&trio);
    world_run_until(trio.world, US(6250));
    detach(&trio);
    world_run_until(trio.world, MS(29));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "0 p0 stub\n"
                    "1250 p0 -\n"
                    "4000 p0 guest\n"
                    "4500 p0 stub\n"
                    "5000 p0 guest\n"
                    "5500 p0 stub\n"
                    "6000 p0 guest\n"
                    "8000 p0 stub\n"
                    "24000 p0 guest\n"
                    "28000 p0 stub\n");
    host_book_time(trio.world->host);
    g_assert_cmpint(trio.stub->ran_ns - trio.stub->booked_ns, ==, MS(1));
    world_free(trio.world);
}

/* stub.0 draws on guest.0; stub.1 and stub.2 on guest.1, the last there is, and go to
 * its pCPU. Each promise is spent in one place, by one vCPU at a time. */
static void test_vcpus_draw_on_the_parents_of_the_same_number(void)
{
    Trio trio = trio_new(two_pcpus);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.guest, 1, 0, "hog");
    for (unsigned i = 0; i < 3; i++)
        world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    attach(&trio);
    world_run_until(trio.world, MS(3000));
    g_assert_cmpint(ABS(running_ns(trio.guest, 0) - MS(1500)), <=, US(500));
    g_assert_cmpint(ABS(running_ns(trio.stub, 0) - MS(1500)), <=, US(500));
    g_assert_cmpint(ABS(running_ns(trio.guest, 1) - MS(1000)), <=, US(500));
    g_assert_cmpint(ABS(running_ns(trio.stub, 1) - MS(1000)), <=, US(500));
    g_assert_cmpint(ABS(running_ns(trio.stub, 2) - MS(1000)), <=, US(500));
    world_free(trio.world);
}

/* A promise is kept on one pCPU: a stub that may not run there spends its own. */
static void test_affinity_comes_before_the_account(void)
{
    Trio trio = trio_new(two_pcpus);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 1, 0, "hog");
    world_pin(first_vcpu(trio.stub), "1");
    attach(&trio);
    world_run_until(trio.world, MS(10));
    g_assert_cmpstr(trio.world->schedule->str, ==, "0 p0 guest\n0 p1 stub\n");
    world_free(trio.world);
}

/* The guest is sent to pCPU 1 at 1250, in the middle of its turn. The stub has got
 * pCPU 0 for an instant when it is called after. */
static void test_members_follow_the_owner(void)
{
    Trio trio = trio_new(two_pcpus);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    attach(&trio);
    world_run_until(trio.world, US(1250));
    world_pin(first_vcpu(trio.guest), "1");
    host_handle_softirqs(trio.world->host);
    world_run_until(trio.world, US(2500));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "0 p0 guest\n"
                    "500 p0 stub\n"
                    "1000 p0 guest\n"
                    "1250 p0 stub\n"
                    "1250 p0 -\n"
                    "1250 p1 guest\n"
                    "1750 p1 stub\n"
                    "2250 p1 guest\n");
    world_free(trio.world);
}

/* A stub that is attached while it runs on another pCPU than the guest's goes there,
 * and is next when the guest's quantum ends. */
static void test_a_running_adom_moves_to_its_parent(void)
{
    Trio trio = trio_new(two_pcpus);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 1, 0, "hog");
    world_run_until(trio.world, US(1250));
    attach(&trio);
    world_run_until(trio.world, US(2500));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "0 p0 guest\n"
                    "0 p1 stub\n"
                    "1250 p1 -\n"
                    "1500 p0 stub\n"
                    "2000 p0 guest\n");
    world_free(trio.world);
}

/* 95 ms by weight 1:3:1, and 1:1 while the 3 is an adom's. */
static void test_the_weight_of_an_adom_does_not_count(void)
{
    Trio trio = trio_new(one_pcpu);
    const Vcpu *guest = world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    const Vcpu *other;

    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    other = world_add_vcpu(trio.world, trio.other, 0, 0, "hog");
    promise_weight(trio.guest, 1);
    promise_weight(trio.stub, 3);
    promise_weight(trio.other, 1);
    g_assert_cmpint(world_inspect(guest).credit, ==, MS(19));
    attach(&trio);
    g_assert_cmpint(world_inspect(guest).credit, ==, US(47500));
    g_assert_cmpint(world_inspect(other).credit, ==, US(47500));
    detach(&trio);
    g_assert_cmpint(world_inspect(other).credit, ==, MS(19));
    world_free(trio.world);
}

/* The guest stands still from 2500 to 3250; its slice does not. */
static void test_the_promise_of_a_paused_parent_is_kept(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    promise_time(trio.guest, MS(20), MS(2));
    attach(&trio);
    world_run_until(trio.world, US(2250));
    domain_pause(trio.guest);
    world_run_until(trio.world, US(3250));
    domain_unpause(trio.guest);
    host_handle_softirqs(trio.world->host);
    world_run_until(trio.world, MS(5));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "2000 p0 guest\n"
                    "2250 p0 stub\n"
                    "3250 p0 guest\n"
                    "3750 p0 stub\n"
                    "4000 p0 -\n");
    world_free(trio.world);
}

/* 4 ms become 2 when 1 has been used, by a stub that keeps the promise awake. */
static void test_new_parameters_hold_for_the_present_slice(void)
{
    Trio trio = trio_new(one_pcpu);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "hog");
    world_add_vcpu(trio.world, trio.stub, 0, 0, "hog");
    promise_time(trio.guest, MS(20), MS(4));
    attach(&trio);
    world_run_until(trio.world, MS(5));
    promise_time(trio.guest, MS(20), MS(2));
    host_handle_softirqs(trio.world->host);
    world_run_until(trio.world, MS(25));
    g_assert_cmpstr(trio.world->schedule->str, ==,
                    "4000 p0 guest\n"
                    "4500 p0 stub\n"
                    "5000 p0 guest\n"
                    "5500 p0 stub\n"
                    "6000 p0 -\n"
                    "24000 p0 guest\n"
                    "24500 p0 stub\n");
    world_free(trio.world);
}

/* One random command, of those that move vCPUs and promises about. */
static void disturb(const Trio *trio)
{
    static const char *const masks[] = { "0", "1", "2", "0-1", "1-2", "0-2" };

    switch (g_test_rand_int_range(0, 5)) {
    case 0:
        domain_attach(trio->stub, g_test_rand_bit() ? trio->guest : trio->other);
        break;
    case 1:
        domain_detach(trio->stub);
        break;
    case 2:
        world_pin(first_vcpu(g_test_rand_bit() ? trio->guest : trio->other),
                  masks[g_test_rand_int_range(0, G_N_ELEMENTS(masks))]);
        break;
    case 3:
        promise_time(trio->guest, MS(g_test_rand_int_range(1, 20)), US(900));
        break;
    case 4:
        promise_weight(trio->other, g_test_rand_int_range(1, 10));
        break;
    }
    host_handle_softirqs(trio->world->host);
}

/* A ready vCPU of an adom is where its parent is; who runs may run there; and all pCPU
 * time is somebody's. */
static void check_laws(const Trio *trio)
{
    const Host *host = trio->world->host;
    int64_t sum_ns = 0;

    for (unsigned i = 0; i < trio->stub->vcpus->len && trio->stub->parent; i++) {
        const Vcpu *vcpu = g_ptr_array_index(trio->stub->vcpus, i);

        if (vcpu_is_runnable(vcpu))
            g_assert_true(vcpu->pcpu == first_vcpu(trio->stub->parent)->pcpu);
    }
    for (unsigned i = 0; i < host->n_pcpus; i++) {
        const Vcpu *current = host->pcpus[i].current;

        g_assert_true(current->is_idle || mask_has(current->hard_affinity, i));
        sum_ns += runstate_total_ns(&host->pcpus[i].idle->runstate, RUNSTATE_RUNNING,
                                    host_now_ns(host));
    }
    for (unsigned i = 0; i < host->vcpus->len; i++) {
        const Vcpu *vcpu = g_ptr_array_index(host->vcpus, i);

        sum_ns += running_ns(vcpu->domain, vcpu->id);
    }
    g_assert_cmpint(sum_ns, ==, host->n_pcpus * host_now_ns(host));
}

static void test_random_commands_keep_the_laws(void)
{
    static const Topology three_pcpus = { 3, 1, 3 };
    Trio trio = trio_new(three_pcpus);

    world_add_vcpu(trio.world, trio.guest, 0, 0, "700/900 100/50 3000/2000");
    world_add_vcpu(trio.world, trio.stub, 1, US(100), "200/300 900/40");
    world_add_vcpu(trio.world, trio.stub, 2, US(200), "hog");
    world_add_vcpu(trio.world, trio.other, 1, US(300), "hog");
    for (unsigned i = 1; i <= 2000; i++) {
        world_run_until(trio.world, US(i * 1370));
        disturb(&trio);
        check_laws(&trio);
    }
    world_free(trio.world);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sedf-sdom/members share one slice", test_members_share_one_slice);
    g_test_add_func("/sedf-sdom/a guest that waits for its stub keeps its slice",
                    test_a_guest_that_waits_for_its_stub_keeps_its_slice);
    g_test_add_func("/sedf-sdom/alone the same guest loses its slice",
                    test_alone_the_same_guest_loses_its_slice);
    g_test_add_func("/sedf-sdom/extra time is the parent's",
                    test_extra_time_is_the_parents);
    g_test_add_func("/sedf-sdom/a quantum is spent by several members",
                    test_a_quantum_is_spent_by_several_members);
    g_test_add_func("/sedf-sdom/attach and detach take effect at once",
                    test_attach_and_detach_take_effect_at_once);
    g_test_add_func("/sedf-sdom/vCPUs draw on the parent's of the same number",
                    test_vcpus_draw_on_the_parents_of_the_same_number);
    g_test_add_func("/sedf-sdom/affinity comes before the account",
                    test_affinity_comes_before_the_account);
    g_test_add_func("/sedf-sdom/members follow the owner",
                    test_members_follow_the_owner);
    g_test_add_func("/sedf-sdom/a running adom moves to its parent",
                    test_a_running_adom_moves_to_its_parent);
    g_test_add_func("/sedf-sdom/the weight of an adom does not count",
                    test_the_weight_of_an_adom_does_not_count);
    g_test_add_func("/sedf-sdom/the promise of a paused parent is kept",
                    test_the_promise_of_a_paused_parent_is_kept);
    g_test_add_func("/sedf-sdom/new parameters hold for the present slice",
                    test_new_parameters_hold_for_the_present_slice);
    g_test_add_func("/sedf-sdom/random commands keep the laws",
                    test_random_commands_keep_the_laws);
    return g_test_run();
}
