/* Domains that come and go while a machine runs. */
#include "tests/unit/crowd.h"
#include "tests/unit/io_scripts.h"

#include <errno.h>

#define MIB (INT64_C(1) << 20)

/* A request after the other. */
static const Activity requests[] = {
    { .kind = ACTIVITY_COMPUTE, .instructions = 300 },
    IO_READ(PORT_SERIAL_DATA),
};

static const IoScript asking = { requests, G_N_ELEMENTS(requests) };

static IoScript work(void)
{
    return io_script_of(false, false);
}

typedef struct {
    unsigned n_created, n_destroyed, n_dropped, n_refused, n_requests, n_transfers;
    unsigned stages; /* a bit for each in which a request was dropped */
    int result;      /* of the last refusal */
    int64_t created_ns, took_ns;
} Seen;

static void see_created(void *listener, int64_t now_ns,
                        const Domain *domain G_GNUC_UNUSED)
{
    ((Seen *)listener)->n_created++;
    ((Seen *)listener)->created_ns = now_ns;
}

static void see_destroyed(void *listener, int64_t now_ns G_GNUC_UNUSED,
                          const Domain *domain G_GNUC_UNUSED)
{
    ((Seen *)listener)->n_destroyed++;
}

static void see_dropped(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const Request *request)
{
    ((Seen *)listener)->n_dropped++;
    ((Seen *)listener)->stages |= 1u << request->stage;
}

static void see_refused(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const char *order G_GNUC_UNUSED,
                        const char *domain G_GNUC_UNUSED, int result)
{
    ((Seen *)listener)->n_refused++;
    ((Seen *)listener)->result = result;
}

static void see_request(void *listener, int64_t now_ns G_GNUC_UNUSED,
                        const Request *request G_GNUC_UNUSED)
{
    ((Seen *)listener)->n_requests++;
}

static void see_transfer(void *listener, int64_t now_ns G_GNUC_UNUSED,
                         const Vcpu *vcpu G_GNUC_UNUSED, int64_t bytes G_GNUC_UNUSED,
                         int64_t took_ns)
{
    Seen *seen = listener;

    seen->n_transfers++;
    seen->took_ns += took_ns;
}

static void watch(Machine *machine, Seen *seen)
{
    host_add_probe(machine_host(machine), &(Probe){ .listener = seen,
                                                    .created = see_created,
                                                    .destroyed = see_destroyed,
                                                    .dropped = see_dropped,
                                                    .refused = see_refused,
                                                    .request = see_request,
                                                    .transfer = see_transfer });
}

static const char *const guest_only[] = { "guest", NULL };

static IoMachine *describe(const char *placement, Workload *workload,
                           const LifeParams *life)
{
    IoMachine *self = io_machine_new(placement, workload);

    self->guest.life = life;
    self->guest.memory_bytes = 64 * MIB;
    self->guest.timer.hz = 250;
    self->params.select_timeout_ns = 10 * NS_PER_MS;
    return self;
}

/* Destroyed at that time and created again: it works as before. Its requests in the
 * second life; the stage in which one was dropped is added to seen. */
static void destroy_at(const char *placement, IoScript script, int64_t at_ns,
                       Seen *seen)
{
    IoLifeSource source = io_life_source(work(), TIME_NEVER_NS);
    const LifeParams life = { .stop_ns = TIME_NEVER_NS, .source = &source.source };
    const OrderParams orders[] = {
        { .name = "end", .verb = ORDER_DESTROY, .at_ns = at_ns, .domains = guest_only },
        { .name = "begin",
          .verb = ORDER_CREATE,
          .at_ns = at_ns + 30 * NS_PER_MS,
          .domains = guest_only },
    };
    g_autoptr(IoMachine) description =
        describe(placement, io_script_start(script), &life);
    const Domain *guest;
    int64_t ran_ns;

    description->params.orders = orders;
    description->params.n_orders = G_N_ELEMENTS(orders);
    description->params.dom0.n_vcpus = 2; /* else qemu-dm never runs beside it */
    description->params.host.topology = (Topology){ 5, 1, 5 };
    g_autoptr(Machine) machine = io_machine_build(description);

    guest = host_domain_by_name(machine_host(machine), "guest");
    watch(machine, seen);
    machine_run_until(machine, at_ns + 25 * NS_PER_MS);
    g_assert_true(guest->is_gone);
    io_check_laws(machine);
    ran_ns = guest->ran_ns;
    seen->n_requests = 0;
    machine_run_until(machine, at_ns + 30 * NS_PER_MS);
    g_assert_cmpint(guest->ran_ns, ==, ran_ns);
    g_assert_cmpuint(seen->n_requests, ==, 0);
    machine_run_until(machine, at_ns + 60 * NS_PER_MS);
    io_check_laws(machine);
    g_assert_false(guest->is_gone);
    g_assert_cmpuint(seen->n_refused, ==, 0);
    g_assert_cmpuint(seen->n_requests, >, 20);
    g_assert_cmpuint(source.n_workloads, ==, 1);
}

/* At 100 times in each of two kinds of work: a period of some 2 ms, and one of some us.
 */
static void test_destroyed_in_every_stage(const void *placement)
{
    const unsigned wanted = 1u << STAGE_EXIT | 1u << STAGE_NOTIFY |
                            1u << STAGE_SERVICE | 1u << STAGE_BACKEND |
                            1u << STAGE_REPLY | 1u << STAGE_ENTRY;
    Seen seen = { 0 };

    for (int64_t i = 0; i < 100; i++)
        destroy_at(placement, work(), 5 * NS_PER_MS + i * 21479, &seen);
    for (int64_t i = 0; i < 100; i++)
        destroy_at(placement, asking, 5 * NS_PER_MS + i * 43, &seen);
    g_assert_cmpuint(seen.n_destroyed, ==, 200);
    g_assert_cmpuint(seen.n_created, ==, 200);
    g_assert_cmphex(seen.stages & wanted, ==, wanted);
}

/* The toolstack works for the domain and its stub domain, and finds and gives every
 * MiB; then the device model starts. All of it is dom0's time, in order. */
static void test_creation_takes_its_time(const void *placement)
{
    const bool has_stub = !g_str_equal(placement, "dom0");
    IoLifeSource source = io_life_source(work(), TIME_NEVER_NS);
    const LifeParams life = { .is_created = true,
                              .stop_ns = TIME_NEVER_NS,
                              .source = &source.source };
    g_autoptr(IoMachine) description =
        describe(placement, io_script_start(work()), &life);
    CostProfile *profile = description->profile;
    int64_t work_ns;
    Seen seen = { 0 };

    profile->figures[COST_TOOLSTACK_CREATE].cycles = 1000000;
    profile->figures[COST_BUILD_MIB].cycles = 10000;
    description->params.memory.per_domain_bytes = MIB;
    description->params.memory.stub_bytes = has_stub ? 16 * MIB : 0;
    description->params.memory.qemu_bytes = 8 * MIB;
    description->guest.start_ns = 20 * NS_PER_MS;
    g_autoptr(Machine) machine = io_machine_build(description);

    watch(machine, &seen);
    machine_run_until(machine, 20 * NS_PER_MS);
    g_assert_true(host_domain_by_name(machine_host(machine), "guest")->is_gone);
    machine_run_until(machine, 60 * NS_PER_MS);
    work_ns = has_stub ? 2 * 1000000 + (64 + 1 + 16 + 1) * 10000
                       : 1000000 + (64 + 1 + 8) * 10000;
    g_assert_cmpuint(seen.n_created, ==, 1);
    g_assert_cmpint(seen.created_ns, >, 20 * NS_PER_MS + work_ns);
    g_assert_cmpint(seen.created_ns, <, 20 * NS_PER_MS + work_ns + NS_PER_MS);
    g_assert_cmpuint(seen.n_requests, >, 50);
    g_assert_cmpuint(source.n_workloads, ==, 0); /* the first it has from the start */
    io_check_laws(machine);
}

/* What does not fit is refused, and fits when another has gone. */
static void test_memory_is_given_back(void)
{
    static const char *const other_only[] = { "other", NULL };
    const OrderParams orders[] = {
        { .name = "create",
          .verb = ORDER_CREATE,
          .at_ns = 10 * NS_PER_MS,
          .every_ns = 40 * NS_PER_MS,
          .domains = other_only },
        { .name = "destroy",
          .verb = ORDER_DESTROY,
          .at_ns = 20 * NS_PER_MS,
          .domains = guest_only },
    };
    IoLifeSource sources[] = { io_life_source(work(), TIME_NEVER_NS),
                               io_life_source(work(), TIME_NEVER_NS) };
    const LifeParams here = { .stop_ns = TIME_NEVER_NS, .source = &sources[0].source };
    const LifeParams absent = { .is_created = true,
                                .stop_ns = TIME_NEVER_NS,
                                .source = &sources[1].source };
    g_autoptr(IoMachine) description = describe("stub", io_script_start(work()), &here);
    Workload *other_work = io_script_start(work());
    GuestParams guests[2];
    Seen seen = { 0 };

    guests[0] = guests[1] = description->guest;
    guests[1].name = "other";
    guests[1].id = 2;
    guests[1].stub.id = 102;
    guests[1].start_ns = TIME_NEVER_NS;
    guests[1].life = &absent;
    guests[1].workloads = &other_work;
    description->params.guests = guests;
    description->params.n_guests = 2;
    description->params.orders = orders;
    description->params.n_orders = 2;
    description->params.memory = (MemoryParams){ .host_bytes = 200 * MIB,
                                                 .dom0_bytes = 64 * MIB,
                                                 .stub_bytes = 32 * MIB };
    g_autoptr(Machine) machine = io_machine_build(description);

    watch(machine, &seen);
    machine_run_until(machine, 15 * NS_PER_MS);
    g_assert_cmpuint(seen.n_refused, ==, 1);
    g_assert_cmpint(seen.result, ==, -ENOMEM);
    machine_run_until(machine, 80 * NS_PER_MS);
    g_assert_cmpuint(seen.n_created, ==, 1);
    g_assert_cmpuint(seen.n_refused, ==, 1);
    machine_run_until(machine, 100 * NS_PER_MS);
    g_assert_cmpuint(seen.n_refused, ==, 2);
    g_assert_cmpint(seen.result, ==, -EEXIST);
    io_check_laws(machine);
}

/* By an order while its start is near, or by its start alone: it comes up once, and the
 * start that finds it there, or on its way, changes nothing. */
static void test_created_before_its_start(const void *placement)
{
    for (int64_t start_us = 0; start_us < 400; start_us += 10) {
        IoLifeSource source = io_life_source(work(), TIME_NEVER_NS);
        const LifeParams life = { .is_created = true,
                                  .stop_ns = TIME_NEVER_NS,
                                  .source = &source.source };
        const OrderParams create = { .name = "create",
                                     .verb = ORDER_CREATE,
                                     .domains = guest_only };
        g_autoptr(IoMachine) description =
            describe(placement, io_script_start(work()), &life);
        Seen seen = { 0 };

        description->guest.start_ns = start_us * NS_PER_US;
        description->params.orders = &create;
        description->params.n_orders = 1;
        g_autoptr(Machine) machine = io_machine_build(description);

        watch(machine, &seen);
        machine_run_until(machine, 20 * NS_PER_MS);
        g_assert_cmpuint(seen.n_created, ==, 1);
        g_assert_cmpuint(seen.n_destroyed, ==, 0);
    }
}

static void test_who_is_replaced_comes_again(const void *placement)
{
    IoLifeSource source = io_life_source(work(), 7 * NS_PER_MS);
    const LifeParams life = { .is_replaced = true,
                              .stop_ns = 150 * NS_PER_MS,
                              .source = &source.source };
    g_autoptr(IoMachine) description =
        describe(placement, io_script_start(work()), &life);
    Seen seen = { 0 };

    g_autoptr(Machine) machine = io_machine_build(description);

    watch(machine, &seen);
    machine_run_until(machine, 149 * NS_PER_MS);
    io_check_laws(machine);
    g_assert_cmpuint(seen.n_destroyed, >=, 5);
    g_assert_cmpuint(seen.n_created + 1, >=, seen.n_destroyed);
    g_assert_cmpuint(source.n_workloads, >=, seen.n_created);
    machine_run_until(machine, 300 * NS_PER_MS);
    g_assert_true(host_domain_by_name(machine_host(machine), "guest")->is_gone);
    io_check_laws(machine);
}

/* PV drivers, frames from outside, another domain's devices: destroyed at any time,
 * created again, which takes the memory of the first life, and at work as before. */

typedef struct {
    const char *placement;
    bool has_pv_drivers, has_frames, has_driver_domain;
} Kind;

static Seen live_twice(const Kind *kind, int64_t end_ns)
{
    const IoScript script = io_script_of(kind->has_pv_drivers, kind->has_frames);
    IoLifeSource source = io_life_source(script, TIME_NEVER_NS);
    const LifeParams life = { .stop_ns = TIME_NEVER_NS, .source = &source.source };
    const OrderParams orders[] = {
        { .name = "end",
          .verb = ORDER_DESTROY,
          .at_ns = end_ns,
          .domains = guest_only },
        { .name = "begin",
          .verb = ORDER_CREATE,
          .at_ns = end_ns + 30 * NS_PER_MS,
          .domains = guest_only },
    };
    g_autoptr(IoMachine) description =
        describe(kind->placement, io_script_start(script), &life);
    MachineParams *params = &description->params;
    Seen seen = { 0 };

    params->orders = orders;
    params->n_orders = G_N_ELEMENTS(orders);
    params->dom0.n_vcpus = 2;
    params->host.topology = (Topology){ 6, 1, 6 };
    description->guest.has_pv_drivers = kind->has_pv_drivers;
    description->guest.arrivals.mean_ns = kind->has_frames ? NS_PER_MS / 5 : 0;
    params->driver_domain =
        (DriverDomainParams){ .has_disk = kind->has_driver_domain,
                              .has_network = kind->has_driver_domain,
                              .id = 50,
                              .n_vcpus = 1 };
    params->memory.host_bytes =
        memory_of_guest(&params->memory, params->placement, 64 * MIB);
    g_autoptr(Machine) machine = io_machine_build(description);

    watch(machine, &seen);
    machine_run_until(machine, end_ns + 30 * NS_PER_MS);
    g_assert_cmpuint(seen.n_destroyed, ==, 1);
    io_check_laws(machine);
    seen.n_transfers = 0;
    machine_run_until(machine, end_ns + 80 * NS_PER_MS);
    io_check_laws(machine);
    g_assert_cmpuint(seen.n_created, ==, 1);
    g_assert_cmpuint(seen.n_refused, ==, 0);
    return seen;
}

static void test_lives_of_every_kind(const void *placement)
{
    for (unsigned i = 0; i < 8; i++) {
        const Kind kind = { placement, (i & 1) != 0, (i & 2) != 0, (i & 4) != 0 };

        for (int64_t j = 0; j < 30; j++) {
            const int64_t end_ns = 5 * NS_PER_MS + j * 71479;
            const Seen seen = live_twice(&kind, end_ns);
            const Seen again = live_twice(&kind, end_ns);

            g_assert_cmpuint(seen.n_transfers, >=, 5);
            g_assert_cmpuint(seen.n_requests, >=, 10);
            g_assert_cmpint(seen.created_ns, ==, again.created_ns);
            g_assert_cmpint(seen.took_ns, ==, again.took_ns);
        }
    }
}

/* The other vCPU of a guest that boots comes up when the first has booted. */
static void test_the_others_wait_for_the_boot(void)
{
    static const Activity boot[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 10000000 },
        { .kind = ACTIVITY_BOOTED },
        { .kind = ACTIVITY_HALT, .halt_ns = NS_PER_S },
    };
    Workload *workloads[] = { io_workload_new(boot, G_N_ELEMENTS(boot), true),
                              io_script_start(work()) };
    g_autoptr(IoMachine) description = io_machine_new("stub", NULL);

    description->guest.workloads = workloads;
    description->guest.n_vcpus = 2;
    description->guest.boots = true;
    g_autoptr(Machine) machine = io_machine_build(description);
    const Domain *guest = host_domain_by_name(machine_host(machine), "guest");
    const Vcpu *second = g_ptr_array_index(guest->vcpus, 1);

    machine_run_until(machine, 9 * NS_PER_MS);
    g_assert_true(second->pause_flags & PAUSE_DOWN);
    machine_run_until(machine, 12 * NS_PER_MS);
    g_assert_false(second->pause_flags & PAUSE_DOWN);
}

/* Any orders at any time, under any scheduler and placement: the laws hold. */
static void test_random_lives(const void *scheduler)
{
    for (unsigned i = 0; i < 5; i++)
        for (unsigned j = 0; placement_ops_all()[j]; j++)
            crowd_try(scheduler, placement_ops_all()[j]->name, true);
}

static void add_tests_of(const PlacementOps *ops)
{
    const struct {
        const char *name;
        void (*test)(const void *placement);
    } tests[] = {
        { "destroyed in every stage", test_destroyed_in_every_stage },
        { "creation takes its time", test_creation_takes_its_time },
        { "created before its start", test_created_before_its_start },
        { "who is replaced comes again", test_who_is_replaced_comes_again },
        { "lives of every kind", test_lives_of_every_kind },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path =
            g_strdup_printf("/life/%s/%s", ops->name, tests[i].name);

        g_test_add_data_func(path, ops->name, tests[i].test);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (unsigned i = 0; placement_ops_all()[i]; i++)
        add_tests_of(placement_ops_all()[i]);
    g_test_add_func("/life/memory is given back", test_memory_is_given_back);
    g_test_add_func("/life/the others wait for the boot",
                    test_the_others_wait_for_the_boot);
    for (unsigned i = 0; scheduler_ops_all()[i]; i++) {
        const SchedulerOps *ops = scheduler_ops_all()[i];
        g_autofree char *name = g_strdup_printf("/life/random/%s", ops->name);

        g_test_add_data_func(name, ops, test_random_lives);
    }
    return g_test_run();
}
