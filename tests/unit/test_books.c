/* Whose time it was: runs that follow each other are booked in one piece as long as
 * they are for the same domain, and nobody who reads the books can tell. */
#include "models/host/interrupt.h"

#include "models/host/context.h"
#include "tests/unit/io_world.h"

#define RUN_NS       100
#define SWITCH_NS    30
#define INTERRUPT_NS 40

/* One vCPU, which works in runs of RUN_NS: three for its guest, one for itself, one for
 * the host, and again. */
typedef struct {
    Host *host;
    Domain *server, *guest;
    Vcpu *vcpu;
    unsigned n_runs;
} Fixture;

#define RUNS_PER_ROUND 5u
#define ROUND_NS       (RUNS_PER_ROUND * RUN_NS)

static void advance(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    Fixture *self = vcpu->context;
    Domain *const round[RUNS_PER_ROUND] = { self->guest, self->guest, self->guest,
                                            self->server, NULL };

    vcpu_set_run(vcpu, RUN_NS, round[self->n_runs++ % RUNS_PER_ROUND]);
}

static const ContextOps context = { .name = "worker", .advance = advance };

static void set_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    const SchedParams params = { .set = PARAM_WEIGHT, .weight = 256 };

    self->n_runs = 0;
    self->host = io_host_new(1);
    self->host->costs.switch_ns = SWITCH_NS;
    self->server = host_add_domain(self->host, 1, "server", &params);
    self->guest = host_add_domain(self->host, 2, "guest", &params);
    self->vcpu = host_add_vcpu(self->host, self->server, 0, &context, self);
    vcpu_set_run(self->vcpu, 0, NULL);
    host_start(self->host);
    vcpu_start(self->vcpu, false);
    host_handle_softirqs(self->host);
}

static void tear_down(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    host_free(self->host);
}

static void check_books(Fixture *self, int64_t for_guest_ns, int64_t for_server_ns,
                        int64_t for_host_ns, int64_t overhead_ns)
{
    host_book_time(self->host);
    g_assert_cmpint(self->guest->attributed_ns, ==, for_guest_ns);
    g_assert_cmpint(self->server->attributed_ns, ==, for_server_ns);
    g_assert_cmpint(self->host->attributed_host_ns, ==, for_host_ns);
    g_assert_cmpint(self->server->overhead_ns, ==, overhead_ns);
    g_assert_cmpint(self->server->ran_ns, ==,
                    for_guest_ns + for_server_ns + for_host_ns - overhead_ns);
}

/* The switch is overhead of the first run, which is none for anybody. */
static void test_runs_are_booked_to_whom_they_are_for(Fixture *self,
                                                      gconstpointer data G_GNUC_UNUSED)
{
    host_run_until(self->host, SWITCH_NS + 10 * ROUND_NS);
    check_books(self, 30 * RUN_NS, 10 * RUN_NS, 10 * RUN_NS + SWITCH_NS, SWITCH_NS);
}

/* Within the overhead, a run, and a run that follows another for the same domain. */
static void test_reading_in_between_changes_nothing(Fixture *self,
                                                    gconstpointer data G_GNUC_UNUSED)
{
    host_run_until(self->host, SWITCH_NS - 10);
    check_books(self, 0, 0, SWITCH_NS - 10, SWITCH_NS - 10);
    host_run_until(self->host, SWITCH_NS + 10);
    check_books(self, 10, 0, SWITCH_NS, SWITCH_NS);
    host_run_until(self->host, SWITCH_NS + 2 * RUN_NS + 10);
    check_books(self, 2 * RUN_NS + 10, 0, SWITCH_NS, SWITCH_NS);
    host_run_until(self->host, SWITCH_NS + 10 * ROUND_NS);
    check_books(self, 30 * RUN_NS, 10 * RUN_NS, 10 * RUN_NS + SWITCH_NS, SWITCH_NS);
}

/* In the second of the guest's runs: what it costs is overhead of that run alone. */
static void test_an_interrupt_is_overhead(Fixture *self,
                                          gconstpointer data G_GNUC_UNUSED)
{
    host_run_until(self->host, SWITCH_NS + RUN_NS + RUN_NS / 2);
    pcpu_interrupt(self->vcpu->pcpu, INTERRUPT_NS, host_now_ns(self->host));
    host_run_until(self->host, SWITCH_NS + ROUND_NS + INTERRUPT_NS);
    check_books(self, 3 * RUN_NS + INTERRUPT_NS, RUN_NS, RUN_NS + SWITCH_NS,
                SWITCH_NS + INTERRUPT_NS);
}

/* Two that come so soon after each other that the first still costs. */
static void test_interrupts_add_up(Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
    host_run_until(self->host, SWITCH_NS + RUN_NS / 2);
    pcpu_interrupt(self->vcpu->pcpu, INTERRUPT_NS, host_now_ns(self->host));
    host_run_until(self->host, SWITCH_NS + RUN_NS / 2 + INTERRUPT_NS / 2);
    pcpu_interrupt(self->vcpu->pcpu, INTERRUPT_NS, host_now_ns(self->host));
    host_run_until(self->host, SWITCH_NS + ROUND_NS + 2 * INTERRUPT_NS);
    check_books(self, 3 * RUN_NS + 2 * INTERRUPT_NS, RUN_NS, RUN_NS + SWITCH_NS,
                SWITCH_NS + 2 * INTERRUPT_NS);
}

/* The same again, for another domain in the middle of a run. */
static void test_a_run_that_is_replaced_is_booked(Fixture *self,
                                                  gconstpointer data G_GNUC_UNUSED)
{
    host_run_until(self->host, SWITCH_NS + RUN_NS / 2);
    vcpu_set_run(self->vcpu, RUN_NS, self->server);
    host_run_until(self->host, SWITCH_NS + RUN_NS / 2 + RUN_NS);
    check_books(self, RUN_NS / 2, RUN_NS, SWITCH_NS, SWITCH_NS);
}

#define ADD(name, test)                                                                \
    g_test_add("/books/" name, Fixture, NULL, set_up, test, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("runs are booked to whom they are for",
        test_runs_are_booked_to_whom_they_are_for);
    ADD("reading in between changes nothing", test_reading_in_between_changes_nothing);
    ADD("an interrupt is overhead", test_an_interrupt_is_overhead);
    ADD("interrupts add up", test_interrupts_add_up);
    ADD("a run that is replaced is booked", test_a_run_that_is_replaced_is_booked);
    return g_test_run();
}
