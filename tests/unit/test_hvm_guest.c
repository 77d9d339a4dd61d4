/* An HVM guest's vCPU: interrupts, halts, its virtual timer, transfers. */
#include "models/devices/ports.h"
#include "tests/unit/io_world.h"

#define HZ        100
#define PERIOD_NS (NS_PER_S / HZ)

typedef struct {
    IoMachine *description;
    Machine *machine;
    Vcpu *vcpu;
    unsigned n_requests, n_transfers;
    int64_t request_ns, transfer_took_ns, transfer_bytes;
} Fixture;

static void see_request(void *listener, int64_t now_ns,
                        const Request *request G_GNUC_UNUSED)
{
    Fixture *self = listener;

    self->n_requests++;
    self->request_ns = now_ns;
}

static void see_transfer(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Vcpu *vcpu G_GNUC_UNUSED, int64_t bytes, int64_t took_ns)
{
    Fixture *self = listener;

    self->n_transfers++;
    self->transfer_bytes = bytes;
    self->transfer_took_ns = took_ns;
}

static void set_up_with(Fixture *self, const Activity *script, unsigned n,
                        int64_t timer_hz, const char *release)
{
    *self = (Fixture){ .description =
                           io_machine_new("stub", io_workload_new(script, n, false)) };
    self->description->guest.timer.hz = timer_hz;
    self->description->params.path.xen = xen_release_by_name(release, NULL);
    self->machine = io_machine_build(self->description);
    self->vcpu = g_ptr_array_index(
        host_domain_by_name(machine_host(self->machine), "guest")->vcpus, 0);
    host_add_probe(
        machine_host(self->machine),
        &(Probe){ .listener = self, .request = see_request, .transfer = see_transfer });
}

static void set_up(Fixture *self, const Activity *script, unsigned n, int64_t timer_hz)
{
    set_up_with(self, script, n, timer_hz, "3.1");
}

static void tear_down(Fixture *self)
{
    machine_free(self->machine);
    io_machine_free(self->description);
}

static int64_t cost(const Fixture *self, Cost cost)
{
    return cost_ns(self->description->profile, cost);
}

static int64_t exit_ns(const Fixture *self)
{
    return cost(self, COST_EXIT) + cost(self, COST_EXIT_HANDLER);
}

/* Injection, and the guest's handler. */
static int64_t interrupt_ns(const Fixture *self)
{
    return cost(self, COST_INJECT) + cost(self, COST_GUEST_INTERRUPT);
}

static int64_t exit_and_entry_ns(const Fixture *self)
{
    return exit_ns(self) + cost(self, COST_ENTRY);
}

static int64_t ran_ns(const Fixture *self)
{
    host_book_time(machine_host(self->machine));
    return self->vcpu->domain->ran_ns;
}

static void pause_between(Fixture *self, int64_t from_ns, int64_t to_ns)
{
    Host *host = machine_host(self->machine);

    machine_run_until(self->machine, from_ns);
    domain_pause(self->vcpu->domain);
    machine_run_until(self->machine, to_ns);
    domain_unpause(self->vcpu->domain);
    host_handle_softirqs(host);
}

static void test_a_tick_breaks_off_a_computation(void)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 25000000 },
    };
    Fixture self;

    set_up(&self, script, G_N_ELEMENTS(script), HZ);
    machine_run_until(self.machine, NS_PER_S);
    g_assert_cmpint(ran_ns(&self), ==, 25000000 + 2 * interrupt_ns(&self));
    /* Xen's timers interrupt it, too: at the same instants, or hitting Xen. */
    g_assert_cmpint(self.vcpu->domain->overhead_ns, ==, 2 * exit_and_entry_ns(&self));
    tear_down(&self);
}

/* Off the pCPU for 30 ms and 5 of a period: its timer stood still; then three ticks
 * that it has missed, one after the other, and the computation goes on. */
static void test_missed_ticks_arrive_in_a_burst(void)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 7000000 },
        { .kind = ACTIVITY_PORT, .address = PORT_PCI_ADDRESS, .count = 1 },
    };
    Fixture self;

    set_up(&self, script, G_N_ELEMENTS(script), HZ);
    pause_between(&self, 5 * NS_PER_MS, 35 * NS_PER_MS);
    machine_run_until(self.machine, 36 * NS_PER_MS);
    g_assert_cmpint(ran_ns(&self), ==, 6 * NS_PER_MS); /* it runs, whatever it does */
    machine_run_until(self.machine, 39 * NS_PER_MS);
    g_assert_cmpuint(self.n_requests, ==, 1);
    /* Due at 10, 20 and 30: 7 ms of work, three handlers, then the request. */
    g_assert_cmpint(self.request_ns, >=,
                    37 * NS_PER_MS + 3 * interrupt_ns(&self) + exit_ns(&self));
    g_assert_cmpint(self.request_ns, <,
                    37 * NS_PER_MS + 4 * interrupt_ns(&self) + 20000);
    tear_down(&self);
}

static void test_a_halted_guest_is_woken_by_its_tick(void)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_HALT, .halt_ns = NS_PER_S },
        { .kind = ACTIVITY_PORT, .address = PORT_PCI_ADDRESS, .count = 1 },
    };
    Fixture self;

    set_up(&self, script, G_N_ELEMENTS(script), HZ);
    machine_run_until(self.machine, PERIOD_NS);
    g_assert_cmpint(self.vcpu->runstate.state, ==, RUNSTATE_BLOCKED);
    machine_run_until(self.machine, PERIOD_NS + 20000);
    g_assert_cmpuint(self.n_requests, ==, 1);
    tear_down(&self);
}

static void test_a_halt_ends_by_itself(void)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_HALT, .halt_ns = 2000000 },
        { .kind = ACTIVITY_PORT, .address = PORT_PCI_ADDRESS, .count = 1 },
    };
    Fixture self;

    set_up(&self, script, G_N_ELEMENTS(script), 0);
    /* The exit of HLT, then 2 ms. */
    machine_run_until(self.machine, exit_ns(&self) + 2000000);
    g_assert_cmpint(self.vcpu->runstate.state, ==, RUNSTATE_BLOCKED);
    machine_run_until(self.machine, exit_ns(&self) + 2000001);
    g_assert_cmpint(self.vcpu->runstate.state, ==, RUNSTATE_RUNNING);
    machine_run_until(self.machine, NS_PER_S);
    g_assert_cmpuint(self.n_requests, ==, 1);
    tear_down(&self);
}

/* The stub is paused, so the answer does not come: offline, not blocked; no tick meets
 * the guest, and those it missed do after the answer: one at the entry, each other at
 * an exit of its own. */
static void test_a_waiting_guest_is_offline_and_without_ticks(void)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 1000000 },
        { .kind = ACTIVITY_PORT, .address = PORT_PCI_ADDRESS, .count = 1 },
        { .kind = ACTIVITY_COMPUTE, .instructions = 1000 },
    };
    Fixture self;
    Domain *stub;
    int64_t before_ns;

    set_up(&self, script, G_N_ELEMENTS(script), HZ);
    stub = host_domain_by_name(machine_host(self.machine), "guest-dm");
    machine_run_until(self.machine, NS_PER_MS / 2);
    domain_pause(stub);
    machine_run_until(self.machine, 35 * NS_PER_MS);
    g_assert_cmpint(self.vcpu->runstate.state, ==, RUNSTATE_OFFLINE);
    before_ns = ran_ns(&self);
    domain_unpause(stub);
    host_handle_softirqs(machine_host(self.machine));
    machine_run_until(self.machine, 39 * NS_PER_MS);
    g_assert_cmpuint(self.n_requests, ==, 1);
    g_assert_cmpint(ran_ns(&self) - before_ns, ==,
                    cost(&self, COST_RESUME) + cost(&self, COST_ENTRY) +
                        3 * interrupt_ns(&self) + 2 * exit_and_entry_ns(&self) + 1000);
    tear_down(&self);
}

static void test_a_transfer_takes_from_its_begin(void)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 1000 },
        { .kind = ACTIVITY_BEGIN },
        { .kind = ACTIVITY_COMPUTE, .instructions = 5000 },
        { .kind = ACTIVITY_TRANSFER, .bytes = 512 },
    };
    Fixture self;

    set_up(&self, script, G_N_ELEMENTS(script), 0);
    machine_run_until(self.machine, NS_PER_MS);
    g_assert_cmpuint(self.n_transfers, ==, 1);
    g_assert_cmpint(self.transfer_took_ns, ==, 5000);
    g_assert_cmpint(self.transfer_bytes, ==, 512);
    tear_down(&self);
}

/* From its issue to its end: the guest's own part, of a read or a write. */
static int64_t string_access_ns(const char *release, bool is_write)
{
    const Activity script[] = { { .kind = ACTIVITY_PORT,
                                  .address = PORT_IDE_DATA,
                                  .count = 2,
                                  .is_string = true,
                                  .is_write = is_write } };
    Fixture self;
    int64_t guest_ns;

    set_up_with(&self, script, 1, 0, release);
    machine_run_until(self.machine, NS_PER_S);
    g_assert_cmpuint(self.n_requests, ==, 1);
    guest_ns = ran_ns(&self);
    tear_down(&self);
    return guest_ns;
}

/* As an access to memory; a read is emulated again with its answer. */
static void test_strings_are_emulated_from_3_3_on(void)
{
    static const char *const later[] = { "3.3", "4.17" };
    g_autoptr(CostProfile) profile = io_profile_new();
    const int64_t decode_ns = cost_ns(profile, COST_DECODE_MEMORY);
    const int64_t more_ns = decode_ns - cost_ns(profile, COST_DECODE_PORT);

    g_assert_cmpint(string_access_ns("3.2", false), ==, string_access_ns("3.1", false));
    for (unsigned i = 0; i < G_N_ELEMENTS(later); i++) {
        g_assert_cmpint(string_access_ns(later[i], true), ==,
                        string_access_ns("3.2", true) + more_ns);
        g_assert_cmpint(string_access_ns(later[i], false), ==,
                        string_access_ns("3.2", false) + more_ns + decode_ns);
    }
}

static void test_an_ended_guest_stays_blocked(void)
{
    Fixture self;

    set_up(&self, NULL, 0, HZ);
    machine_run_until(self.machine, NS_PER_S);
    g_assert_cmpint(self.vcpu->runstate.state, ==, RUNSTATE_BLOCKED);
    g_assert_cmpint(ran_ns(&self), ==, 0);
    tear_down(&self);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hvm-guest/a tick breaks off a computation",
                    test_a_tick_breaks_off_a_computation);
    g_test_add_func("/hvm-guest/missed ticks arrive in a burst",
                    test_missed_ticks_arrive_in_a_burst);
    g_test_add_func("/hvm-guest/a halted guest is woken by its tick",
                    test_a_halted_guest_is_woken_by_its_tick);
    g_test_add_func("/hvm-guest/a halt ends by itself", test_a_halt_ends_by_itself);
    g_test_add_func("/hvm-guest/a waiting guest is offline and without ticks",
                    test_a_waiting_guest_is_offline_and_without_ticks);
    g_test_add_func("/hvm-guest/a transfer takes from its begin",
                    test_a_transfer_takes_from_its_begin);
    g_test_add_func("/hvm-guest/strings are emulated from 3.3 on",
                    test_strings_are_emulated_from_3_3_on);
    g_test_add_func("/hvm-guest/an ended guest stays blocked",
                    test_an_ended_guest_stays_blocked);
    return g_test_run();
}
