/* qemu-dm's main loop, as its guest feels it: what a pass does, and in what order. */
#include "models/guest/device_model.h"
#include "tests/unit/io_scripts.h"

#define VGA        0xb8000
#define N_PLACES   80u
#define SEEK_NS    NS_PER_MS
#define BYTES_NS   4096 /* of 8 sectors, at 1 GB/s */
#define N_SEEN_MAX 8u

typedef struct {
    Request requests[N_SEEN_MAX];
    const DeviceOps *devices[N_SEEN_MAX]; /* devices and vCPUs go with their machine */
    unsigned vcpu_ids[N_SEEN_MAX];
    int64_t at_ns[N_SEEN_MAX];
    unsigned n;
} Seen;

static void see_request(void *listener, int64_t now_ns, const Request *request)
{
    Seen *seen = listener;

    g_assert_cmpuint(seen->n, <, N_SEEN_MAX);
    seen->at_ns[seen->n] = now_ns;
    seen->devices[seen->n] = request->device->ops;
    seen->vcpu_ids[seen->n] = request->guest->id;
    seen->requests[seen->n++] = *request;
}

/* One vCPU for each script, for 300 ms. */
static Seen run(const char *placement, const Activity *const *scripts,
                const unsigned *lengths, unsigned n_vcpus, bool has_disk,
                int64_t select_ns)
{
    g_autoptr(IoMachine) description = io_machine_new(placement, NULL);
    Workload *workloads[2];
    Seen seen = { 0 };

    for (unsigned i = 0; i < n_vcpus; i++)
        workloads[i] = io_workload_new(scripts[i], lengths[i], false);
    description->guest.n_vcpus = n_vcpus;
    description->guest.workloads = workloads;
    description->params.host.topology = (Topology){ 4, 1, 4 };
    description->params.path.n_posted_places = N_PLACES;
    description->params.select_timeout_ns = select_ns;
    if (!has_disk)
        description->params.disk.bytes_per_s = 0;
    g_autoptr(Machine) machine = io_machine_build(description);

    host_add_probe(machine_host(machine),
                   &(Probe){ .listener = &seen, .request = see_request });
    machine_run_until(machine, 3 * NS_PER_S / 10);
    return seen;
}

static Seen run_one(const char *placement, const Activity *script, unsigned length)
{
    return run(placement, &script, &length, 1, true, 0);
}

static int64_t latency_ns(const Seen *seen, unsigned i)
{
    return seen->at_ns[i] - seen->requests[i].issued_ns;
}

static int64_t cost(Cost cost)
{
    g_autoptr(CostProfile) profile = io_profile_new();

    return cost_ns(profile, cost);
}

static void test_posted_writes_wait_for_nobody(gconstpointer placement)
{
    Activity script[N_PLACES];

    for (unsigned i = 0; i < N_PLACES; i++)
        script[i] = (Activity){
            .kind = ACTIVITY_MEMORY, .address = VGA, .count = 1, .is_write = true
        };
    g_assert_cmpuint(run_one(placement, script, N_PLACES).n, ==, 0);
}

/* The write that finds the page full is a request, which drains it; so does any other.
 * The first request is there to load qemu-dm's address space. */
static void test_a_full_page_is_drained_by_a_request(gconstpointer placement)
{
    Activity script[N_PLACES + 4];
    Seen seen;

    for (unsigned i = 0; i < G_N_ELEMENTS(script); i++)
        script[i] = (Activity){
            .kind = ACTIVITY_MEMORY, .address = VGA, .count = 1, .is_write = true
        };
    script[0] = io_read(PORT_IDE_CONTROL);
    script[N_PLACES + 3] = io_read(PORT_IDE_CONTROL);
    seen = run_one(placement, script, G_N_ELEMENTS(script));
    g_assert_cmpuint(seen.n, ==, 3);
    g_assert_cmpstr(seen.devices[1]->name, ==, "vga");
    g_assert_cmpint(seen.requests[1].stage_ns[STAGE_SERVICE] -
                        seen.requests[2].stage_ns[STAGE_SERVICE],
                    ==, (N_PLACES - 1) * cost(COST_QEMU_POSTED));
}

/* 60 writes, a halt, 60 writes, in a guest whose device model looks round every 10 ms:
 * it drains the page 100 ms after the last time (Xen 3.1), so it may be full before. */
static void test_the_page_is_drained_every_100_ms(gconstpointer placement)
{
    static const struct {
        int64_t halt_ms;
        unsigned n_requests;
    } cases[] = { { 50, 1 }, { 150, 0 } };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        Activity writes[121];
        const Activity *script = writes;
        const unsigned length = G_N_ELEMENTS(writes);

        for (unsigned j = 0; j < length; j++)
            writes[j] = (Activity){
                .kind = ACTIVITY_MEMORY, .address = VGA, .count = 1, .is_write = true
            };
        writes[60] = io_halt(cases[i].halt_ms * NS_PER_MS);
        g_assert_cmpuint(run(placement, &script, &length, 1, true, 10 * NS_PER_MS).n,
                         ==, cases[i].n_requests);
    }
}

static const Activity read_command[] = { IO_DISK_READ };
static const Activity dma_command[] = {
    { .kind = ACTIVITY_BEGIN },
    IO_DISK_DMA,
    IO_READ(PORT_IDE_STATUS),
};
/* Another vCPU asks for a register, 0.5 ms after the start. */
static const Activity bystander[] = {
    { .kind = ACTIVITY_COMPUTE, .instructions = 500000 },
    IO_READ(PORT_PCI_ADDRESS),
};

static void test_a_read_waits_for_the_disk(gconstpointer placement)
{
    const Seen seen = run_one(placement, read_command, G_N_ELEMENTS(read_command));

    g_assert_cmpuint(seen.n, ==, 2);
    g_assert_cmpint(seen.requests[0].stage_ns[STAGE_BACKEND], ==, 0);
    g_assert_cmpint(seen.requests[1].stage_ns[STAGE_BACKEND], >=, SEEK_NS + BYTES_NS);
}

static void test_meanwhile_it_is_deaf(gconstpointer placement)
{
    const Activity *const scripts[] = { read_command, bystander };
    const unsigned lengths[] = { G_N_ELEMENTS(read_command), G_N_ELEMENTS(bystander) };
    const Seen seen = run(placement, scripts, lengths, 2, true, 0);

    g_assert_cmpuint(seen.n, ==, 3);
    g_assert_cmpuint(seen.vcpu_ids[1], ==, 0);
    g_assert_cmpint(latency_ns(&seen, 2), >, NS_PER_MS / 2);
}

static void test_dma_goes_on_beside(gconstpointer placement)
{
    const Activity *const scripts[] = { dma_command, bystander };
    const unsigned lengths[] = { G_N_ELEMENTS(dma_command), G_N_ELEMENTS(bystander) };
    const Seen seen = run(placement, scripts, lengths, 2, true, 0);

    g_assert_cmpuint(seen.n, ==, 5);
    g_assert_cmpuint(seen.vcpu_ids[3], ==, 1); /* before the disk's end */
    g_assert_cmpint(latency_ns(&seen, 3), <, NS_PER_MS / 20);
    g_assert_cmpuint(seen.vcpu_ids[4], ==, 0);
    g_assert_cmpint(seen.requests[4].issued_ns, >, seen.at_ns[2] + SEEK_NS + BYTES_NS);
    for (unsigned i = 0; i < seen.n; i++)
        g_assert_cmpint(seen.requests[i].stage_ns[STAGE_BACKEND], ==, 0);
}

static void test_images_in_memory_take_no_time(gconstpointer placement)
{
    const Activity *script = read_command;
    const unsigned length = G_N_ELEMENTS(read_command);
    const Seen seen = run(placement, &script, &length, 1, false, 0);

    g_assert_cmpuint(seen.n, ==, 2);
    g_assert_cmpint(seen.requests[1].stage_ns[STAGE_BACKEND], ==, 0);
}

/* dom0's time over a read command, when qemu completes it after its answer. */
static int64_t dom0_ran_ns(int64_t completion_ns)
{
    g_autoptr(IoMachine) description = io_machine_new(
        "dom0", io_workload_new(read_command, G_N_ELEMENTS(read_command), false));

    description->params.disk.bytes_per_s = 0;
    description->params.disk_completion_ns = completion_ns;
    g_autoptr(Machine) machine = io_machine_build(description);

    machine_run_until(machine, NS_PER_MS);
    host_book_time(machine_host(machine));
    return host_domain_by_name(machine_host(machine), "Domain-0")->ran_ns;
}

static void test_an_image_in_memory_may_be_completed_later(void)
{
    g_assert_cmpint(dom0_ran_ns(12345), ==, dom0_ran_ns(0) + 12345);
}

/* Two vCPUs ask at once: the second answer comes a whole pass after the first. */
static void test_a_pass_serves_one_request(gconstpointer placement)
{
    static const Activity one[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 500000 },
        IO_READ(PORT_PCI_ADDRESS),
    };
    const Activity *const scripts[] = { one, one };
    const unsigned lengths[] = { G_N_ELEMENTS(one), G_N_ELEMENTS(one) };
    const Seen seen = run(placement, scripts, lengths, 2, true, 0);

    g_assert_cmpuint(seen.n, ==, 2);
    g_assert_cmpint(seen.requests[0].issued_ns, ==, seen.requests[1].issued_ns);
    g_assert_cmpint(seen.at_ns[1] - seen.at_ns[0], >=,
                    cost(COST_QEMU_LOOP) + cost(COST_QEMU_ACCESS) +
                        cost(COST_QEMU_REPLY));
    g_assert_cmpint(seen.requests[1].stage_ns[STAGE_SERVICE] +
                        seen.requests[1].stage_ns[STAGE_WAIT_TASK],
                    >,
                    seen.requests[0].stage_ns[STAGE_SERVICE] +
                        seen.requests[0].stage_ns[STAGE_WAIT_TASK]);
}

/* Every element beyond the first adds its cost, and no more. */
static void test_string_accesses_pay_by_element(gconstpointer placement)
{
    static const Activity script[] = {
        { .kind = ACTIVITY_PORT, .address = PORT_IDE_DATA, .count = 1 },
        { .kind = ACTIVITY_PORT, .address = PORT_IDE_DATA, .count = 1 },
        { .kind = ACTIVITY_PORT,
          .address = PORT_IDE_DATA,
          .count = 256,
          .is_string = true },
    };
    const Seen seen = run_one(placement, script, G_N_ELEMENTS(script));

    g_assert_cmpuint(seen.n, ==, 3);
    g_assert_cmpint(seen.requests[2].stage_ns[STAGE_SERVICE] -
                        seen.requests[1].stage_ns[STAGE_SERVICE],
                    ==, 255 * cost(COST_QEMU_ELEMENT));
}

/* A runner that does nothing. */

static void ignore_signal(DeviceModel *model G_GNUC_UNUSED,
                          unsigned guest_vcpu G_GNUC_UNUSED,
                          int64_t now_ns G_GNUC_UNUSED)
{
}

static Vcpu *given_vcpu(const DeviceModel *model)
{
    return device_model_runner(model);
}

static const RunnerOps idle_runner = {
    .signal = ignore_signal,
    .vcpu = given_vcpu,
    .event_vcpu = given_vcpu,
    .waiting_stage = STAGE_WAIT_TASK,
};

/* select() finds a request when the kernel has taken its event, and not before: on
 * dom0, when its vCPU 0 has run. */
static void test_a_request_comes_with_its_event(void)
{
    g_autoptr(IoMachine) description =
        io_machine_new("dom0", io_workload_new(NULL, 0, false));
    g_autoptr(Machine) machine = io_machine_build(description);
    Domain *guest = host_domain_by_name(machine_host(machine), "guest");
    Vcpu *vcpu = g_ptr_array_index(guest->vcpus, 0);
    const DevicePath path = { .xen = xen_release_default() };
    g_autoptr(DeviceModel) model = device_model_new(
        guest, &idle_runner, vcpu, &(DeviceModelCosts){ .wake_ns = 5 }, &path);
    const Activity access = io_read(PORT_IDE_CONTROL);
    Request request = { 0 };
    int64_t run_ns;

    request_begin(&request, vcpu, NULL, &access, 0);
    device_model_submit(model, &request, 0);
    g_assert_cmpint(device_model_advance(model, false, 0, &run_ns), ==, NEXT_SELECT);
    device_model_deliver(model, 0, 0);
    g_assert_cmpint(request.stage, ==, STAGE_WAIT_TASK);
    g_assert_cmpint(device_model_advance(model, false, 0, &run_ns), ==, NEXT_RUN);
    g_assert_cmpint(request.stage, ==, STAGE_SERVICE);
    g_assert_cmpint(run_ns, ==, 5);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(gconstpointer placement);
    } tests[] = {
        { "posted writes wait for nobody", test_posted_writes_wait_for_nobody },
        { "a full page is drained by a request",
          test_a_full_page_is_drained_by_a_request },
        { "the page is drained every 100 ms", test_the_page_is_drained_every_100_ms },
        { "a read waits for the disk", test_a_read_waits_for_the_disk },
        { "meanwhile it is deaf", test_meanwhile_it_is_deaf },
        { "DMA goes on beside", test_dma_goes_on_beside },
        { "images in memory take no time", test_images_in_memory_take_no_time },
        { "a pass serves one request", test_a_pass_serves_one_request },
        { "string accesses pay by element", test_string_accesses_pay_by_element },
    };

    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++)
        for (unsigned j = 0; placement_ops_all()[j]; j++) {
            const char *placement = placement_ops_all()[j]->name;
            g_autofree char *path =
                g_strdup_printf("/device-model/%s/%s", placement, tests[i].name);

            g_test_add_data_func(path, placement, tests[i].test);
        }
    g_test_add_func("/device-model/an image in memory may be completed later",
                    test_an_image_in_memory_may_be_completed_later);
    g_test_add_func("/device-model/a request comes with its event",
                    test_a_request_comes_with_its_event);
    return g_test_run();
}
