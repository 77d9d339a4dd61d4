/* The parts of credit2 by themselves, and its first decisions against Xen's own. */
#include "models/schedulers/credit2.h"
#include "tests/unit/world.h"

#include <inttypes.h>

static const Topology one_pcpu = { 1, 1, 1 }, four_pcpus = { 4, 1, 4 };

static const Credit2Options defaults = { .load_window_shift = 30,
                                         .load_precision_shift = 18 };

static void test_a_load_average_drifts_up_to_a_window(void)
{
    static const struct {
        int64_t average, level, elapsed, result;
    } cases[] = {
        { 131072, 1, 9765, 132293 }, { 131072, 0, 9765, 129852 },
        { 300001, 3, 1, 300001 },    { 131072, 2, 524289, 327680 },
        { 262144, 0, 1048576, 0 },   { 131072, 5, 1048577, 5 << 18 },
        { 131072, 1, 0, 131072 },    { 131072, 1, -3, 131072 },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(credit2_decay(&defaults, cases[i].average, cases[i].level,
                                      cases[i].elapsed),
                        ==, cases[i].result);
}

static void test_what_the_weight_does_not_divide_is_carried_over(void)
{
    static const struct {
        int64_t ran_ns;
        uint32_t max_weight, residual, weight;
        int64_t credit;
        uint32_t residual_after;
        int64_t credit_after;
    } cases[] = {
        { 1000001, 512, 0, 256, 10000000, 0, 7999998 },
        { 1000001, 512, 100, 384, 10000000, 356, 8666666 },
        { 333333, 1000, 7, 3, 0, 1, -10000000 },
        { 1000001, 512, 100, 512, 10000000, 100, 8999999 },
        { 1000001, 256, 300, 256, 10000000, 44, 8999998 }, /* of a higher weight once */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Credit2Runqueue runqueue = { .max_weight = cases[i].max_weight };
        Credit2Vcpu state = { .runqueue = &runqueue,
                              .weight = cases[i].weight,
                              .residual = cases[i].residual,
                              .credit = cases[i].credit };

        credit2_charge(&state, cases[i].ran_ns);
        g_assert_cmpint(state.credit, ==, cases[i].credit_after);
        g_assert_cmpuint(state.residual, ==, cases[i].residual_after);
    }
}

static void test_equals_wait_in_the_order_they_came(void)
{
    static const struct {
        int64_t credit;
        unsigned place;
    } cases[] = { { 5, 1 }, { 7, 0 }, { 5, 2 }, { -3, 4 }, { 5, 3 } };
    Credit2Runqueue runqueue;
    Credit2Vcpu states[G_N_ELEMENTS(cases)];
    const RingNode *node;

    ring_init(&runqueue.waiting);
    g_assert_null(credit2_runq_first(&runqueue));
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        states[i].runqueue = &runqueue;
        states[i].credit = cases[i].credit;
        ring_init(&states[i].waiting);
        credit2_runq_insert(&states[i]);
    }
    g_assert_true(credit2_runq_first(&runqueue) == &states[1]);
    node = runqueue.waiting.next;
    for (unsigned place = 0; place < G_N_ELEMENTS(cases); place++, node = node->next)
        for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
            if (cases[i].place == place)
                g_assert_true(node == &states[i].waiting);
}

/* The run queue of each pCPU, by its place in the list. */
static char *runqueue_map(const World *world)
{
    const Host *host = world->host;
    const Credit2Host *all = host->scheduler.state;
    GString *map = g_string_new(NULL);

    for (unsigned i = 0; i < host->n_pcpus; i++)
        g_string_append_printf(
            map, "%d",
            (int)(credit2_of_pcpu(&host->pcpus[i])->runqueue - all->runqueues));
    return g_string_free(map, FALSE);
}

static void test_pcpus_share_run_queues_by_place_and_size(void)
{
    static const struct {
        const char *arrangement, *at_most;
        Topology topology;
        const char *map;
    } cases[] = {
        { "runqueue=socket", "max-pcpus-per-runqueue=16", { 8, 2, 2 }, "00001111" },
        { "runqueue=core", "max-pcpus-per-runqueue=16", { 8, 2, 2 }, "00112233" },
        { "runqueue=cpu", "max-pcpus-per-runqueue=16", { 4, 2, 2 }, "0123" },
        { "runqueue=node", "max-pcpus-per-runqueue=16", { 8, 2, 2 }, "00000000" },
        { "runqueue=all", "max-pcpus-per-runqueue=16", { 8, 2, 2 }, "00000000" },
        /* A core of which only half is present still needs room for all. */
        { "runqueue=socket", "max-pcpus-per-runqueue=16", { 5, 2, 4 }, "00001" },
        { "runqueue=socket", "max-pcpus-per-runqueue=16", { 7, 4, 2 }, "0000111" },
        /* 24 pCPUs, so two run queues and at most 12 in each. */
        { "runqueue=socket",
          "max-pcpus-per-runqueue=16",
          { 24, 1, 20 },
          "000000000000111111112222" },
        { "runqueue=all", "max-pcpus-per-runqueue=3", { 6, 2, 3 }, "001122" },
        { "runqueue=all", "max-pcpus-per-runqueue=1", { 4, 2, 2 }, "0011" },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *const options[] = { cases[i].arrangement, cases[i].at_most, NULL };
        g_autoptr(World) world = world_new("credit2-4.17", cases[i].topology, options);
        g_autofree char *map = runqueue_map(world);

        g_assert_cmpstr(map, ==, cases[i].map);
    }
}

/* Whatever the scenario's placement says; half a load each is expected. */
static void test_new_vcpus_are_placed_in_turn(void)
{
    static const unsigned places[] = { 1, 2, 3, 0, 1 };
    g_autoptr(World) world = world_new("credit2-4.17", four_pcpus, NULL);
    const Credit2Host *all = world->host->scheduler.state;

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++)
        g_assert_cmpuint(world_add(world, "a", 0, 0, "hog")->pcpu->id, ==, places[i]);
    g_assert_cmpint(all->runqueues[0].balance_load, ==, 5 * 131072);
}

/* Decisions as Xen's source makes them. */

typedef struct {
    World *world;
    GString *decisions;
} Recorder;

/* "time next credit budget slice load balance_load" */
static void record(void *listener, int64_t now_ns, const Pcpu *pcpu, const Vcpu *next)
{
    const Recorder *recorder = listener;
    const Credit2Vcpu *state = credit2_of_vcpu(next);
    const Credit2Runqueue *runqueue = credit2_of_pcpu(pcpu)->runqueue;
    const int64_t due_ns = sim_due_ns(recorder->world->host->sim, &pcpu->slice_timer);

    g_string_append_printf(recorder->decisions, "%" PRId64 " ", now_ns);
    if (next->is_idle)
        g_string_append(recorder->decisions, "idle");
    else
        g_string_append_printf(
            recorder->decisions, "%s %" PRId64 " %" PRId64 " %" PRId64,
            next->domain->name, state->credit,
            credit2_is_capped(state) ? state->budget_ns : -1, due_ns - now_ns);
    g_string_append_printf(recorder->decisions, " %d %" PRId64 "\n", runqueue->load,
                           runqueue->balance_load);
}

static void record_switch(void *listener, int64_t now_ns, const Pcpu *pcpu,
                          const Vcpu *prev G_GNUC_UNUSED, const Vcpu *next)
{
    record(listener, now_ns, pcpu, next);
}

/* Two hogs on one pCPU, and what is decided up to end_ns. */
typedef struct {
    const char *name;
    int64_t weight, cap_percent, start_ns;
} Hog;

static char *decisions_of(const Hog hogs[2], int64_t end_ns)
{
    g_autoptr(World) world = world_new("credit2-4.17", one_pcpu, NULL);
    Recorder recorder = { world, g_string_new(NULL) };

    host_add_probe(world->host, &(Probe){ .listener = &recorder,
                                          .switched = record_switch,
                                          .continued = record });
    for (unsigned i = 0; i < 2; i++)
        world_add_vcpu(
            world,
            world_add_domain(world, hogs[i].name, hogs[i].weight, hogs[i].cap_percent),
            0, hogs[i].start_ns, "hog");
    world_run_until(world, end_ns);
    return g_string_free(recorder.decisions, FALSE);
}

static void test_weights_decide_as_in_xen(void)
{
    static const Hog hogs[] = { { "w256", 256, 0, 33642738 },
                                { "w512", 512, 0, 27999965 } };
    g_autofree char *decisions = decisions_of(hogs, 58 * NS_PER_MS);

    g_assert_cmpstr(decisions, ==,
                    "0 idle 0 262144\n"
                    "27999965 w512 10000000 -1 10000000 1 255309\n"
                    "33642738 w256 10000000 -1 5000000 2 255345\n"
                    "38642738 w512 4357227 -1 4357227 2 255345\n"
                    "42999965 w512 10000000 -1 500000 2 257689\n"
                    "43499965 w256 10000000 -1 5000000 2 257689\n"
                    "48499965 w512 9500000 -1 9500000 2 257689\n"
                    "57999965 w512 10000000 -1 500000 2 261414\n");
}

static void test_caps_decide_as_in_xen(void)
{
    static const Hog hogs[] = { { "c0", 256, 40, 1513684 },
                                { "c1", 256, 0, 16846164 } };
    g_autofree char *decisions = decisions_of(hogs, 40 * NS_PER_MS);

    g_assert_cmpstr(decisions, ==,
                    "0 idle 0 262144\n"
                    "1513684 c0 10000000 4000000 4000000 1 261775\n"
                    "5513684 idle 1 261776\n"
                    "10000000 c0 6000000 4000000 4000000 1 260683\n"
                    "14000000 idle 1 260688\n"
                    "16846164 c1 10000000 -1 10000000 1 259997\n"
                    "26846164 c0 2000000 4000000 2000000 2 260004\n"
                    "28846164 c0 10000000 2000000 500000 2 262181\n"
                    "29346164 c1 10000000 -1 10000000 2 262181\n"
                    "39346164 c0 9500000 4000000 4000000 2 262181\n");
}

/* Random work: what must hold after every millisecond. */

static void check_waiting(const Credit2Runqueue *runqueue)
{
    const RingNode *waiting = &runqueue->waiting;
    int64_t credit = INT64_MAX;

    for (const RingNode *node = waiting->next; node != waiting; node = node->next) {
        const Credit2Vcpu *state = RING_OWNER(node, const Credit2Vcpu, waiting);

        g_assert_true(state->runqueue == runqueue);
        g_assert_true(vcpu_is_runnable(state->vcpu) && !state->vcpu->is_running);
        g_assert_cmpint(state->credit, <=, credit);
        credit = state->credit;
    }
}

static void check_members(const Credit2Runqueue *runqueue)
{
    const RingNode *members = &runqueue->members;
    uint32_t max_weight = 1;
    int load = 0;

    for (const RingNode *node = members->next; node != members; node = node->next) {
        const Credit2Vcpu *state = RING_OWNER(node, const Credit2Vcpu, member);

        g_assert_true(credit2_of_pcpu(state->vcpu->pcpu)->runqueue == runqueue);
        g_assert_cmpint(state->credit, >=, CREDIT2_CREDIT_MIN);
        g_assert_true(ring_is_linked(&state->parked) ==
                      ((state->vcpu->pause_flags & PAUSE_PARKED) != 0));
        max_weight = MAX(max_weight, state->weight);
        load += state->vcpu->is_running || credit2_is_waiting(state);
    }
    g_assert_cmpuint(runqueue->max_weight, ==, max_weight);
    g_assert_cmpint(runqueue->load, ==, load);
}

static void check_masks(const Host *host, const Credit2Runqueue *runqueue)
{
    g_assert_true(mask_is_empty(&runqueue->tickled));
    for (unsigned i = mask_first(&runqueue->active); i != PCPU_NONE;
         i = mask_next(&runqueue->active, i)) {
        const Pcpu *pcpu = &host->pcpus[i];
        const bool is_core_idle =
            mask_is_subset(&credit2_of_pcpu(pcpu)->siblings, &runqueue->idle);

        g_assert_true(mask_has(&runqueue->idle, i) == pcpu->current->is_idle);
        g_assert_true(mask_has(&runqueue->smt_idle, i) == is_core_idle);
    }
}

static void check_world(const World *world)
{
    const Credit2Host *all = world->host->scheduler.state;

    for (unsigned i = 0; i < all->n_runqueues; i++) {
        check_waiting(&all->runqueues[i]);
        check_members(&all->runqueues[i]);
        check_masks(world->host, &all->runqueues[i]);
    }
}

static void add_random_domain(World *world, unsigned number)
{
    static const int64_t weights[] = { 256, 512, 1, 65535 };
    const int n_vcpus = g_test_rand_int_range(1, 4);
    g_autofree char *name = g_strdup_printf("d%u", number);
    Domain *domain = world_add_domain(world, name, weights[g_test_rand_int_range(0, 4)],
                                      g_test_rand_int_range(0, 2) * 30 * n_vcpus);

    for (int i = 0; i < n_vcpus; i++) {
        g_autofree char *script = g_strdup_printf(
            "%d/%d %d/%d", g_test_rand_int_range(1, 20000),
            g_test_rand_int_range(1, 9000), g_test_rand_int_range(1, 500),
            g_test_rand_int_range(1, 500));

        world_add_vcpu(world, domain, 0, g_test_rand_int_range(0, 9000000), script);
    }
}

static void disturb(World *world)
{
    static const char *const masks[] = { "0", "7", "0-3", "4-7", "1,6", "0-7" };
    Domain *domain = g_ptr_array_index(
        world->host->domains,
        (guint)g_test_rand_int_range(0, (gint32)world->host->domains->len));
    Vcpu *vcpu = g_ptr_array_index(domain->vcpus, 0);
    const SchedParams params = { .set = PARAM_WEIGHT | PARAM_CAP,
                                 .weight = g_test_rand_int_range(1, 3) * 256,
                                 .cap_percent = g_test_rand_int_range(0, 3) * 25 };

    switch (g_test_rand_int_range(0, 4)) {
    case 0:
        world_set_affinity(vcpu, masks[g_test_rand_int_range(0, 6)],
                           masks[g_test_rand_int_range(0, 6)]);
        break;
    case 1:
        g_assert_cmpint(domain_set_params(domain, &params), ==, 0);
        break;
    case 2:
        if (vcpu->is_running)
            vcpu_yield(vcpu);
        break;
    case 3:
        if (domain->pause_count > 0)
            domain_unpause(domain);
        else
            domain_pause(domain);
        break;
    }
    host_handle_softirqs(world->host);
}

static void test_the_books_of_run_queues_stay_right(void)
{
    const Topology topology = { 8, 2, 2 };
    g_autoptr(World) world = world_new("credit2-4.17", topology, NULL);

    for (unsigned i = 0; i < 12; i++)
        add_random_domain(world, i);
    for (int64_t ms = 1; ms <= 300; ms++) {
        world_run_until(world, ms * NS_PER_MS);
        check_world(world);
        disturb(world);
        check_world(world);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/credit2/a load average drifts up to a window",
                    test_a_load_average_drifts_up_to_a_window);
    g_test_add_func("/credit2/what the weight does not divide is carried over",
                    test_what_the_weight_does_not_divide_is_carried_over);
    g_test_add_func("/credit2/equals wait in the order they came",
                    test_equals_wait_in_the_order_they_came);
    g_test_add_func("/credit2/pCPUs share run queues by place and size",
                    test_pcpus_share_run_queues_by_place_and_size);
    g_test_add_func("/credit2/new vCPUs are placed in turn",
                    test_new_vcpus_are_placed_in_turn);
    g_test_add_func("/credit2/weights decide as in Xen", test_weights_decide_as_in_xen);
    g_test_add_func("/credit2/caps decide as in Xen", test_caps_decide_as_in_xen);
    g_test_add_func("/credit2/the books of run queues stay right",
                    test_the_books_of_run_queues_stay_right);
    return g_test_run();
}
