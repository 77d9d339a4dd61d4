/* Frames from outside: their way in, the answers' way out, and who drops what. */
#include "models/devices/ports.h"
#include "models/machine/machine_internal.h"

#include "tests/unit/io_world.h"

#define FRAME_BYTES 98
#define STACK_NS    10000
#define INTERVAL_NS (10 * NS_PER_MS)

typedef struct {
    uint64_t n, n_requests;
    int64_t last_took_ns, last_latency_ns, latency_sum_ns;
} Seen;

static void see_transfer(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Vcpu *vcpu G_GNUC_UNUSED, int64_t bytes, int64_t took_ns)
{
    Seen *seen = listener;

    g_assert_cmpint(bytes, ==, FRAME_BYTES);
    seen->n++;
    seen->last_took_ns = took_ns;
}

static void see_request(void *listener, int64_t now_ns, const Request *request)
{
    Seen *seen = listener;

    seen->n_requests++;
    seen->latency_sum_ns += now_ns - request->issued_ns;
}

static Activity activity(ActivityKind kind)
{
    return (Activity){ .kind = kind, .bytes = FRAME_BYTES, .halt_ns = TIME_NEVER_NS };
}

/* Answers one frame, then the next. */
static IoMachine *echo_machine_new(const char *placement, bool has_pv_drivers)
{
    static Activity script[3];
    IoMachine *io;

    script[0] = activity(ACTIVITY_RECEIVE);
    script[1] = io_compute(STACK_NS);
    script[2] = has_pv_drivers ? activity(ACTIVITY_SEND)
                               : io_write(PORT_NIC_TX_STATUS, FRAME_BYTES);
    script[2].size_bytes = 4;
    io = io_machine_new(placement, io_workload_new(script, G_N_ELEMENTS(script), true));
    io->guest.has_pv_drivers = has_pv_drivers;
    io->guest.arrivals.mean_ns = INTERVAL_NS;
    return io;
}

static Seen run_machine(IoMachine *io, int64_t run_ns, ArrivalCounts *counts)
{
    g_autoptr(Machine) machine = io_machine_build(io);
    Seen seen = { 0 };

    host_add_probe(machine_host(machine), &(Probe){ .listener = &seen,
                                                    .request = see_request,
                                                    .transfer = see_transfer });
    machine_run_until(machine, run_ns);
    io_check_laws(machine);
    *counts = arrivals_counts(g_ptr_array_index(machine->arrivals, 0));
    return seen;
}

/* Everybody asleep, PV drivers: the sum of the steps, to the nanosecond. */
static void test_the_steps_of_a_round_trip(void)
{
    static const Cost steps[] = {
        COST_UPCALL,   COST_DISK_INTERRUPT, /* the card's */
        COST_BACKEND,                       /* copied into the guest's buffer */
        COST_INJECT,                        /* into a guest that its HLT has left */
        COST_ENTRY,    COST_GUEST_INTERRUPT, COST_FRONTEND, /* taken off the ring; then
                                                               the stack's computation
                                                             */
        COST_FRONTEND, /* the answer on the other */
        COST_EXIT,     COST_EXIT_HANDLER,    COST_NOTIFY,   COST_UPCALL, COST_BACKEND,
    };
    g_autoptr(IoMachine) io = echo_machine_new("dom0", true);
    const int64_t wire_ns = FRAME_BYTES * 8;
    int64_t expected_ns = STACK_NS + wire_ns;
    ArrivalCounts counts;

    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        expected_ns += cost_ns(io->profile, steps[i]);
    const Seen seen = run_machine(io, INTERVAL_NS + NS_PER_MS, &counts);

    g_assert_cmpuint(seen.n, ==, 1);
    g_assert_cmpint(seen.last_took_ns, ==, expected_ns);
}

/* One bit takes 1 ns: the answer's overhead is all that there is more. */
static void test_frames_have_an_overhead_on_the_line(void)
{
    g_autoptr(IoMachine) plain = echo_machine_new("dom0", true);
    g_autoptr(IoMachine) framed = echo_machine_new("dom0", true);
    ArrivalCounts counts;

    framed->params.nic.frame_overhead_bytes = 38;
    const Seen before = run_machine(plain, INTERVAL_NS + NS_PER_MS, &counts);
    const Seen after = run_machine(framed, INTERVAL_NS + NS_PER_MS, &counts);

    g_assert_cmpint(after.last_took_ns, ==, before.last_took_ns + 38 * 8);
}

/* Emulated, in dom0: interrupt, qemu's pass with the frame, the guest's handler, and
 * the access that sends, up to when qemu has emulated it. */
static void test_the_steps_of_an_emulated_round_trip(void)
{
    static const Cost in[] = {
        COST_UPCALL,      COST_DISK_INTERRUPT, COST_TASK_SWITCH,     COST_ADDRESS_SPACE,
        COST_QEMU_WAKE,   COST_SYSTEM_CALL,    COST_SYSTEM_CALL,     COST_QEMU_PACKET,
        COST_SYSTEM_CALL, COST_RAISE_IRQ,      COST_SYSTEM_CALL,     COST_HYPERCALL,
        COST_INJECT,      COST_ENTRY,          COST_GUEST_INTERRUPT,
    };
    g_autoptr(IoMachine) io = echo_machine_new("dom0", false);
    int64_t expected_ns = STACK_NS + FRAME_BYTES * 8;
    ArrivalCounts counts;

    for (unsigned i = 0; i < G_N_ELEMENTS(in); i++)
        expected_ns += cost_ns(io->profile, in[i]);
    const Seen seen = run_machine(io, INTERVAL_NS + NS_PER_MS, &counts);

    g_assert_cmpuint(seen.n, ==, 1);
    g_assert_cmpuint(seen.n_requests, ==, 1);
    /* The answer leaves while the access is being finished: within its latency. */
    g_assert_cmpint(seen.last_took_ns, >, expected_ns);
    g_assert_cmpint(seen.last_took_ns, <, expected_ns + seen.latency_sum_ns);
}

/* One interval after the start, and so on: 99 within a second, wherever they go. */
static void test_every_frame_is_answered(void)
{
    for (unsigned i = 0; placement_ops_all()[i]; i++) {
        for (unsigned pv = 0; pv < 2; pv++) {
            g_autoptr(IoMachine) io =
                echo_machine_new(placement_ops_all()[i]->name, pv == 1);
            ArrivalCounts counts;
            const Seen seen = run_machine(io, NS_PER_S, &counts);

            g_assert_cmpuint(seen.n, ==, 99);
            g_assert_cmpuint(counts.n_arrived, ==, 99);
            g_assert_cmpuint(counts.n_dropped, ==, 0);
        }
    }
}

/* Ten times faster than it can answer: the rings stay full, the rest is dropped at the
 * card, and what is answered is answered once. */
static void test_a_flood_is_dropped_at_the_card(void)
{
    for (unsigned pv = 0; pv < 2; pv++) {
        g_autoptr(IoMachine) io = echo_machine_new("stub", pv == 1);
        ArrivalCounts counts;

        io->guest.arrivals.mean_ns = STACK_NS / 10;
        io->params.rings.n_net_places = 16;
        const Seen seen = run_machine(io, NS_PER_S / 10, &counts);

        g_assert_cmpuint(counts.n_arrived + counts.n_dropped, ==, 99999);
        g_assert_cmpuint(counts.n_dropped, >, 80000);
        g_assert_cmpuint(seen.n, >, 1000);
        g_assert_cmpuint(seen.n, <=, NS_PER_S / 10 / STACK_NS);
        g_assert_cmpuint(counts.n_arrived - counts.n_answered, <=, 2 * 16);
        g_assert_cmpuint(seen.n - counts.n_answered, <=, 16);
    }
}

/* Nobody answers: the guest's places fill, and its vCPU is left alone after that. */
static void test_frames_that_nobody_takes(void)
{
    const Activity idle[] = { io_halt(NS_PER_S) };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(idle, G_N_ELEMENTS(idle), true));
    ArrivalCounts counts;

    io->guest.arrivals.mean_ns = NS_PER_MS;
    io->params.rings.n_net_places = 8;
    const Seen seen = run_machine(io, NS_PER_S, &counts);

    g_assert_cmpuint(seen.n, ==, 0);
    g_assert_cmpuint(counts.n_arrived, ==, 8);
    g_assert_cmpuint(counts.n_dropped, ==, 999 - 8);
}

/* Its length registers are written on page 0; those of page 1 are other ones. */
static void test_an_ne2000_answers(void)
{
    const Activity script[] = {
        activity(ACTIVITY_RECEIVE),
        io_write(PORT_NE2000_COMMAND, NE2000_RUN),
        io_write(PORT_NE2000_TX_COUNT_LOW, FRAME_BYTES),
        io_write(PORT_NE2000_TX_COUNT_HIGH, 0),
        io_write(PORT_NE2000_COMMAND, NE2000_RUN | NE2000_PAGE_1),
        io_write(PORT_NE2000_TX_COUNT_LOW, 1),
        io_write(PORT_NE2000_COMMAND, NE2000_RUN | NE2000_TRANSMIT),
    };
    g_autoptr(IoMachine) io =
        io_machine_new("dom0", io_workload_new(script, G_N_ELEMENTS(script), true));
    ArrivalCounts counts;

    io->guest.arrivals.mean_ns = INTERVAL_NS;
    const Seen seen = run_machine(io, 10 * INTERVAL_NS + NS_PER_MS, &counts);

    g_assert_cmpuint(seen.n, ==, 10);
    g_assert_cmpuint(counts.n_answered, ==, 10);
}

/* A line of 1 kbit/s: a frame takes it almost a second. One is on it, two wait, and all
 * that come later are lost, answers or not; places of lost answers are free again. */
static void test_a_full_queue_before_the_card_loses_frames(void)
{
    for (unsigned pv = 0; pv < 2; pv++) {
        g_autoptr(IoMachine) io = echo_machine_new("stub", pv == 1);
        g_autoptr(Machine) machine = NULL;
        const Domain *guest;
        ArrivalCounts counts;

        io->params.nic = (NicParams){ .bits_per_s = 1000, .n_queued = 2 };
        machine = io_machine_build(io);
        machine_run_until(machine, NS_PER_S / 2);
        counts = arrivals_counts(g_ptr_array_index(machine->arrivals, 0));
        guest = host_domain_by_name(machine_host(machine), "guest");
        g_assert_cmpuint(counts.n_arrived, ==, 49);
        g_assert_cmpuint(counts.n_answered, ==, 0);
        g_assert_cmpuint(domain_count(guest, COUNT_LOST_SENT_FRAMES), ==, 49 - 3);
        machine_run_until(machine, 4 * NS_PER_S);
        counts = arrivals_counts(g_ptr_array_index(machine->arrivals, 0));
        /* Five have left by then, and with them whatever was lost before them. */
        g_assert_cmpuint(counts.n_answered, >, 200);
        g_assert_cmpuint(domain_count(guest, COUNT_LOST_RECEIVED_FRAMES), ==,
                         counts.n_dropped);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arrivals/a round trip is the sum of its steps",
                    test_the_steps_of_a_round_trip);
    g_test_add_func("/arrivals/an emulated one goes by qemu",
                    test_the_steps_of_an_emulated_round_trip);
    g_test_add_func("/arrivals/every frame is answered, whatever the placement",
                    test_every_frame_is_answered);
    g_test_add_func("/arrivals/a flood is dropped at the card",
                    test_a_flood_is_dropped_at_the_card);
    g_test_add_func("/arrivals/frames have an overhead on the line",
                    test_frames_have_an_overhead_on_the_line);
    g_test_add_func("/arrivals/a full queue before the card loses frames",
                    test_a_full_queue_before_the_card_loses_frames);
    g_test_add_func("/arrivals/frames that nobody takes",
                    test_frames_that_nobody_takes);
    g_test_add_func("/arrivals/an NE2000 answers", test_an_ne2000_answers);
    return g_test_run();
}
