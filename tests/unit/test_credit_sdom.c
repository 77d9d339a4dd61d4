/*
 * What the variants of scheduling domains change on the credit schedulers: one pass,
 * one request or one long run under redirection and under the variant. Times in ms in
 * the comments, in us in the schedules.
 */
#include "models/schedulers/credit_sdom.h"
#include "tests/unit/world.h"

#define MS(n) ((int64_t)(n)*NS_PER_MS)
#define US(n) ((int64_t)(n)*NS_PER_US)

static const Topology one = { 1, 1, 1 };
static const char *const schedulers[] = { "credit-3.1", "credit-4.17" };

static CreditVcpu *credit_of(const Vcpu *vcpu)
{
    return vcpu->sched_state;
}

/* A guest and its stub domain in one scheduling domain, and a stranger. */
typedef struct {
    World *world;
    Vcpu *guest, *stub, *other;
} Group;

static World *world_of(const char *scheduler, const char *variant)
{
    g_autofree char *option = g_strconcat("sdom-variant=", variant, NULL);
    const char *const options[] = { option, NULL };

    return world_new(scheduler, one, options);
}

/* Passes. */

static void make_active(Vcpu *vcpu, int32_t credit, uint32_t used)
{
    CreditAccounting *all = vcpu->domain->host->scheduler.state;

    credit_of(vcpu)->credit = credit;
    credit_of(vcpu)->used = used;
    credit_start_accounting(all, credit_of(vcpu));
}

/* Guest and stub have -280 and 151; the guest has used 250 credits and the stub 51. The
 * group is granted 150 of 300 in 3.1, 200 in 4.17, where its weight counts twice. */
static void check_pass(const char *scheduler, const char *variant, int32_t guest,
                       int32_t stub)
{
    g_autoptr(World) world = world_of(scheduler, variant);
    Vcpu *guest_vcpu = world_add(world, "guest", 0, 0, "hog");
    Vcpu *stub_vcpu = world_add(world, "stub", 0, 0, "hog");
    Vcpu *other = world_add(world, "other", 0, 0, "hog");

    g_test_message("%s %s", scheduler, variant);
    g_assert_cmpint(domain_attach(stub_vcpu->domain, guest_vcpu->domain), ==, 0);
    make_active(other, -100, 100);
    make_active(stub_vcpu, 151, 51);
    make_active(guest_vcpu, -280, 250);
    credit_account_all(&world->host->scheduler, world->host->scheduler.state);
    g_assert_cmpint(credit_of(guest_vcpu)->credit, ==, guest);
    g_assert_cmpint(credit_of(stub_vcpu)->credit, ==, stub);
    g_assert_cmpint(credit_of(guest_vcpu)->priority, ==,
                    guest < 0 ? PRIORITY_OVER : PRIORITY_UNDER);
    g_assert_cmpint(credit_of(other)->credit, ==,
                    g_str_equal(scheduler, "credit-3.1") ? 50 : 0);
}

static void test_redirection_grants_equal_parts(void)
{
    check_pass("credit-3.1", "redirect", -280 + 75, 151 + 75);
    check_pass("credit-4.17", "redirect", -280 + 100, 151 + 100);
}

/* -129 in all is -64 for the first in the list, the guest, and -65. */
static void test_pooling_shares_debts(void)
{
    check_pass("credit-3.1", "pooled", -64 + 75, -65 + 75);
    check_pass("credit-4.17", "pooled", -64 + 100, -65 + 100);
}

/* 250 of 301 of 150 are 124.6, and of 200 166.1; the stub gets the rest. */
static void test_proportional_grants_follow_use(void)
{
    check_pass("credit-3.1", "proportional", -280 + 124, 151 + 26);
    check_pass("credit-4.17", "proportional", -280 + 166, 151 + 34);
}

/* The first pass grants all of 300 to the guest; the second the same and, as the stub's
 * debt is the balance, 300 more, in equal parts: what was used before is forgotten. */
static void test_use_is_forgotten_at_the_next_pass(void)
{
    g_autoptr(World) world = world_of("credit-3.1", "proportional");
    Vcpu *guest = world_add(world, "guest", 0, 0, "hog");
    Vcpu *stub = world_add(world, "stub", 0, 0, "hog");
    CreditAccounting *all = world->host->scheduler.state;

    g_assert_cmpint(domain_attach(stub->domain, guest->domain), ==, 0);
    make_active(stub, -300, 0);
    make_active(guest, -300, 300);
    credit_account_all(&world->host->scheduler, all);
    g_assert_cmpint(credit_of(guest)->credit, ==, 0);
    credit_account_all(&world->host->scheduler, all);
    g_assert_cmpint(credit_of(guest)->credit, ==, 300);
    g_assert_cmpint(credit_of(stub)->credit, ==, -300 + 300);
}

/* A group of a hog and a stub that runs 2 in every 52, against a hog of the same
 * weight: what the group has of the pCPU from 9 s to 18 s. */
static double share_of_group(const char *variant)
{
    g_autofree char *option = g_strconcat("sdom-variant=", variant, NULL);
    const char *const options[] = { option, "weight-per=domain", NULL };
    g_autoptr(World) world = world_new("credit-4.17", one, options);
    const Vcpu *guest = world_add(world, "guest", 0, 0, "hog");
    const Vcpu *stub = world_add(world, "stub", 0, 0, "2000/50000");
    int64_t before_ns;

    world_add(world, "other", 0, 0, "hog");
    g_assert_cmpint(domain_attach(stub->domain, guest->domain), ==, 0);
    world_run_until(world, MS(9000));
    host_book_time(world->host);
    before_ns = guest->domain->booked_ns;
    world_run_until(world, MS(18000));
    host_book_time(world->host);
    return (double)(guest->domain->booked_ns - before_ns) / (double)MS(9000);
}

/* With equal parts the stub saves what it cannot use and, having saved too much, loses
 * half of it: the group falls short of half the pCPU. Pooled, nothing is lost. Granted
 * by use, the stub still gets all for a period in which the guest has not run. */
static void test_unequal_needs_cost_a_redirected_group(void)
{
    const double redirected = share_of_group("redirect");
    const double proportional = share_of_group("proportional");

    g_assert_cmpfloat(redirected, <, 0.47);
    g_assert_cmpfloat(proportional, >, redirected);
    g_assert_cmpfloat(proportional, <, 0.48);
    g_assert_cmpfloat_with_epsilon(share_of_group("pooled"), 0.5, 0.001);
}

/* Requests. */

static Group request_group(const char *scheduler, const char *variant)
{
    World *world = world_of(scheduler, variant);
    Domain *guest = world_add_domain(world, "g", 256, 0);
    Domain *stub = world_add_domain(world, "s", 256, 0);
    Group group = { .world = world, .stub = world_add_server(world, stub, 0) };

    group.guest = world_add_client(world, guest, 0, 0, "1000>1000 1000/9000 15000>1000",
                                   group.stub);
    group.other = world_add(world, "h", 0, MS(4), "hog");
    g_assert_cmpint(domain_attach(stub, guest), ==, 0);
    return group;
}

/* Up to 27: g asks s for 1 ms at 1, sleeps from 3 to 12, preempts h, which is UNDER
 * since the tick at 10, and is UNDER itself since the tick at 20. */
static const char until_27[] =
    "0 p0 g\n1000 p0 s\n2000 p0 g\n3000 p0 -\n4000 p0 h\n12000 p0 g\n";

static void check_second_request(const Group *group, int64_t end_ns,
                                 const char *continuation)
{
    g_autofree char *expected = g_strconcat(until_27, continuation, NULL);

    world_run_until(group->world, end_ns);
    g_assert_cmpstr(group->world->schedule->str, ==, expected);
}

/* At 27 g asks again. BOOSTed, s goes before h; at g's priority it waits in line, for
 * h's slice. */
static void test_a_stub_wakes_at_the_guests_priority(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(schedulers); i++) {
        const Group redirected = request_group(schedulers[i], "redirect");
        const Group inherited = request_group(schedulers[i], "wake-priority");

        check_second_request(&redirected, US(28500), "27000 p0 s\n28000 p0 g\n");
        check_second_request(&inherited, US(57500), "27000 p0 h\n57000 p0 s\n");
        world_free(redirected.world);
        world_free(inherited.world);
    }
}

/* s is OVER with a debt of 50 when g, with 200, asks at 27. */
static void put_stub_in_debt(const Group *group)
{
    world_run_until(group->world, US(26500));
    credit_of(group->guest)->credit = 200;
    credit_of(group->stub)->credit = -50;
    credit_of(group->stub)->priority = PRIORITY_OVER;
}

/* g's credit covers the debt: s is UNDER, and BOOSTed. The answer brings back what s
 * has not used. 3.1: no tick has caught s. 4.17: g has paid 70 for its time since the
 * tick at 20 when it gives, and s 10 for 1 ms. */
static void test_a_waiting_guest_donates_its_credit(void)
{
    static const int32_t guest_after[] = { 200, 200 - 70 - 10 };

    for (unsigned i = 0; i < G_N_ELEMENTS(schedulers); i++) {
        const Group redirected = request_group(schedulers[i], "redirect");
        const Group donated = request_group(schedulers[i], "donate");

        put_stub_in_debt(&redirected);
        check_second_request(&redirected, US(28500), "27000 p0 h\n");
        put_stub_in_debt(&donated);
        check_second_request(&donated, US(28500), "27000 p0 s\n28000 p0 g\n");
        g_assert_cmpint(credit_of(donated.guest)->credit, ==, guest_after[i]);
        g_assert_cmpint(credit_of(donated.stub)->credit, ==, -50);
        world_free(redirected.world);
        world_free(donated.world);
    }
}

/* While it waits the guest has nothing; the stub, which has more than 300 with the
 * gift, stays active in a pass; a tick is paid from the gift. */
static void test_a_donation_is_spent_first(void)
{
    const Group group = request_group("credit-3.1", "donate");
    Scheduler *scheduler = &group.world->host->scheduler;
    CreditVcpu *guest = credit_of(group.guest), *stub = credit_of(group.stub);

    make_active(group.stub, 250, 0);
    make_active(group.guest, 120, 0);
    group.guest->server = group.stub;
    scheduler->ops->wait_begins(scheduler, group.guest, 0);
    g_assert_cmpint(guest->credit, ==, 0);
    g_assert_cmpint(stub->credit, ==, 370);
    credit_charge(scheduler->state, stub, 100);
    g_assert_cmpint(stub->donated, ==, 20);
    credit_account_all(scheduler, scheduler->state); /* 300: 150 each */
    g_assert_true(ring_is_linked(&stub->active));
    g_assert_cmpint(stub->credit, ==, 270 + 150);
    scheduler->ops->wait_ends(scheduler, group.guest, 0);
    g_assert_cmpint(guest->credit, ==, 150 + 20);
    g_assert_cmpint(stub->credit, ==, 400);
    world_free(group.world);
}

static void begin_wait(Vcpu *vcpu, Vcpu *server)
{
    vcpu->server = server;
    vcpu->pause_flags |= PAUSE_BLOCKED_IN_XEN;
    credit_wait_begins(&vcpu->domain->host->scheduler, vcpu, 0);
}

/* Two vCPUs of the guest's wait; the answer of one leaves the other waiting. */
static void test_another_vcpu_may_still_wait(void)
{
    g_autoptr(World) world = world_of("credit-3.1", "wake-priority");
    Domain *guest = world_add_domain(world, "g", 256, 0);
    Vcpu *vcpus[] = { world_add_vcpu(world, guest, 0, MS(1), "hog"),
                      world_add_vcpu(world, guest, 0, MS(1), "hog") };
    Vcpu *stub = world_add(world, "s", 0, MS(1), "hog");
    Scheduler *scheduler = &world->host->scheduler;

    g_assert_cmpint(domain_attach(stub->domain, guest), ==, 0);
    begin_wait(vcpus[0], stub);
    begin_wait(vcpus[1], stub);
    credit_wait_ends(scheduler, vcpus[1], 0);
    g_assert_true(credit_of(stub)->patron == credit_of(vcpus[0]));
    vcpus[1]->pause_flags &= ~(unsigned)PAUSE_BLOCKED_IN_XEN;
    credit_wait_ends(scheduler, vcpus[0], 0);
    g_assert_null(credit_of(stub)->patron);
}

/* A device model outside the group gets nothing. */
static void test_strangers_are_not_patronized(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(schedulers); i++) {
        g_autoptr(World) world = world_of(schedulers[i], "donate");
        Vcpu *server = world_add_server(world, world_add_domain(world, "s", 256, 0), 0);
        Vcpu *guest = world_add_client(world, world_add_domain(world, "g", 256, 0), 0,
                                       0, "1000>1000", server);

        credit_of(guest)->credit = 200;
        world_run_until(world, US(1500));
        g_assert_cmpint(credit_of(server)->credit, ==, 0);
        g_assert_cmpint(credit_of(server)->donated, ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/credit-sdom/redirection grants equal parts",
                    test_redirection_grants_equal_parts);
    g_test_add_func("/credit-sdom/pooling shares debts", test_pooling_shares_debts);
    g_test_add_func("/credit-sdom/proportional grants follow use",
                    test_proportional_grants_follow_use);
    g_test_add_func("/credit-sdom/use is forgotten at the next pass",
                    test_use_is_forgotten_at_the_next_pass);
    g_test_add_func("/credit-sdom/unequal needs cost a redirected group",
                    test_unequal_needs_cost_a_redirected_group);
    g_test_add_func("/credit-sdom/a stub wakes at the guest's priority",
                    test_a_stub_wakes_at_the_guests_priority);
    g_test_add_func("/credit-sdom/another vCPU may still wait",
                    test_another_vcpu_may_still_wait);
    g_test_add_func("/credit-sdom/a waiting guest donates its credit",
                    test_a_waiting_guest_donates_its_credit);
    g_test_add_func("/credit-sdom/a donation is spent first",
                    test_a_donation_is_spent_first);
    g_test_add_func("/credit-sdom/strangers are not patronized",
                    test_strangers_are_not_patronized);
    return g_test_run();
}
