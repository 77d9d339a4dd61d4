#include "models/domain_counts.h"

#include "models/devices/ports.h"
#include "tests/unit/io_world.h"

typedef struct {
    IoMachine *description;
    Machine *machine;
    const Domain *guest;
} Fixture;

static const Domain *domain_of(const Fixture *self, const char *name)
{
    return host_domain_by_name(machine_host(self->machine), name);
}

static void set_up(Fixture *self, const char *placement, const Activity *script,
                   unsigned n, int64_t hz)
{
    self->description = io_machine_new(placement, io_workload_new(script, n, false));
    self->description->guest.timer.hz = hz;
    self->machine = io_machine_build(self->description);
    self->guest = domain_of(self, "guest");
    machine_run_until(self->machine, NS_PER_S / 10);
}

static void tear_down(Fixture *self)
{
    machine_free(self->machine);
    io_machine_free(self->description);
}

static uint64_t exits(const Domain *domain, ExitClass class)
{
    return domain_count(domain, (DomainCount)(COUNT_EXITS + class));
}

static uint64_t all_exits(const Domain *domain)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < EXIT_CLASSES; i++)
        sum += domain_count(domain, (DomainCount)(COUNT_EXITS + i));
    return sum;
}

/* Two served in Xen, one by qemu-dm, one posted, one that is none, a CPUID, a halt; the
 * end is a halt, too, from which no entry leads back. */
static void test_exits_by_reason(void)
{
    const Activity script[] = {
        io_compute(1000),
        io_read(0x40),
        io_write(0x40, 1),
        io_read(PORT_PCI_ADDRESS),
        { .kind = ACTIVITY_MEMORY,
          .address = 0xb8000,
          .count = 1,
          .size_bytes = 2,
          .is_write = true },
        io_write(0x80, 0),
        { .kind = ACTIVITY_EXIT, .exit = EXIT_CPUID },
        io_halt(NS_PER_MS),
    };
    Fixture self;

    set_up(&self, "stub", script, G_N_ELEMENTS(script), 0);
    g_assert_cmpuint(exits(self.guest, EXIT_IO_INSTRUCTION), ==, 3);
    g_assert_cmpuint(exits(self.guest, EXIT_DEVICE_MEMORY), ==, 1);
    g_assert_cmpuint(exits(self.guest, EXIT_CPUID), ==, 1);
    g_assert_cmpuint(exits(self.guest, EXIT_HLT), ==, 2);
    g_assert_cmpuint(domain_count(self.guest, COUNT_SERVED_IN_XEN), ==, 2);
    g_assert_cmpuint(domain_count(self.guest, COUNT_SENT_REQUESTS), ==, 1);
    g_assert_cmpuint(domain_count(self.guest, COUNT_POSTED), ==, 1);
    g_assert_cmpuint(all_exits(self.guest), ==,
                     domain_count(self.guest, COUNT_ENTRIES) + 1);
    tear_down(&self);
}

/* 100 Hz for 95 ms of computation: nine ticks break it off. Those of Xen come at the
 * same instants. */
static void test_ticks_are_external_interrupts(void)
{
    const Activity script[] = { io_compute(95 * NS_PER_MS) };
    Fixture self;

    set_up(&self, "stub", script, 1, 100);
    g_assert_cmpuint(exits(self.guest, EXIT_EXTERNAL_INTERRUPT), ==, 9);
    g_assert_cmpuint(exits(self.guest, EXIT_INTERRUPT_WINDOW), ==, 0);
    g_assert_cmpuint(all_exits(self.guest), ==,
                     domain_count(self.guest, COUNT_ENTRIES) + 1);
    tear_down(&self);
}

/* One request: its answer is the device model's one event; then it looks for more and
 * blocks. */
static void test_hypercalls_of_a_stub_domain(void)
{
    const Activity script[] = { io_compute(NS_PER_MS), io_read(PORT_PCI_ADDRESS) };
    Fixture self;
    const Domain *stub;

    set_up(&self, "stub", script, G_N_ELEMENTS(script), 0);
    stub = domain_of(&self, "guest-dm");
    g_assert_cmpuint(domain_count(stub, COUNT_EVENT_HYPERCALLS), ==, 1);
    g_assert_cmpuint(domain_count(stub, COUNT_IRQ_HYPERCALLS), ==, 0);
    g_assert_cmpuint(domain_count(stub, COUNT_BLOCK_HYPERCALLS), ==,
                     2); /* at its start, too */
    g_assert_cmpuint(domain_count(stub, COUNT_NOTIFICATIONS), ==, 1);
    g_assert_cmpuint(domain_count(stub, COUNT_UPCALLS), ==, 1);
    tear_down(&self);
}

static void test_who_sends_is_not_alone(gconstpointer placement)
{
    const Activity script[] = { io_compute(1000), io_read(PORT_PCI_ADDRESS) };
    uint64_t sent, received;
    Host *host;
    Fixture self;

    self.description =
        io_machine_new(placement, io_workload_new(script, G_N_ELEMENTS(script), true));
    self.machine = io_machine_build(self.description);
    machine_run_until(self.machine, NS_PER_S / 10);
    host = machine_host(self.machine);
    sent = domain_count(host->idle_domain, COUNT_SENT_IPIS);
    received = domain_count(host->idle_domain, COUNT_RECEIVED_IPIS);
    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);

        sent += domain_count(domain, COUNT_SENT_IPIS);
        received += domain_count(domain, COUNT_RECEIVED_IPIS);
    }
    g_assert_cmpuint(sent, >, 1000);
    g_assert_cmpuint(sent, ==, received);
    tear_down(&self);
}

static void test_every_count_has_a_name(void)
{
    for (unsigned i = 0; i < DOMAIN_COUNTS; i++)
        for (unsigned j = 0; j < i; j++)
            g_assert_cmpstr(domain_count_name((DomainCount)i), !=,
                            domain_count_name((DomainCount)j));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/domain-counts/exits by reason", test_exits_by_reason);
    g_test_add_func("/domain-counts/ticks are external interrupts",
                    test_ticks_are_external_interrupts);
    g_test_add_func("/domain-counts/hypercalls of a stub domain",
                    test_hypercalls_of_a_stub_domain);
    g_test_add_data_func("/domain-counts/dom0/who sends is not alone", "dom0",
                         test_who_sends_is_not_alone);
    g_test_add_data_func("/domain-counts/stub/who sends is not alone", "stub",
                         test_who_sends_is_not_alone);
    g_test_add_func("/domain-counts/every count has a name",
                    test_every_count_has_a_name);
    return g_test_run();
}
