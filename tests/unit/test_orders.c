/* What the toolstack does while a machine runs, at its time and in its order. */
#include "models/machine/orders.h"
#include "tests/unit/crowd.h"
#include "tests/unit/io_scripts.h"

#include <errno.h>

static const char *const guest_only[] = { "guest", NULL };
static const char *const stub_only[] = { "guest-dm", NULL };

typedef struct {
    GString *refusals; /* "MS ORDER DOMAIN RESULT;" each */
    unsigned n_requests;
    int64_t longest_wait_ns; /* for the device model's vCPU */
} Seen;

static void see_refusal(void *listener, int64_t now_ns, const char *order,
                        const char *domain, int result)
{
    g_string_append_printf(((Seen *)listener)->refusals,
                           "%" G_GINT64_FORMAT " %s %s %d;", now_ns / NS_PER_MS, order,
                           domain, result);
}

static void see_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const Request *request)
{
    Seen *seen = listener;

    seen->n_requests++;
    seen->longest_wait_ns =
        MAX(seen->longest_wait_ns, request->stage_ns[STAGE_WAIT_VCPU]);
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
                           placement, io_script_start(io_script_asking())),
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

static void clear(Fixture *self)
{
    io_check_laws(self->machine);
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

/* Its guest waits for the answer as long, and the request's stages have that time. */
static void test_a_guest_waits_for_a_paused_stub_domain(const void *placement)
{
    static const OrderParams orders[] = {
        { .name = "stop",
          .verb = ORDER_PAUSE,
          .at_ns = 10 * NS_PER_MS,
          .domains = stub_only },
        { .name = "go",
          .verb = ORDER_UNPAUSE,
          .at_ns = 20 * NS_PER_MS,
          .domains = stub_only },
    };
    Fixture self;
    unsigned n_before;

    build(&self, placement, orders, 2);
    machine_run_until(self.machine, 11 * NS_PER_MS);
    n_before = self.seen.n_requests;
    g_assert_cmpuint(n_before, >, 0);
    machine_run_until(self.machine, 20 * NS_PER_MS);
    g_assert_cmpuint(self.seen.n_requests, ==, n_before);
    g_assert_cmpint(self.seen.longest_wait_ns, <, NS_PER_MS);
    machine_run_until(self.machine, 30 * NS_PER_MS);
    g_assert_cmpuint(self.seen.n_requests, >, n_before);
    g_assert_cmpint(self.seen.longest_wait_ns, >, 9 * NS_PER_MS);
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
    host_book_time(self.host);
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
/* It ends with its guest. */
static void test_a_stub_domain_is_not_destroyed_alone(void)
{
    static const OrderParams orders[] = {
        { .name = "end",
          .verb = ORDER_DESTROY,
          .at_ns = NS_PER_MS,
          .domains = stub_only },
    };
    Fixture self;

    build(&self, "stub", orders, 1);
    machine_run_until(self.machine, 2 * NS_PER_MS);
    g_assert_cmpstr(self.seen.refusals->str, ==, "1 end guest-dm -22;");
    clear(&self);
}

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

static void test_random_orders(const void *scheduler)
{
    for (unsigned i = 0; i < 3; i++)
        for (unsigned j = 0; placement_ops_all()[j]; j++)
            crowd_try(scheduler, placement_ops_all()[j]->name, false);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/orders/a paused guest stands still",
                    test_a_paused_guest_stands_still);
    for (unsigned i = 0; placement_ops_all()[i]; i++) {
        const PlacementOps *ops = placement_ops_all()[i];
        g_autofree char *path =
            g_strdup_printf("/orders/%s/a guest waits for it while paused", ops->name);

        if (ops->stub_bytes > 0)
            g_test_add_data_func(path, ops->name,
                                 test_a_guest_waits_for_a_paused_stub_domain);
    }
    g_test_add_func("/orders/an order comes again", test_an_order_comes_again);
    g_test_add_func("/orders/accounts change hands", test_accounts_change_hands);
    g_test_add_func("/orders/what is not there is refused",
                    test_what_is_not_there_is_refused);
    g_test_add_func("/orders/a stub domain is not destroyed alone",
                    test_a_stub_domain_is_not_destroyed_alone);
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
