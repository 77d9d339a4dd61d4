/*
 * Idle is cheap, and nobody can tell: whatever runs with the ticks of idle pCPUs
 * skipped and with all of them fired leaves the same switches, decisions, run states,
 * accounting passes, requests and books, to the nanosecond.
 */
#include "experiments/golden/replay.h"
#include "experiments/golden/world.h"
#include "models/devices/ports.h"
#include "tests/unit/io_world.h"

#include <inttypes.h>
#include <string.h>

/* Everything that is announced, a line each. */
typedef struct {
    const Host *host;
    GString *log;
    uint64_t events;
} Witness;

static void on_switched(void *listener, int64_t now_ns, const Pcpu *pcpu,
                        const Vcpu *prev, const Vcpu *next)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "%" PRId64 " p%u %s.%u -> %s.%u\n", now_ns,
                           pcpu->id, prev->domain->name, prev->id, next->domain->name,
                           next->id);
}

static void on_continued(void *listener, int64_t now_ns, const Pcpu *pcpu,
                         const Vcpu *vcpu)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "%" PRId64 " p%u %s.%u goes on\n", now_ns,
                           pcpu->id, vcpu->domain->name, vcpu->id);
}

static void on_runstate(void *listener, int64_t now_ns, const Vcpu *vcpu,
                        RunstateName from, RunstateName to)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "%" PRId64 " %s.%u: %d to %d\n", now_ns,
                           vcpu->domain->name, vcpu->id, from, to);
}

static void on_woken(void *listener, int64_t now_ns, const Vcpu *vcpu)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "%" PRId64 " %s.%u wakes\n", now_ns,
                           vcpu->domain->name, vcpu->id);
}

static void on_accounted(void *listener, int64_t now_ns)
{
    const Witness *self = listener;
    const Scheduler *scheduler = &self->host->scheduler;

    g_string_append_printf(self->log, "%" PRId64 " accounting", now_ns);
    for (unsigned i = 0; i < self->host->vcpus->len; i++) {
        SchedInspection seen = { 0 };

        scheduler->ops->inspect(scheduler, g_ptr_array_index(self->host->vcpus, i),
                                &seen);
        g_string_append_printf(self->log, " %" PRId64 "/%d%s", seen.credit,
                               seen.priority, seen.is_active ? "*" : "");
    }
    g_string_append_c(self->log, '\n');
}

static void on_request(void *listener, int64_t now_ns, const Request *request)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "%" PRId64 " %s.%u request", now_ns,
                           request->guest->domain->name, request->guest->id);
    for (unsigned i = 0; i < STAGES; i++)
        g_string_append_printf(self->log, " %" PRId64, request->stage_ns[i]);
    g_string_append_c(self->log, '\n');
}

static void on_transfer(void *listener, int64_t now_ns, const Vcpu *vcpu, int64_t bytes,
                        int64_t took_ns)
{
    const Witness *self = listener;

    g_string_append_printf(self->log,
                           "%" PRId64 " %s.%u transfer %" PRId64 " in %" PRId64 "\n",
                           now_ns, vcpu->domain->name, vcpu->id, bytes, took_ns);
}

static void witness_begin(Witness *self, Host *host)
{
    const Probe probe = {
        .listener = self,
        .switched = on_switched,
        .continued = on_continued,
        .runstate = on_runstate,
        .woken = on_woken,
        .accounted = host->scheduler.ops->inspect ? on_accounted : NULL,
        .request = on_request,
        .transfer = on_transfer,
    };

    *self = (Witness){ .host = host, .log = g_string_new(NULL) };
    host_add_probe(host, &probe);
}

/* The books, and how many events it took: those may differ, and are not logged. */
static void witness_end(Witness *self, Host *host)
{
    host_book_time(host);
    g_string_append_printf(self->log,
                           "idle %" PRId64 " overhead %" PRId64 " host %" PRId64
                           " decisions %" PRIu64 " switches %" PRIu64 "\n",
                           host->idle_ns, host->overhead_ns, host->attributed_host_ns,
                           host->decisions, host->switches);
    for (unsigned i = 0; i < host->domains->len; i++) {
        const Domain *domain = g_ptr_array_index(host->domains, i);

        g_string_append_printf(self->log,
                               "%s %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n",
                               domain->name, domain->ran_ns, domain->overhead_ns,
                               domain->booked_ns, domain->attributed_ns);
    }
    self->events = sim_fired_count(host->sim);
}

static void check_same(const char *what, const Witness *skipping, const Witness *firing)
{
    const char *a = skipping->log->str, *b = firing->log->str;
    size_t line = 0;

    if (strcmp(a, b) == 0) {
        g_assert_cmpuint(skipping->events, <=, firing->events);
        return;
    }
    for (size_t i = 0; a[i] == b[i]; i++)
        if (a[i] == '\n')
            line = i + 1;
    g_test_message("%s: skipping %.120s\n firing %.120s", what, a + line, b + line);
    g_test_fail();
}

static void witness_clear(Witness *self)
{
    g_string_free(self->log, true);
}

/* Golden cases. */

static void on_golden_request(void *listener, const GoldenRequest *request)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "request %" PRId64 " %" PRId64 " %" PRId64 "\n",
                           request->issue_ns, request->service_start_ns,
                           request->dispatched_ns);
}

static void on_order(void *listener, const CaseEvent *event, int result)
{
    const Witness *self = listener;

    g_string_append_printf(self->log, "order %u: %d\n", event->number, result);
}

static void run_case(const GoldenCase *scenario, bool keeps_idle_ticks,
                     Witness *witness)
{
    const RequestListener listener = { witness, on_golden_request, on_golden_request };
    g_autoptr(GError) error = NULL;
    g_autoptr(World) world = world_new(scenario, &listener, &error);

    g_assert_no_error(error);
    witness_begin(witness, world->host);
    world->host->keeps_idle_ticks = keeps_idle_ticks;
    world->listener = witness;
    world->happened = on_order;
    world_run(world);
    witness_end(witness, world->host);
}

/* Returns how many events it saved. */
static uint64_t compare_case(const GoldenPlace *place)
{
    g_autofree char *path = g_build_filename(place->folder, "scenario.ini", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GoldenCase) scenario = golden_case_load(path, &error);
    Witness skipping, firing;
    uint64_t saved;

    g_assert_no_error(error);
    run_case(scenario, false, &skipping);
    run_case(scenario, true, &firing);
    check_same(place->folder, &skipping, &firing);
    saved = firing.events - skipping.events;
    if (saved > 0)
        g_test_message("%s: %" PRIu64 " of %" PRIu64 " events skipped", place->name,
                       saved, firing.events);
    witness_clear(&skipping);
    witness_clear(&firing);
    return saved;
}

static void test_golden_cases(void)
{
    g_autoptr(GPtrArray) places =
        g_ptr_array_new_with_free_func((GDestroyNotify)golden_place_free);
    g_autoptr(GError) error = NULL;
    uint64_t saved = 0;

    golden_find(HVMSIM_SOURCE_DIR "/tests/golden", places, &error);
    g_assert_no_error(error);
    for (unsigned i = 0; i < places->len; i++)
        saved += compare_case(g_ptr_array_index(places, i));
    g_assert_cmpuint(saved, >, 0);
}

/* Random machines, whose switching costs time. */

static const Activity polls_and_halts[] = {
    { .kind = ACTIVITY_PORT, .address = PORT_IDE_STATUS, .count = 1, .size_bytes = 1 },
    { .kind = ACTIVITY_COMPUTE, .instructions = 700000 },
    { .kind = ACTIVITY_HALT, .halt_ns = 31 * NS_PER_MS },
    { .kind = ACTIVITY_PORT, .address = PORT_IDE_STATUS, .count = 1, .size_bytes = 1 },
    { .kind = ACTIVITY_COMPUTE, .instructions = 12000000 },
};

#define NEIGHBOURS_MAX  6u
#define RANDOM_MACHINES 40u

typedef struct {
    const char *scheduler, *placement;
    unsigned n_pcpus, n_neighbours;
    NeighbourParams neighbours[NEIGHBOURS_MAX];
    int64_t costs_cycles;
} RandomMachine;

/* On a multiple of a tick often, for the sake of ties. */
static int64_t random_span_ns(void)
{
    return g_test_rand_bit() ? g_test_rand_int_range(1, 8) * 5 * NS_PER_MS
                             : g_test_rand_int_range(1, 60000) * NS_PER_US;
}

static Pinning random_pinning(unsigned n_pcpus)
{
    Pinning pinning = { 0 };

    if (g_test_rand_bit())
        return pinning;
    mask_init(&pinning, n_pcpus);
    mask_add(&pinning, (unsigned)g_test_rand_int_range(0, (int)n_pcpus));
    mask_add(&pinning, (unsigned)g_test_rand_int_range(0, (int)n_pcpus));
    return pinning;
}

static NeighbourParams random_neighbour(unsigned id, unsigned n_pcpus)
{
    static const int64_t caps[] = { 0, 0, 20, 60 };

    return (NeighbourParams){
        .name = "neighbour",
        .id = id,
        .sched = { .set = PARAM_WEIGHT | PARAM_CAP,
                   .weight = 64 << g_test_rand_int_range(0, 4),
                   .cap_percent = caps[g_test_rand_int_range(0, 4)] },
        .pinning = random_pinning(n_pcpus),
        .n_vcpus = (unsigned)g_test_rand_int_range(1, 3),
        .run_ns = g_test_rand_int_range(0, 5) == 0 ? TIME_NEVER_NS : random_span_ns(),
        .block_ns = random_span_ns(),
        .align_ns = g_test_rand_bit() ? 10 * NS_PER_MS : 0,
        .start_ns = random_span_ns() - NS_PER_US,
    };
}

static RandomMachine random_machine(void)
{
    static const char *const schedulers[] = { "credit-3.0.3", "credit-3.1",
                                              "credit-3.4", "credit-4.17" };
    RandomMachine self = {
        .scheduler = schedulers[g_test_rand_int_range(0, 4)],
        .placement = placement_ops_all()[g_test_rand_int_range(0, 3)]->name,
        .n_pcpus = (unsigned)g_test_rand_int_range(2, 12),
        .n_neighbours = (unsigned)g_test_rand_int_range(0, NEIGHBOURS_MAX + 1),
        .costs_cycles = g_test_rand_bit() ? 0 : g_test_rand_int_range(100, 5000),
    };

    for (unsigned i = 0; i < self.n_neighbours; i++)
        self.neighbours[i] = random_neighbour(50 + i, self.n_pcpus);
    return self;
}

static void run_machine(const RandomMachine *self, bool keeps_idle_ticks,
                        Witness *witness)
{
    static const Cost switching[] = {
        COST_SCHEDULE, COST_CONTINUE, COST_SWITCH,
        COST_REFILL,   COST_IPI,      COST_TIMER_INTERRUPT
    };
    g_autoptr(IoMachine) description = io_machine_new(
        self->placement,
        io_workload_new(polls_and_halts, G_N_ELEMENTS(polls_and_halts), true));

    for (unsigned i = 0; i < G_N_ELEMENTS(switching); i++)
        description->profile->figures[switching[i]].cycles = self->costs_cycles;
    description->params.host =
        (HostParams){ .topology = { self->n_pcpus, 1, self->n_pcpus },
                      .scheduler = scheduler_ops_by_name(self->scheduler, NULL),
                      .keeps_idle_ticks = keeps_idle_ticks };
    description->params.neighbours = self->neighbours;
    description->params.n_neighbours = self->n_neighbours;
    description->params.select_timeout_ns = 10 * NS_PER_MS;
    description->guest.timer.hz = 100;
    g_autoptr(Machine) machine = io_machine_build(description);

    witness_begin(witness, machine_host(machine));
    machine_run_until(machine, NS_PER_S);
    witness_end(witness, machine_host(machine));
}

static void compare_machine(const RandomMachine *machine, uint64_t *saved)
{
    Witness skipping, firing;

    run_machine(machine, false, &skipping);
    run_machine(machine, true, &firing);
    check_same(machine->scheduler, &skipping, &firing);
    *saved += firing.events - skipping.events;
    witness_clear(&skipping);
    witness_clear(&firing);
}

static void test_random_machines(void)
{
    uint64_t saved = 0;

    for (unsigned i = 0; i < RANDOM_MACHINES; i++) {
        const RandomMachine machine = random_machine();

        compare_machine(&machine, &saved);
    }
    g_assert_cmpuint(saved, >, 0);
}

/* One guest on 64 pCPUs: 63 of them have nothing to do. */
static void test_an_idle_host_has_few_events(void)
{
    const RandomMachine machine = { .scheduler = "credit-3.1",
                                    .placement = "dom0",
                                    .n_pcpus = 64 };
    Witness skipping, firing;

    run_machine(&machine, false, &skipping);
    run_machine(&machine, true, &firing);
    g_test_message("%" PRIu64 " events instead of %" PRIu64, skipping.events,
                   firing.events);
    check_same("an idle host", &skipping, &firing);
    g_assert_cmpuint(firing.events - skipping.events, >, 50 * 100);
    witness_clear(&skipping);
    witness_clear(&firing);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/idle ticks/golden cases do not change", test_golden_cases);
    g_test_add_func("/idle ticks/random machines do not change", test_random_machines);
    g_test_add_func("/idle ticks/an idle host has few events",
                    test_an_idle_host_has_few_events);
    return g_test_run();
}
