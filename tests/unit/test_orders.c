/* What the toolstack does while a machine runs, at its time and in its order. */
#include "models/machine/orders.h"
#include "tests/unit/io_world.h"

#include <errno.h>

static const Activity loop[] = {
    { .kind = ACTIVITY_COMPUTE, .instructions = 50000 },
    { .kind = ACTIVITY_PORT, .address = 0x60, .count = 1 },
};

static const char *const guest_only[] = { "guest", NULL };
static const char *const stub_only[] = { "guest-dm", NULL };

typedef struct {
    GString *refusals; /* "MS ORDER DOMAIN RESULT;" each */
    unsigned n_requests;
} Seen;

static void see_refusal(void *listener, int64_t now_ns, const char *order,
                        const char *domain, int result)
{
    g_string_append_printf(((Seen *)listener)->refusals,
                           "%" G_GINT64_FORMAT " %s %s %d;", now_ns / NS_PER_MS, order,
                           domain, result);
}

static void see_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const Request *request G_GNUC_UNUSED)
{
    ((Seen *)listener)->n_requests++;
}

typedef struct {
    IoMachine *description;
    Machine *machine;
    Host *host;
    Domain *guest;
    Seen seen;
} Fixture;

static void build(Fixture *self, const char *placement, const OrderParams *orders,
                  unsigned n)
{
    *self = (Fixture){ .description = io_machine_new(
                           placement, io_workload_new(loop, G_N_ELEMENTS(loop), true)),
                       .seen.refusals = g_string_new(NULL) };
    self->description->params.orders = orders;
    self->description->params.n_orders = n;
    self->machine = io_machine_build(self->description);
    self->host = machine_host(self->machine);
    self->guest = host_domain_by_name(self->host, "guest");
    host_add_probe(self->host, &(Probe){ .listener = &self->seen,
                                         .refused = see_refusal,
                                         .request = see_request });
}

static void check_laws(const Machine *machine)
{
    g_autoptr(GError) error = NULL;

    machine_check(machine, &error);
    g_assert_no_error(error);
}

static void clear(Fixture *self)
{
    check_laws(self->machine);
    machine_free(self->machine);
    io_machine_free(self->description);
    g_string_free(self->seen.refusals, TRUE);
}

static void test_a_paused_guest_stands_still(void)
{
    static const OrderParams orders[] = {
        { .name = "stop",
          .verb = ORDER_PAUSE,
          .at_ns = 10 * NS_PER_MS,
          .domains = guest_only },
        { .name = "go",
          .verb = ORDER_UNPAUSE,
          .at_ns = 20 * NS_PER_MS,
          .domains = guest_only },
    };
    Fixture self;
    unsigned n_before;
    int64_t ran_ns;

    build(&self, "dom0", orders, 2);
    machine_run_until(self.machine, 11 * NS_PER_MS);
    n_before = self.seen.n_requests;
    ran_ns = self.guest->ran_ns;
    machine_run_until(self.machine, 20 * NS_PER_MS);
    g_assert_cmpuint(n_before, >, 0);
    g_assert_cmpuint(self.seen.n_requests, ==, n_before);
    g_assert_cmpint(self.guest->ran_ns, ==, ran_ns);
    machine_run_until(self.machine, 30 * NS_PER_MS);
    g_assert_cmpuint(self.seen.n_requests, >, n_before);
    clear(&self);
}

static void test_an_order_comes_again(void)
{
    static const OrderParams orders[] = {
        { .name = "thrice",
          .verb = ORDER_UNPAUSE,
          .at_ns = 5 * NS_PER_MS,
          .every_ns = 10 * NS_PER_MS,
          .count = 3,
          .domains = guest_only },
        { .name = "ever",
          .verb = ORDER_DETACH,
          .at_ns = 30 * NS_PER_MS,
          .every_ns = 20 * NS_PER_MS,
          .domains = guest_only },
    };
    Fixture self;

    build(&self, "dom0", orders, 2);
    machine_run_until(self.machine, 75 * NS_PER_MS);
    g_assert_cmpstr(self.seen.refusals->str, ==,
                    "5 thrice guest -22;15 thrice guest -22;25 thrice guest -22;"
                    "30 ever guest -2;50 ever guest -2;70 ever guest -2;");
    clear(&self);
}

/* The guest is the parent of its stub domain if nobody else is named. What is refused
 * leaves the accounts as they were. */
static void test_accounts_change_hands(void)
{
    static const char *const both[] = { "guest-dm", "guest", NULL };
    static const OrderParams orders[] = {
        { .name = "detach",
          .verb = ORDER_DETACH,
          .at_ns = 10 * NS_PER_MS,
          .domains = stub_only },
        { .name = "attach",
          .verb = ORDER_ATTACH,
          .at_ns = 20 * NS_PER_MS,
          .domains = stub_only },
        { .name = "again",
          .verb = ORDER_ATTACH,
          .at_ns = 20 * NS_PER_MS,
          .domains = both,
          .parent = "Domain-0" },
    };
    Fixture self;
    const Domain *stub;
    int64_t booked_ns;

    build(&self, "stub+sdom", orders, 3);
    stub = machine_stub_of(self.machine, self.guest);
    g_assert_true(stub->parent == self.guest);
    machine_run_until(self.machine, 15 * NS_PER_MS);
    g_assert_null(stub->parent);
    booked_ns = stub->booked_ns;
    machine_run_until(self.machine, 20 * NS_PER_MS);
    host_count_time(self.host);
    g_assert_cmpint(stub->booked_ns, >, booked_ns);
    machine_run_until(self.machine, 25 * NS_PER_MS);
    g_assert_true(stub->parent == self.guest);
    g_assert_cmpstr(self.seen.refusals->str, ==,
                    "20 again guest-dm -16;20 again guest -22;");
    clear(&self);
}

static void test_what_is_not_there_is_refused(void)
{
    static const OrderParams orders[] = {
        { .name = "pause",
          .verb = ORDER_PAUSE,
          .at_ns = NS_PER_MS,
          .domains = stub_only },
    };
    Fixture self;

    build(&self, "dom0", orders, 1);
    machine_run_until(self.machine, 2 * NS_PER_MS);
    g_assert_cmpstr(self.seen.refusals->str, ==, "1 pause guest-dm -3;");
    clear(&self);
}

/* dom0 would never come to unpause itself. */
static void test_dom0_is_not_paused(void)
{
    static const char *const dom0[] = { "Domain-0", NULL };
    static const OrderParams orders[] = {
        { .name = "pause", .verb = ORDER_PAUSE, .at_ns = NS_PER_MS, .domains = dom0 },
    };
    Fixture self;

    build(&self, "dom0", orders, 1);
    machine_run_until(self.machine, 2 * NS_PER_MS);
    g_assert_cmpstr(self.seen.refusals->str, ==, "1 pause Domain-0 -22;");
    clear(&self);
}

static void test_parameters_and_pins_hold_from_then_on(void)
{
    const PcpuMask last = { .n_words = 1, .words = { 4 } };
    const OrderParams orders[] = {
        { .name = "set",
          .verb = ORDER_SET_PARAMETERS,
          .at_ns = 10 * NS_PER_MS,
          .domains = guest_only,
          .sched = { .set = PARAM_WEIGHT, .weight = 99 } },
        { .name = "pin",
          .verb = ORDER_PIN,
          .at_ns = 10 * NS_PER_MS,
          .domains = guest_only,
          .pinning = last },
        { .name = "free",
          .verb = ORDER_PIN,
          .at_ns = 20 * NS_PER_MS,
          .domains = guest_only },
    };
    const Vcpu *vcpu;
    Fixture self;

    build(&self, "dom0", orders, 3);
    vcpu = g_ptr_array_index(self.guest->vcpus, 0);
    machine_run_until(self.machine, 10 * NS_PER_MS);
    g_assert_cmpint(self.guest->params.weight, !=, 99);
    machine_run_until(self.machine, 15 * NS_PER_MS);
    g_assert_cmpint(self.guest->params.weight, ==, 99);
    g_assert_cmpuint(vcpu->pcpu->id, ==, 2);
    g_assert_cmpuint(mask_count(vcpu->hard_affinity), ==, 1);
    machine_run_until(self.machine, 25 * NS_PER_MS);
    g_assert_cmpuint(mask_count(vcpu->hard_affinity), ==, 3);
    g_assert_cmpuint(self.seen.refusals->len, ==, 0);
    clear(&self);
}

/* Any orders, at any time, under any scheduler: the laws hold. */

#define N_GUESTS 3u
#define N_ORDERS 60u

static const char *const guest_names[N_GUESTS] = { "a", "b", "c" };
static const char *const one_name[][2] = { { "a" },    { "b" },       { "c" },
                                           { "a-dm" }, { "b-dm" },    { "c-dm" },
                                           { "hog" },  { "Domain-0" } };

static OrderParams random_order(const SchedulerOps *scheduler)
{
    const int64_t at_ns = g_test_rand_int_range(0, 200 * (int)NS_PER_MS);
    OrderParams order = {
        .name = "random",
        .verb = (OrderVerb)g_test_rand_int_range(0, ORDER_PIN + 1),
        .at_ns = g_test_rand_bit() ? at_ns : at_ns - at_ns % NS_PER_MS,
        .every_ns = g_test_rand_bit() ? 0 : g_test_rand_int_range(1, 100) * NS_PER_MS,
        .domains = one_name[g_test_rand_int_range(0, G_N_ELEMENTS(one_name))],
        .parent = g_test_rand_bit()
                      ? NULL
                      : *one_name[g_test_rand_int_range(0, G_N_ELEMENTS(one_name))],
        .sched = { .set = scheduler->params & (PARAM_WEIGHT | PARAM_CAP),
                   .weight = g_test_rand_int_range(1, 1000),
                   .cap_percent = 10 * g_test_rand_int_range(0, 10) },
    };

    if (g_test_rand_bit())
        order.pinning =
            (PcpuMask){ .n_words = 1, .words = { 1u << g_test_rand_int_range(0, 3) } };
    return order;
}

static void try_random_orders(const SchedulerOps *scheduler, const char *placement)
{
    g_autoptr(IoMachine) description = io_machine_new(placement, NULL);
    const NeighbourParams hog = {
        .name = "hog", .id = 50, .n_vcpus = 2, .run_ns = TIME_NEVER_NS
    };
    OrderParams orders[N_ORDERS];
    GuestParams guests[N_GUESTS];
    Workload *workloads[N_GUESTS];

    for (unsigned i = 0; i < N_GUESTS; i++) {
        workloads[i] = io_workload_new(loop, G_N_ELEMENTS(loop), true);
        guests[i] = (GuestParams){ .name = guest_names[i],
                                   .id = i + 1,
                                   .n_vcpus = 1,
                                   .workloads = &workloads[i],
                                   .timer = { .hz = 250 },
                                   .stub_id = 100 + i };
    }
    for (unsigned i = 0; i < N_ORDERS; i++)
        orders[i] = random_order(scheduler);
    description->params.host.scheduler = scheduler;
    description->params.select_timeout_ns = 10 * NS_PER_MS;
    description->params.guests = guests;
    description->params.n_guests = N_GUESTS;
    description->params.neighbours = &hog;
    description->params.n_neighbours = 1;
    description->params.orders = orders;
    description->params.n_orders = N_ORDERS;
    g_autoptr(Machine) machine = io_machine_build(description);

    for (int64_t ms = 7; ms < 300; ms += 7) {
        machine_run_until(machine, ms * NS_PER_MS);
        check_laws(machine);
    }
}

static void test_random_orders(const void *scheduler)
{
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; placement_ops_all()[j]; j++)
            try_random_orders(scheduler, placement_ops_all()[j]->name);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/orders/a paused guest stands still",
                    test_a_paused_guest_stands_still);
    g_test_add_func("/orders/an order comes again", test_an_order_comes_again);
    g_test_add_func("/orders/accounts change hands", test_accounts_change_hands);
    g_test_add_func("/orders/what is not there is refused",
                    test_what_is_not_there_is_refused);
    g_test_add_func("/orders/dom0 is not paused", test_dom0_is_not_paused);
    g_test_add_func("/orders/parameters and pins hold from then on",
                    test_parameters_and_pins_hold_from_then_on);
    for (unsigned i = 0; scheduler_ops_all()[i]; i++) {
        const SchedulerOps *ops = scheduler_ops_all()[i];
        g_autofree char *name = g_strdup_printf("/orders/random/%s", ops->name);

        g_test_add_data_func(name, ops, test_random_orders);
    }
    return g_test_run();
}
