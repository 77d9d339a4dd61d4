/* Devices and back ends in a domain of their own. */
#include "models/devices/ports.h"
#include "models/machine/machine_internal.h"

#include "tests/unit/io_world.h"

typedef struct {
    uint64_t n;
    int64_t took_ns, dom0_ran_ns, driver_ran_ns;
} Seen;

static void see_transfer(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Vcpu *vcpu G_GNUC_UNUSED, int64_t bytes G_GNUC_UNUSED,
                         int64_t took_ns)
{
    Seen *seen = listener;

    seen->n++;
    seen->took_ns = took_ns;
}

static Seen run_machine(IoMachine *io, bool has_driver_domain)
{
    g_autoptr(Machine) machine = NULL;
    Seen seen = { 0 };

    io->params.driver_domain = (DriverDomainParams){ .has_disk = has_driver_domain,
                                                     .has_network = has_driver_domain,
                                                     .id = 50,
                                                     .n_vcpus = 1 };
    machine = io_machine_build(io);
    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &seen, .transfer = see_transfer });
    machine_run_until(machine, NS_PER_S);
    io_check_laws(machine);
    seen.dom0_ran_ns = machine->dom0->ran_ns;
    if (machine_driver_domain(machine))
        seen.driver_ran_ns = machine_driver_domain(machine)->ran_ns;
    return seen;
}

static Activity mark(ActivityKind kind, int64_t bytes)
{
    return (Activity){ .kind = kind, .bytes = bytes, .halt_ns = TIME_NEVER_NS };
}

static IoMachine *block_machine_new(void)
{
    static Activity script[4];
    IoMachine *io;

    script[0] = io_compute(NS_PER_MS);
    script[1] = mark(ACTIVITY_BEGIN, 0);
    script[2] = mark(ACTIVITY_BLOCK, 4096);
    script[3] = mark(ACTIVITY_TRANSFER, 4096);
    io = io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), false));
    io->guest.has_pv_drivers = true;
    return io;
}

/* The steps are the same, wherever the back end is. */
static void test_pv_drivers_need_no_dom0(void)
{
    g_autoptr(IoMachine) io = block_machine_new();
    g_autoptr(IoMachine) other = block_machine_new();
    const Seen without = run_machine(io, false);
    const Seen with = run_machine(other, true);

    g_assert_cmpuint(without.n, ==, 1);
    g_assert_cmpuint(with.n, ==, 1);
    g_assert_cmpint(with.took_ns, ==, without.took_ns);
    g_assert_cmpint(with.dom0_ran_ns, <, without.dom0_ran_ns);
    g_assert_cmpint(with.driver_ran_ns, >, 0);
}

/* A transfer by bus-master DMA through qemu-dm in dom0, whose blkfront adds its own
 * work and a back end's to what the disk takes. */
static void test_qemu_reaches_the_disk_by_blkfront(void)
{
    const Activity script[] = {
        mark(ACTIVITY_BEGIN, 0),
        io_write(PORT_IDE_COUNT, 8),
        io_write(PORT_IDE_COMMAND, IDE_COMMAND_READ_DMA),
        io_write(PORT_BUS_MASTER_COMMAND, BUS_MASTER_START),
        io_halt(TIME_NEVER_NS),
        mark(ACTIVITY_TRANSFER, 4096),
    };
    Seen seen[2];

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(IoMachine) io = io_machine_new(
            "dom0", io_workload_new(script, G_N_ELEMENTS(script), false));
        const int64_t added_ns =
            cost_ns(io->profile, COST_FRONTEND) + cost_ns(io->profile, COST_BACKEND);

        seen[i] = run_machine(io, i == 1);
        g_assert_cmpuint(seen[i].n, ==, 1);
        if (i == 1)
            g_assert_cmpint(seen[1].took_ns, >, seen[0].took_ns + 2 * added_ns);
    }
    g_assert_cmpint(seen[1].driver_ran_ns, >, 0);
}

/* The profile's clock has 1 GHz. */
#define FRONTEND_CYCLES 100000

static int64_t dom0_ran_ns(uint32_t command, uint32_t sectors, int64_t frontend_cycles)
{
    const Activity script[] = { io_write(PORT_IDE_COUNT, sectors),
                                io_write(PORT_IDE_COMMAND, command),
                                io_write(PORT_BUS_MASTER_COMMAND, BUS_MASTER_START) };
    g_autoptr(IoMachine) io = io_machine_new("dom0", io_workload_new(script, 3, false));

    io->profile->figures[COST_FRONTEND].cycles = frontend_cycles;
    return run_machine(io, true).dom0_ran_ns;
}

/* How often dom0's front end has worked for a transfer. */
static int64_t n_times(uint32_t command, uint32_t sectors)
{
    return (dom0_ran_ns(command, sectors, FRONTEND_CYCLES) -
            dom0_ran_ns(command, sectors, 0)) /
           FRONTEND_CYCLES;
}

/* 128 KiB (0 stands for 256 sectors) are three requests, 4 KiB one: it works once more
 * to put each, and once more for its response. By programmed I/O, and by DMA, in 16
 * parts that the kernel has read ahead. */
static void test_a_large_transfer_costs_a_front_end_each_request(void)
{
    static const uint32_t commands[] = { IDE_COMMAND_READ, IDE_COMMAND_READ_DMA };

    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++)
        g_assert_cmpint(n_times(commands[i], 0), ==, n_times(commands[i], 8) + 2 * 2);
}

/* How long a transfer by DMA takes, until its interrupt has ended the guest's halt. */
static int64_t dma_took_ns(uint32_t sectors, int64_t frontend_cycles)
{
    const Activity script[] = {
        mark(ACTIVITY_BEGIN, 0),
        io_write(PORT_IDE_COUNT, sectors),
        io_write(PORT_IDE_COMMAND, IDE_COMMAND_READ_DMA),
        io_write(PORT_BUS_MASTER_COMMAND, BUS_MASTER_START),
        io_halt(TIME_NEVER_NS),
        mark(ACTIVITY_TRANSFER, 4096),
    };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), false));

    g_assert_cmpint(io->params.path.completion, ==, COMPLETION_THREAD);
    io->profile->figures[COST_FRONTEND].cycles = frontend_cycles;
    return run_machine(io, true).took_ns;
}

static int64_t frontend_delay_ns(uint32_t sectors)
{
    return dma_took_ns(sectors, FRONTEND_CYCLES) - dma_took_ns(sectors, 0);
}

/* The disk thread, which ends later by two requests more, and not the process beside
 * it, whose work the guest does not wait for. */
static void test_who_asks_for_a_large_transfer_pays_for_it(void)
{
    g_assert_cmpint(frontend_delay_ns(8), >, 0);
    g_assert_cmpint(frontend_delay_ns(0), ==,
                    frontend_delay_ns(8) + 2 * FRONTEND_CYCLES);
}

/* The Linux of a stub domain has neither disk nor card: dom0's back end takes the
 * request, and takes it to its end. */
static void test_a_linux_stub_domain_reaches_dom0s_disk_by_blkfront(void)
{
    const Activity script[] = { io_write(PORT_IDE_COUNT, 8),
                                io_write(PORT_IDE_COMMAND, IDE_COMMAND_READ) };
    Seen seen[2];

    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(IoMachine) io =
            io_machine_new("linux-stub", io_workload_new(script, 2, false));

        io->profile->figures[COST_BACKEND].cycles = i * 1000000;
        seen[i] = run_machine(io, false);
    }
    g_assert_cmpint(seen[1].dom0_ran_ns, ==, seen[0].dom0_ran_ns + 2 * 1000000);
}

/* Frames from outside, one in 10 ms: in by the driver domain, out by it. */
static void test_every_placement_reaches_the_network(void)
{
    for (unsigned i = 0; placement_ops_all()[i]; i++) {
        for (unsigned pv = 0; pv < 2; pv++) {
            Activity script[] = { mark(ACTIVITY_RECEIVE, 0), io_compute(10000),
                                  mark(ACTIVITY_SEND, 98) };

            if (pv == 0) {
                script[2] = io_write(PORT_NIC_TX_STATUS, 98);
                script[2].size_bytes = 4;
            }
            g_autoptr(IoMachine) io =
                io_machine_new(placement_ops_all()[i]->name,
                               io_workload_new(script, G_N_ELEMENTS(script), true));

            io->guest.has_pv_drivers = pv == 1;
            io->guest.arrivals.mean_ns = 10 * NS_PER_MS;
            const Seen seen = run_machine(io, true);

            g_assert_cmpuint(seen.n, ==, 99);
            g_assert_cmpint(seen.driver_ran_ns, >,
                            99 * cost_ns(io->profile, COST_BACKEND));
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/driver domain/PV drivers need no dom0",
                    test_pv_drivers_need_no_dom0);
    g_test_add_func("/driver domain/qemu reaches the disk by blkfront",
                    test_qemu_reaches_the_disk_by_blkfront);
    g_test_add_func("/driver domain/a Linux stub domain reaches dom0's disk",
                    test_a_linux_stub_domain_reaches_dom0s_disk_by_blkfront);
    g_test_add_func("/driver domain/a large transfer costs a front end each request",
                    test_a_large_transfer_costs_a_front_end_each_request);
    g_test_add_func("/driver domain/who asks for a large transfer pays for it",
                    test_who_asks_for_a_large_transfer_pays_for_it);
    g_test_add_func("/driver domain/every placement reaches the network",
                    test_every_placement_reaches_the_network);
    return g_test_run();
}
