/*
 * Whom credit2 asks and whom it takes, where it has a choice. With
 * test_credit2_moves.c, what no golden schedule depends on: the list is in
 * docs/schedulers-credit2.md.
 */
#include "tests/unit/credit2_world.h"

static const Topology one_pcpu = { 1, 1, 1 }, two_pcpus = { 2, 1, 2 },
                      four_threads = { 4, 2, 2 };

/* Whom a wake asks. */

static void test_an_idle_core_is_asked_before_an_idle_thread(void)
{
    static const struct {
        const char *option, *affinity;
        unsigned here, asked;
    } cases[] = {
        { "smt-power-savings=no", "0-3", 1, 2 },
        { "smt-power-savings=yes", "0-3", 2, 1 },
        { "smt-power-savings=no", "1", 1, 1 }, /* pinned: its pCPU is idle */
        { "smt-power-savings=yes", "2-3", 3, 3 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(four_threads, cases[i].option);
        Credit2Vcpu *woken = add_at(world, "woken", 0);

        add_running(world, "busy", 0, 0);
        world_pin(woken->vcpu, cases[i].affinity);
        woken->vcpu->pcpu = pcpu_of(world, cases[i].here);
        g_assert_cmpuint(wake(world, woken, MS(2)), ==, cases[i].asked);
    }
}

/* Several wakes at one instant go to one idle pCPU each, unless power is saved. */
static void test_an_idle_pcpu_is_asked_once(void)
{
    g_autoptr(World) world = credit2_world_new(two_pcpus, "smt-power-savings=no");
    g_autoptr(World) saving = credit2_world_new(four_threads, "smt-power-savings=yes");

    g_assert_cmpuint(wake(world, add_at(world, "a", 1), 0), ==, 1);
    g_assert_cmpuint(wake(world, add_at(world, "b", 1), 0), ==, 0);
    g_assert_cmpuint(wake(world, add_at(world, "c", 1), 0), ==, PCPU_NONE);
    g_assert_cmpuint(wake(saving, add_at(saving, "a", 1), 0), ==, 1);
    g_assert_cmpuint(wake(saving, add_at(saving, "b", 1), 0), ==, 1);
}

static void test_soft_affinity_is_asked_first(void)
{
    static const struct {
        const char *soft;
        unsigned asked;
    } cases[] = {
        { "0-3", 2 }, { "1", 1 }, { "0", 2 }, /* busy: any other */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(four_threads, "ratelimit=1ms");
        Credit2Vcpu *woken = add_at(world, "woken", 2);

        add_running(world, "busy", 0, 0);
        world_set_affinity(woken->vcpu, "0-3", cases[i].soft);
        woken->vcpu->pcpu = pcpu_of(world, 2);
        g_assert_cmpuint(wake(world, woken, MS(2)), ==, cases[i].asked);
    }
}

/* On both pCPUs somebody with less credit runs: by 4 ms here, by 1 ms there. */
static void test_soft_affinity_outweighs_credit(void)
{
    static const struct {
        const char *soft;
        bool is_stranger_here; /* who runs here would rather be elsewhere */
        unsigned asked;
    } cases[] = {
        { "0-1", false, 0 }, /* its own pCPU first */
        { "1", false, 1 },   /* where it would rather be */
        { "1", true, 0 },    /* to chase a stranger is as good: so by credit */
    };

    PcpuMask elsewhere;

    mask_init(&elsewhere, 2);
    mask_add(&elsewhere, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(two_pcpus, "ratelimit=1ms");
        Credit2Vcpu *woken = add_at(world, "woken", 0);
        Credit2Vcpu *near = add_running(world, "near", 0, 0);

        near->credit = MS(8);
        add_running(world, "far", 1, 0)->credit = MS(11);
        if (cases[i].is_stranger_here)
            near->vcpu->soft_affinity = &elsewhere;
        world_set_affinity(woken->vcpu, "0-1", cases[i].soft);
        woken->vcpu->pcpu = pcpu_of(world, 0);
        g_assert_cmpuint(wake(world, woken, MS(2)), ==, cases[i].asked);
    }
}

static void test_a_pcpu_that_has_just_switched_is_left_alone(void)
{
    static const struct {
        const char *option;
        int64_t now_ns;
        unsigned asked;
    } cases[] = {
        { "ratelimit=1ms", US(950), PCPU_NONE },
        { "ratelimit=1ms", US(950) + 1, 0 },
        { "ratelimit=50us", 1, 0 },
        { "ratelimit=0", 1, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(one_pcpu, cases[i].option);

        add_running(world, "busy", 0, 0)->credit = MS(1);
        g_assert_cmpuint(wake(world, add_at(world, "woken", 0), cases[i].now_ns), ==,
                         cases[i].asked);
    }
}

/* Its pCPU, told that who runs there sleeps, is asked already; a block tells nobody. */
static void test_a_pcpu_whose_vcpu_was_put_to_sleep_is_not_asked(void)
{
    for (unsigned is_slept = 0; is_slept < 2; is_slept++) {
        g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=0");
        Scheduler *scheduler = &world->host->scheduler;
        Credit2Vcpu *busy = add_running(world, "busy", 0, 0);

        busy->vcpu->pause_flags = PAUSE_BLOCKED;
        if (is_slept)
            scheduler->ops->sleep(scheduler, busy->vcpu, MS(1));
        g_assert_cmpuint(wake(world, add_at(world, "woken", 0), MS(1)), ==,
                         is_slept ? PCPU_NONE : 0);
    }
}

/* 256 costs 1 per ns while it is the highest weight, and 2 when there is 512. What
 * had been looked at after 1 ms has paid for that ms. */
static void test_looking_for_a_pcpu_charges_those_who_run(void)
{
    for (unsigned is_looked_at = 0; is_looked_at < 2; is_looked_at++) {
        g_autoptr(World) world = credit2_world_new(two_pcpus, "ratelimit=0");
        Credit2Vcpu *near = add_running(world, "near", 0, 0);
        Credit2Vcpu *far = add_running(world, "far", 1, 0);
        Credit2Vcpu *poor = add_at(world, "poor", 0);

        poor->credit = MS(1);
        if (is_looked_at)
            g_assert_cmpuint(wake(world, poor, MS(1)), ==, PCPU_NONE);
        g_assert_cmpint(far->start_ns, ==, is_looked_at ? MS(1) : 0);
        credit2_set_weight(near->vcpu->domain, 512);
        credit2_burn(far, MS(2));
        g_assert_cmpint(far->credit, ==, is_looked_at ? MS(7) : MS(6));
    }
}

/* Decisions. */

static void test_an_idle_pcpu_resists_a_vcpu_deep_in_debt(void)
{
    static const int64_t least = CREDIT2_CREDIT_IDLE + US(500);

    for (unsigned is_enough = 0; is_enough < 2; is_enough++) {
        g_autoptr(World) world = credit2_world_new(two_pcpus, "ratelimit=1ms");

        add_waiting(world, "debtor", 0, is_enough ? least : least - 1);
        g_assert_true(decide(world, 1, MS(1)).next->is_idle == !is_enough);
        g_assert_false(decide(world, 0, MS(1)).next->is_idle && !is_enough);
    }
}

static void test_an_idle_decision_brings_the_load_up_to_date(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
    Credit2Runqueue *runqueue = runqueue_of(world, 0);

    runqueue->balance_load = 1 << 18;
    g_assert_true(decide(world, 0, MS(10)).next->is_idle);
    g_assert_cmpint(runqueue->load_since, ==, MS(10) >> 10);
    g_assert_cmpint(runqueue->balance_load, ==, 259703); /* less 9765 / 2^20 */
}

static void test_a_yield_lets_a_poorer_vcpu_run_once(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
    Scheduler *scheduler = &world->host->scheduler;
    Credit2Vcpu *busy = add_running(world, "busy", 0, 0);
    Credit2Vcpu *poor = add_waiting(world, "poor", 0, MS(1));

    g_assert_true(decide(world, 0, US(10)).next == busy->vcpu);
    scheduler->ops->yield(scheduler, busy->vcpu, US(20));
    g_assert_true(decide(world, 0, US(20)).next == poor->vcpu);
    g_assert_true(busy->is_requeued_when_saved && !busy->has_yielded);
}

/* Credit decides nothing then, but moving to this pCPU must still pay. */
static void test_a_yield_brings_no_poorer_vcpu_from_elsewhere(void)
{
    g_autoptr(World) world = credit2_world_new(two_pcpus, "ratelimit=1ms");
    Scheduler *scheduler = &world->host->scheduler;
    Credit2Vcpu *busy = add_running(world, "busy", 0, 0);

    add_waiting(world, "poor", 1, MS(1));
    scheduler->ops->yield(scheduler, busy->vcpu, US(20));
    g_assert_true(decide(world, 0, US(20)).next == busy->vcpu);
}

/* pCPU 1 is idle and preferred; once it is asked, or not idle, the vCPU stays. */
static void test_a_vcpu_leaves_for_an_idle_pcpu_it_prefers(void)
{
    static const struct {
        const char *soft;
        bool is_asked, leaves;
    } cases[] = { { "1", false, true },
                  { "1", true, false },
                  { "0-1", false, false },
                  { "0", false, false } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(two_pcpus, "ratelimit=0");
        Credit2Vcpu *busy = add_at(world, "busy", 0);

        world_set_affinity(busy->vcpu, "0-1", cases[i].soft);
        busy->vcpu->pcpu = pcpu_of(world, 0);
        pcpu_of(world, 0)->current = busy->vcpu;
        credit2_pcpu_becomes_busy(pcpu_of(world, 0));
        busy->vcpu->pause_flags = 0;
        if (cases[i].is_asked)
            credit2_tickle(pcpu_of(world, 1));
        g_assert_true(decide(world, 0, MS(1)).next->is_idle == cases[i].leaves);
        g_assert_true(busy->is_requeued_when_saved == cases[i].leaves);
    }
}

static void test_a_vcpu_is_left_to_the_pcpu_that_was_asked(void)
{
    g_autoptr(World) world = credit2_world_new(two_pcpus, "ratelimit=1ms");
    Credit2Vcpu *woken = add_at(world, "woken", 1);

    g_assert_cmpuint(wake(world, woken, 0), ==, 1);
    g_assert_true(decide(world, 0, 0).next->is_idle);
    g_assert_true(decide(world, 1, 0).next == woken->vcpu);
    g_assert_cmpuint(woken->tickled_pcpu, ==, PCPU_NONE);
}

/* 2 ms of lead at the highest weight; whoever runs since 0 is asked at now_ns. */
static void test_a_slice_lasts_until_the_credit_is_that_of_the_next(void)
{
    static const struct {
        const char *option;
        int64_t now_ns, budget_ns, slice_ns;
    } cases[] = {
        { "ratelimit=1ms", MS(1), CREDIT2_BUDGET_INFINITE, MS(2) },
        { "ratelimit=5ms", MS(1), CREDIT2_BUDGET_INFINITE, MS(4) },
        { "ratelimit=20ms", MS(1), CREDIT2_BUDGET_INFINITE, MS(19) },
        { "ratelimit=0", MS(1), US(1700), US(700) },
        { "ratelimit=0", MS(1), US(1200), US(500) }, /* the least, beyond its budget */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(one_pcpu, cases[i].option);
        Credit2Vcpu *busy = add_running(world, "busy", 0, 0);
        SchedDecision decision;

        add_waiting(world, "next", 0, MS(7));
        busy->budget_ns = cases[i].budget_ns;
        decision = decide(world, 0, cases[i].now_ns);
        g_assert_true(decision.next == busy->vcpu);
        g_assert_cmpint(decision.slice_ns, ==, cases[i].slice_ns);
    }
}

/* Nobody has credit left. Who sleeps is given the same, and his account starts anew. */
static void test_a_reset_gives_all_members_credit(void)
{
    static const struct {
        int64_t best, sleeper, best_after, sleeper_after;
    } cases[] = {
        { 0, MS(-2), MS(10), MS(8) },
        { MS(-1), US(700), MS(9), US(10500) },
        { MS(-10), MS(-10), MS(10), MS(10) }, /* twice, at the very bottom */
        { MS(-10) + 1, MS(-10), 1, 0 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
        Credit2Vcpu *sleeper = add_at(world, "sleeper", 0);
        Credit2Vcpu *best = add_waiting(world, "best", 0, cases[i].best);

        sleeper->credit = cases[i].sleeper;
        g_assert_true(decide(world, 0, MS(3)).next == best->vcpu);
        g_assert_cmpint(best->credit, ==, cases[i].best_after);
        g_assert_cmpint(sleeper->credit, ==, cases[i].sleeper_after);
        g_assert_cmpint(sleeper->start_ns, ==, MS(3));
    }
}

/* Who runs is parked, the next in line is out of credit, and the reset finds the parked
 * one still current and without budget. */
static void test_a_reset_asks_the_deciding_pcpu_again(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=0");
    Credit2Vcpu *capped = add_running(world, "capped", 0, 0);
    Credit2Vcpu *next = add_waiting(world, "next", 0, 0);

    capped->budget_ns = MS(1);
    g_assert_true(decide(world, 0, MS(1)).next == next->vcpu);
    g_assert_true(capped->vcpu->pause_flags & PAUSE_PARKED);
    g_assert_true(is_asked(world, 0));
    g_assert_true(mask_has(&runqueue_of(world, 0)->tickled, 0));
}

/* Between a decision and the end of its switch: the wake must not be lost. */
static void test_a_wake_in_the_middle_of_a_switch_waits_for_its_end(void)
{
    g_autoptr(World) world = credit2_world_new(one_pcpu, "ratelimit=1ms");
    Scheduler *scheduler = &world->host->scheduler;
    Credit2Vcpu *busy = add_running(world, "busy", 0, 0);

    busy->vcpu->pause_flags = PAUSE_BLOCKED;
    pcpu_of(world, 0)->current = decide(world, 0, MS(2)).next;
    busy->vcpu->pause_flags = 0;
    scheduler->ops->wake(scheduler, busy->vcpu, MS(2));
    g_assert_false(credit2_is_waiting(busy));
    scheduler->ops->context_saved(scheduler, busy->vcpu, MS(2));
    g_assert_true(credit2_is_waiting(busy));
    g_assert_cmpint(runqueue_of(world, 0)->load, ==, 1);
}

#define ADD(name, function) g_test_add_func("/credit2/" name, function)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("an idle core is asked before an idle thread",
        test_an_idle_core_is_asked_before_an_idle_thread);
    ADD("an idle pCPU is asked once", test_an_idle_pcpu_is_asked_once);
    ADD("soft affinity is asked first", test_soft_affinity_is_asked_first);
    ADD("soft affinity outweighs credit", test_soft_affinity_outweighs_credit);
    ADD("a pCPU that has just switched is left alone",
        test_a_pcpu_that_has_just_switched_is_left_alone);
    ADD("a pCPU whose vCPU was put to sleep is not asked",
        test_a_pcpu_whose_vcpu_was_put_to_sleep_is_not_asked);
    ADD("looking for a pCPU charges those who run",
        test_looking_for_a_pcpu_charges_those_who_run);
    ADD("an idle pCPU resists a vCPU deep in debt",
        test_an_idle_pcpu_resists_a_vcpu_deep_in_debt);
    ADD("an idle decision brings the load up to date",
        test_an_idle_decision_brings_the_load_up_to_date);
    ADD("a yield lets a poorer vCPU run once",
        test_a_yield_lets_a_poorer_vcpu_run_once);
    ADD("a yield brings no poorer vCPU from elsewhere",
        test_a_yield_brings_no_poorer_vcpu_from_elsewhere);
    ADD("a vCPU leaves for an idle pCPU it prefers",
        test_a_vcpu_leaves_for_an_idle_pcpu_it_prefers);
    ADD("a vCPU is left to the pCPU that was asked",
        test_a_vcpu_is_left_to_the_pcpu_that_was_asked);
    ADD("a slice lasts until the credit is that of the next",
        test_a_slice_lasts_until_the_credit_is_that_of_the_next);
    ADD("a reset gives all members credit", test_a_reset_gives_all_members_credit);
    ADD("a reset asks the deciding pCPU again",
        test_a_reset_asks_the_deciding_pcpu_again);
    ADD("a wake in the middle of a switch waits for its end",
        test_a_wake_in_the_middle_of_a_switch_waits_for_its_end);
    return g_test_run();
}
