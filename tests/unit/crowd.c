#include "tests/unit/crowd.h"

#include "models/machine/orders.h"
#include "tests/unit/io_scripts.h"

#define N_GUESTS     3u
#define N_ORDERS     60u
#define N_PLACEMENTS 4
#define MIB          (INT64_C(1) << 20)

static const char *const guest_names[N_GUESTS] = { "a", "b", "c" };
static const char *const one_name[][2] = { { "a" },    { "b" },       { "c" },
                                           { "a-dm" }, { "b-dm" },    { "c-dm" },
                                           { "hog" },  { "Domain-0" } };
static const OrderVerb living_verbs[] = {
    ORDER_CREATE,  ORDER_DESTROY, ORDER_CREATE, ORDER_DESTROY,        ORDER_PAUSE,
    ORDER_UNPAUSE, ORDER_ATTACH,  ORDER_DETACH, ORDER_SET_PARAMETERS, ORDER_PIN
};

typedef struct {
    IoMachine *description;
    IoLifeSource sources[N_GUESTS];
    LifeParams lives[N_GUESTS];
    GuestParams guests[N_GUESTS];
    Workload *workloads[N_GUESTS];
    OrderParams orders[N_ORDERS];
} Crowd;

static OrderVerb random_verb(bool has_lives)
{
    if (!has_lives)
        return (OrderVerb)g_test_rand_int_range(0, ORDER_PIN + 1);
    return living_verbs[g_test_rand_int_range(0, G_N_ELEMENTS(living_verbs))];
}

static const char *const *random_name(void)
{
    return one_name[g_test_rand_int_range(0, G_N_ELEMENTS(one_name))];
}

static OrderParams random_order(const SchedulerOps *scheduler, bool has_lives)
{
    const int64_t at_ns = g_test_rand_int_range(0, 200 * (int)NS_PER_MS);
    OrderParams order = {
        .name = "random",
        .verb = random_verb(has_lives),
        .at_ns = g_test_rand_bit() ? at_ns : at_ns - at_ns % NS_PER_MS,
        .every_ns = g_test_rand_bit() ? 0 : g_test_rand_int_range(1, 100) * NS_PER_MS,
        .domains = random_name(),
        .parent = g_test_rand_bit() ? NULL : *random_name(),
        .sched = { .set = scheduler->params & (PARAM_WEIGHT | PARAM_CAP),
                   .weight = g_test_rand_int_range(1, 1000),
                   .cap_percent = 10 * g_test_rand_int_range(0, 10) },
    };

    if (g_test_rand_bit())
        order.pinning =
            (PcpuMask){ .n_words = 1, .words = { 1u << g_test_rand_int_range(0, 3) } };
    return order;
}

static void give_life(Crowd *self, unsigned i)
{
    const bool has_pv_drivers = g_test_rand_bit();
    const bool has_frames = g_test_rand_bit();

    self->sources[i] = io_life_source(io_script_of(has_pv_drivers, has_frames),
                                      i == 0 ? 20 * NS_PER_MS : TIME_NEVER_NS);
    self->lives[i] = (LifeParams){ .is_created = g_test_rand_bit(),
                                   .is_replaced = i == 0,
                                   .stop_ns = TIME_NEVER_NS,
                                   .source = &self->sources[i].source };
    self->guests[i].life = &self->lives[i];
    self->guests[i].has_pv_drivers = has_pv_drivers;
    self->guests[i].arrivals.mean_ns = has_frames ? NS_PER_MS : 0;
    self->workloads[i] = io_script_start(io_script_of(has_pv_drivers, has_frames));
}

/* The machine's as often as one of its own. */
static const PlacementOps *random_placement(void)
{
    const int choice = g_test_rand_int_range(0, 2 * N_PLACEMENTS);

    return choice < N_PLACEMENTS ? placement_ops_all()[choice] : NULL;
}

static void add_guest(Crowd *self, unsigned i, bool has_lives)
{
    self->guests[i] = (GuestParams){ .name = guest_names[i],
                                     .id = i + 1,
                                     .n_vcpus = 1,
                                     .workloads = &self->workloads[i],
                                     .timer = { .hz = 250 },
                                     .memory_bytes = 64 * MIB,
                                     .placement = random_placement(),
                                     .stub.id = 100 + i };
    if (has_lives)
        give_life(self, i);
    else
        self->workloads[i] = io_script_start(io_script_asking());
}

static void describe(Crowd *self, const SchedulerOps *scheduler, bool has_lives)
{
    MachineParams *params = &self->description->params;

    for (unsigned i = 0; i < N_GUESTS; i++)
        add_guest(self, i, has_lives);
    for (unsigned i = 0; i < N_ORDERS; i++)
        self->orders[i] = random_order(scheduler, has_lives);
    params->host.scheduler = scheduler;
    params->select_timeout_ns = 10 * NS_PER_MS;
    params->guests = self->guests;
    params->n_guests = N_GUESTS;
    params->orders = self->orders;
    params->n_orders = N_ORDERS;
    if (has_lives)
        params->driver_domain = (DriverDomainParams){ .has_disk = g_test_rand_bit(),
                                                      .has_network = g_test_rand_bit(),
                                                      .id = 60,
                                                      .n_vcpus = 1 };
}

void crowd_try(const SchedulerOps *scheduler, const char *placement, bool has_lives)
{
    g_autoptr(IoMachine) description = io_machine_new(placement, NULL);
    const LifeParams hog_life = { .stop_ns = TIME_NEVER_NS };
    const NeighbourParams hog = { .name = "hog",
                                  .id = 50,
                                  .n_vcpus = 2,
                                  .run_ns = TIME_NEVER_NS,
                                  .life = has_lives ? &hog_life : NULL };
    Crowd crowd = { .description = description };

    description->params.neighbours = &hog;
    description->params.n_neighbours = 1;
    describe(&crowd, scheduler, has_lives);
    g_autoptr(Machine) machine = io_machine_build(description);

    for (int64_t ms = 7; ms < 300; ms += 7) {
        machine_run_until(machine, ms * NS_PER_MS);
        io_check_laws(machine);
    }
}
