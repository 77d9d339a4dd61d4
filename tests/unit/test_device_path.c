/* What releases of Xen, and options, change on the way of an access: each case runs one
 * guest for a while and looks at its time, its requests and its device model. */
#include "models/devices/ports.h"
#include "tests/unit/io_world.h"

#define RUN_NS          NS_PER_S
#define VGA_TEXT_SCREEN 0xb8000
#define N_SEEN_MAX      16u

typedef struct {
    IoMachine *description;
    Machine *machine;
    DeviceMap *map;
    Vcpu *vcpu;
    Request requests[N_SEEN_MAX];
    unsigned n_requests;
    int64_t answered_ns; /* the last of them */
} Fixture;

static void see_request(void *listener, int64_t now_ns, const Request *request)
{
    Fixture *self = listener;
    int64_t sum_ns = 0;

    g_assert_cmpuint(self->n_requests, <, N_SEEN_MAX);
    for (unsigned i = 0; i < STAGES; i++)
        sum_ns += request->stage_ns[i];
    g_assert_cmpint(sum_ns, ==, now_ns - request->issued_ns);
    self->requests[self->n_requests++] = *request;
    self->answered_ns = now_ns;
}

static void set_up(Fixture *self, const char *placement, const char *release,
                   const Activity *script, unsigned n)
{
    const XenRelease *xen = xen_release_by_name(release, NULL);

    *self = (Fixture){ .description = io_machine_new(
                           placement, io_workload_new(script, n, false)) };
    self->map = device_map_new(xen);
    self->description->params.path =
        (DevicePath){ .xen = xen,
                      .map = self->map,
                      .n_posted_places = xen->n_posted_places,
                      .completion = xen->completion };
}

static void run(Fixture *self)
{

    self->machine = io_machine_build(self->description);
    self->vcpu = g_ptr_array_index(
        host_domain_by_name(machine_host(self->machine), "guest")->vcpus, 0);
    host_add_probe(machine_host(self->machine),
                   &(Probe){ .listener = self, .request = see_request });
    machine_run_until(self->machine, RUN_NS);
    io_check_laws(self->machine);
}

static void tear_down(Fixture *self)
{
    machine_free(self->machine);
    device_map_free(self->map);
    io_machine_free(self->description);
}

static int64_t cost(const Fixture *self, Cost cost)
{
    return cost_ns(self->description->profile, cost);
}

static int64_t ran_ns(const Fixture *self, const char *domain)
{
    host_book_time(machine_host(self->machine));
    return host_domain_by_name(machine_host(self->machine), domain)->ran_ns;
}

/* An exit and an entry, and what lies between. */
static int64_t access_ns(const Fixture *self, Cost decode, int64_t between_ns)
{
    return cost(self, COST_EXIT) + cost(self, COST_EXIT_HANDLER) + cost(self, decode) +
           between_ns + cost(self, COST_ENTRY);
}

/* Accesses that wait for nobody: the guest's time is theirs alone, and all of it. */

static Activity vga_access(bool is_write)
{
    return (Activity){ .kind = ACTIVITY_MEMORY,
                       .address = VGA_TEXT_SCREEN,
                       .count = 1,
                       .size_bytes = 2,
                       .is_write = is_write };
}

static void test_xen_serves_alone(void)
{
    const Activity script[] = { io_read(0x40) };
    Fixture self;

    set_up(&self, "stub", "3.1", script, 1);
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 0);
    g_assert_cmpint(ran_ns(&self, "guest"), ==,
                    access_ns(&self, COST_DECODE_PORT, cost(&self, COST_XEN_DEVICE)));
    tear_down(&self);
}

static void test_the_delay_port_does_not_exit(void)
{
    const Activity script[] = { io_write(0x80, 0) };
    Fixture self;

    set_up(&self, "stub", "3.1", script, 1);
    run(&self);
    g_assert_cmpint(ran_ns(&self, "guest"), ==, 1);
    tear_down(&self);
}

/* From 4.2 a posted write sends an event, and the device model empties the page. */
static void test_posted_writes_cost_their_posting(void)
{
    static const struct {
        const char *release;
        bool sends_event;
    } cases[] = { { "3.1", false }, { "3.3", false }, { "4.17", true } };
    const Activity script[] = { vga_access(true) };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture self;
        int64_t between_ns;

        set_up(&self, "stub", cases[i].release, script, 1);
        run(&self);
        between_ns = cost(&self, COST_POST) +
                     (cases[i].sends_event ? cost(&self, COST_NOTIFY) : 0);
        g_assert_cmpint(ran_ns(&self, "guest"), ==,
                        access_ns(&self, COST_DECODE_MEMORY, between_ns));
        tear_down(&self);
    }
}

static void test_a_copy_answers_reads(void)
{
    const Activity script[] = { vga_access(false) };
    Fixture self;

    set_up(&self, "stub", "3.3", script, 1);
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 0);
    g_assert_cmpint(ran_ns(&self, "guest"), ==,
                    access_ns(&self, COST_DECODE_MEMORY,
                              cost(&self, COST_XEN_DEVICE) + cost(&self, COST_POST)));
    tear_down(&self);
}

/* With places for one access of 8 bytes and a half: the second one waits. A string
 * waits in any case. */
static void test_a_packed_page_takes_halves(void)
{
    Activity script[] = { vga_access(true), vga_access(true), vga_access(true) };
    static const struct {
        const char *release;
        unsigned n_requests;
    } cases[] = { { "3.1", 0 }, { "3.3", 2 } };

    script[0].size_bytes = script[1].size_bytes = 8;
    script[2].is_string = true;
    script[2].count = 2;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture self;

        set_up(&self, "stub", cases[i].release, script, G_N_ELEMENTS(script));
        self.description->params.path.n_posted_places = 3;
        run(&self);
        g_assert_cmpuint(self.n_requests, ==, cases[i].n_requests);
        tear_down(&self);
    }
}

/* The wait. */

static int64_t entry_ns(const Fixture *self)
{
    return self->requests[0].stage_ns[STAGE_ENTRY];
}

/* 3.3 decodes a read again after its answer, and a write only once. */
static void test_reads_are_decoded_again(void)
{
    static const struct {
        const char *release;
        bool is_write, is_repeated;
    } cases[] = { { "3.1", false, false },
                  { "3.3", false, true },
                  { "3.3", true, false },
                  { "4.17", false, true } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Activity script[] = { cases[i].is_write ? io_write(PORT_IDE_CONTROL, 0)
                                                      : io_read(PORT_IDE_CONTROL) };
        Fixture self;
        int64_t again_ns;

        set_up(&self, "stub", cases[i].release, script, 1);
        run(&self);
        again_ns = cases[i].is_repeated ? cost(&self, COST_DECODE_PORT) : 0;
        g_assert_cmpint(entry_ns(&self), ==,
                        cost(&self, COST_RESUME) + cost(&self, COST_ENTRY) + again_ns);
        tear_down(&self);
    }
}

static int64_t offline_ns(const Fixture *self)
{
    return runstate_total_ns(&self->vcpu->runstate, RUNSTATE_OFFLINE, RUN_NS);
}

/* Where the way back into the guest is long, 3.0.3 finds the answer before it waits;
 * others leave the pCPU all the same. */
static void test_a_fast_answer_avoids_the_scheduler_of_3_0_3(void)
{
    static const struct {
        const char *release;
        int64_t resume_cycles;
        bool waits;
    } cases[] = { { "3.0.3", 1000000, false },
                  { "3.0.3", 10, true },
                  { "3.0.4", 1000000, true },
                  { "3.1", 1000000, true } };
    const Activity script[] = { io_read(PORT_IDE_CONTROL), io_compute(10) };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture self;

        set_up(&self, "stub", cases[i].release, script, G_N_ELEMENTS(script));
        self.description->profile->figures[COST_RESUME].cycles = cases[i].resume_cycles;
        run(&self);
        g_assert_cmpuint(self.n_requests, ==, 1);
        g_assert_cmpint(offline_ns(&self) > 0, ==, cases[i].waits);
        tear_down(&self);
    }
}

/* A string is cut where the guest's buffer crosses a page. */
static void test_a_string_is_one_request_per_page(void)
{
    static const struct {
        uint16_t offset;
        unsigned n_requests;
        uint32_t first, last;
    } cases[] = { { 0, 1, 256, 256 },
                  { 3584, 1, 256, 256 },
                  { 4000, 2, 48, 208 },
                  { 4001, 3, 47, 208 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Activity script[] = { { .kind = ACTIVITY_PORT,
                                      .address = PORT_IDE_DATA,
                                      .count = IDE_SECTOR_WORDS,
                                      .size_bytes = 2,
                                      .is_string = true,
                                      .buffer_offset = cases[i].offset } };
        Fixture self;

        set_up(&self, "stub", "3.1", script, 1);
        run(&self);
        g_assert_cmpuint(self.n_requests, ==, cases[i].n_requests);
        g_assert_cmpuint(self.requests[0].access.count, ==, cases[i].first);
        g_assert_cmpuint(self.requests[self.n_requests - 1].access.count, ==,
                         cases[i].last);
        tear_down(&self);
    }
}

/* Transfers. */

static const Activity *dma_script(uint32_t sectors, unsigned *n)
{
    static Activity script[6];

    script[0] = (Activity){ .kind = ACTIVITY_BEGIN };
    script[1] = io_write(PORT_IDE_COUNT, sectors);
    script[2] = io_write(PORT_IDE_COMMAND, IDE_COMMAND_READ_DMA);
    script[3] = io_write(PORT_BUS_MASTER_COMMAND, BUS_MASTER_START);
    script[4] = io_halt(TIME_NEVER_NS);
    script[5] = io_read(PORT_IDE_STATUS);
    *n = G_N_ELEMENTS(script);
    return script;
}

static int64_t dom0_ns_of_dma(const char *release, uint32_t sectors)
{
    Fixture self;
    unsigned n;
    const Activity *script = dma_script(sectors, &n);
    int64_t dom0_ns;

    set_up(&self, "dom0", release, script, n);
    self.description->params.dom0.hz = 1; /* without ticks in the comparison */
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 4);
    dom0_ns = ran_ns(&self, "Domain-0");
    tear_down(&self);
    return dom0_ns;
}

/* 3.1's thread copies 16 sectors at a time; asynchronously all come at once. */
static void test_the_thread_moves_16_sectors_at_a_time(void)
{
    g_autoptr(CostProfile) profile = io_profile_new();
    const int64_t part_ns =
        cost_ns(profile, COST_QEMU_DISK) + cost_ns(profile, COST_SYSTEM_CALL);

    g_assert_cmpint(dom0_ns_of_dma("3.1", 64) - dom0_ns_of_dma("3.1", 16), ==,
                    3 * part_ns);
    g_assert_cmpint(dom0_ns_of_dma("3.2", 64), ==, dom0_ns_of_dma("3.2", 16));
}

static int64_t end_of_dma_ns(const char *placement, Completion completion)
{
    Fixture self;
    unsigned n;
    const Activity *script = dma_script(16, &n);

    set_up(&self, placement, "3.2", script, n);
    self.description->params.select_timeout_ns = 10 * NS_PER_MS;
    self.description->params.path.completion = completion;
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 4);
    tear_down(&self);
    return self.answered_ns;
}

/* The end of a transfer that wakes no select() is found when it has timed out. */
static void test_a_lost_completion_waits_for_the_timeout(gconstpointer placement)
{
    const int64_t late_ns = end_of_dma_ns(placement, COMPLETION_LOST) -
                            end_of_dma_ns(placement, COMPLETION_ASYNCHRONOUS);

    g_assert_cmpint(late_ns, >, 8 * NS_PER_MS);
    g_assert_cmpint(late_ns, <=, 10 * NS_PER_MS + NS_PER_US);
    g_test_message("%s: %" G_GINT64_FORMAT " ns late", (const char *)placement,
                   late_ns);
}

/* A posted command and start: the guest waits for the status alone, and the event keeps
 * the transfer from lying until the page is drained. */
static void test_posted_commands_do_their_work(gconstpointer placement)
{
    Fixture self;
    unsigned n;
    const Activity *script = dma_script(8, &n);

    set_up(&self, placement, "3.1", script, n);
    device_map_move(self.map, "ide", SERVED_BY_POSTING);
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 1);
    g_assert_cmpint(self.requests[0].issued_ns, >, NS_PER_MS); /* the disk's seek */
    g_assert_cmpint(self.answered_ns, <, 2 * NS_PER_MS);
    tear_down(&self);
}

/* A read by programmed I/O whose command is posted: the data port waits for the disk
 * behind it. */
static void test_a_posted_read_holds_up_the_loop(gconstpointer placement)
{
    const Activity script[] = { io_write(PORT_IDE_COUNT, 8),
                                io_write(PORT_IDE_COMMAND, IDE_COMMAND_READ),
                                io_read(PORT_IDE_STATUS) };
    Fixture self;

    set_up(&self, placement, "3.1", script, G_N_ELEMENTS(script));
    device_map_move(self.map, "ide-task", SERVED_BY_POSTING);
    device_map_move(self.map, "ide-command", SERVED_BY_POSTING);
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 1);
    g_assert_cmpint(self.answered_ns, >, NS_PER_MS);
    g_assert_cmpint(self.answered_ns, <, 2 * NS_PER_MS);
    tear_down(&self);
}

static void test_a_status_in_xen_needs_no_request(void)
{
    const Activity script[] = { io_read(PORT_IDE_STATUS), io_read(PORT_IDE_DEVICE) };
    Fixture self;

    set_up(&self, "stub", "3.1", script, G_N_ELEMENTS(script));
    device_map_move(self.map, "ide-status", SERVED_BY_XEN);
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 1);
    tear_down(&self);
}

/* The buffered page's own timer, where select() has a longer timeout. */
static void test_the_drain_timer_wakes(void)
{
    static const struct {
        const char *release;
        int64_t n_drains;
    } cases[] = { { "3.1", 9 }, { "3.3", 9 }, { "4.17", 0 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture self;

        set_up(&self, "stub", cases[i].release, NULL, 0);
        self.description->params.select_timeout_ns = RUN_NS;
        run(&self);
        g_assert_cmpint(ran_ns(&self, "guest-dm"), ==,
                        cases[i].n_drains *
                            (cost(&self, COST_UPCALL) + cost(&self, COST_STUB_WAKE) +
                             cost(&self, COST_QEMU_LOOP)));
        tear_down(&self);
    }
}

/* Two transfers one after the other: the second's interrupt is held back. */
static void test_interrupts_are_coalesced(void)
{
    unsigned n;
    const Activity *once = dma_script(8, &n);
    Activity script[12];
    Fixture self;

    for (unsigned i = 0; i < 2 * n; i++)
        script[i] = once[i % n];
    set_up(&self, "stub", "3.1", script, 2 * n);
    self.description->params.path.coalesce_ns = 20 * NS_PER_MS;
    run(&self);
    g_assert_cmpuint(self.n_requests, ==, 8);
    g_assert_cmpint(self.requests[3].issued_ns, <, 2 * NS_PER_MS);
    g_assert_cmpint(self.requests[7].issued_ns - self.requests[3].issued_ns, >=,
                    20 * NS_PER_MS - 100 * NS_PER_US);
    g_assert_cmpint(self.requests[7].issued_ns - self.requests[3].issued_ns, <,
                    21 * NS_PER_MS);
    tear_down(&self);
}

/* The virtual timer: 100 Hz, off the pCPU from 5 ms to 35 ms. */

static int64_t ticks_after_a_pause(TimerMode mode)
{
    const Activity script[] = { io_compute(NS_PER_S) };
    Fixture self;
    int64_t interrupt_ns, ticks;

    set_up(&self, "stub", "3.3", script, 1);
    self.description->guest.timer = (VirtualTimerParams){ 100, mode };
    self.machine = io_machine_build(self.description);
    self.vcpu = g_ptr_array_index(
        host_domain_by_name(machine_host(self.machine), "guest")->vcpus, 0);
    machine_run_until(self.machine, 5 * NS_PER_MS);
    domain_pause(self.vcpu->domain);
    machine_run_until(self.machine, 35 * NS_PER_MS);
    domain_unpause(self.vcpu->domain);
    host_handle_softirqs(machine_host(self.machine));
    machine_run_until(self.machine, 39 * NS_PER_MS);
    interrupt_ns = access_ns(&self, COST_INJECT, cost(&self, COST_GUEST_INTERRUPT));
    host_book_time(machine_host(self.machine));
    /* The first is injected at the vCPU's own entry. */
    ticks = (9 * NS_PER_MS - (NS_PER_S - vcpu_run_left_ns(self.vcpu, 39 * NS_PER_MS)) +
             interrupt_ns - 1) /
            interrupt_ns;
    tear_down(&self);
    return ticks;
}

static void test_timer_modes_owe_ticks(void)
{
    g_assert_cmpint(ticks_after_a_pause(TIMER_DELAY_FOR_MISSED_TICKS), ==, 3);
    g_assert_cmpint(ticks_after_a_pause(TIMER_NO_DELAY), ==, 3);
    g_assert_cmpint(ticks_after_a_pause(TIMER_ONE_MISSED_TICK_PENDING), ==, 1);
    /* None was pending, so the timer went on: one tick waits, the others are dropped.
     */
    g_assert_cmpint(ticks_after_a_pause(TIMER_NO_MISSED_TICKS_PENDING), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/device-path/Xen serves alone", test_xen_serves_alone);
    g_test_add_func("/device-path/the delay port does not exit",
                    test_the_delay_port_does_not_exit);
    g_test_add_func("/device-path/posted writes cost their posting",
                    test_posted_writes_cost_their_posting);
    g_test_add_func("/device-path/a copy answers reads", test_a_copy_answers_reads);
    g_test_add_func("/device-path/a packed page takes halves",
                    test_a_packed_page_takes_halves);
    g_test_add_func("/device-path/reads are decoded again",
                    test_reads_are_decoded_again);
    g_test_add_func("/device-path/a fast answer avoids the scheduler of 3.0.3",
                    test_a_fast_answer_avoids_the_scheduler_of_3_0_3);
    g_test_add_func("/device-path/a string is one request per page",
                    test_a_string_is_one_request_per_page);
    g_test_add_func("/device-path/the thread moves 16 sectors at a time",
                    test_the_thread_moves_16_sectors_at_a_time);
    g_test_add_data_func("/device-path/dom0/a lost completion waits for the timeout",
                         "dom0", test_a_lost_completion_waits_for_the_timeout);
    g_test_add_data_func("/device-path/stub/a lost completion waits for the timeout",
                         "stub", test_a_lost_completion_waits_for_the_timeout);
    g_test_add_data_func("/device-path/dom0/posted commands do their work", "dom0",
                         test_posted_commands_do_their_work);
    g_test_add_data_func("/device-path/stub/posted commands do their work", "stub",
                         test_posted_commands_do_their_work);
    g_test_add_data_func("/device-path/dom0/a posted read holds up the loop", "dom0",
                         test_a_posted_read_holds_up_the_loop);
    g_test_add_data_func("/device-path/stub/a posted read holds up the loop", "stub",
                         test_a_posted_read_holds_up_the_loop);
    g_test_add_func("/device-path/a status in Xen needs no request",
                    test_a_status_in_xen_needs_no_request);
    g_test_add_func("/device-path/the drain timer wakes", test_the_drain_timer_wakes);
    g_test_add_func("/device-path/interrupts are coalesced",
                    test_interrupts_are_coalesced);
    g_test_add_func("/device-path/timer modes owe ticks", test_timer_modes_owe_ticks);
    return g_test_run();
}
