#include "experiments/batch/run_plan.h"

#include "experiments/batch/domain_life.h"
#include "experiments/batch/guest_workload.h"
#include "experiments/batch/timer_phases.h"
#include "sim/random.h"

#include <inttypes.h>

/* When it starts; one that waits for an event starts by it alone. NULL: no life. */
static const LifeParams *plan_life(RunPlan *plan, const ScenarioDomain *domain,
                                   const char *name, int64_t *start_ns)
{
    DomainLife *life = domain_life_new(plan->scenario, domain, name, plan->seed);

    if (domain->keys.creation == CREATION_EVENT)
        *start_ns = TIME_NEVER_NS;
    if (life)
        g_ptr_array_add(plan->lives, life);
    return domain_life_params(life);
}

/* Each domain starts at its own time, the same under every placement and scheduler. */
static int64_t draw_start_ns(const RunPlan *plan, const DomainKeys *keys,
                             const char *name)
{
    g_autofree char *stream_name = g_strdup_printf("%s/start", name);
    gsl_rng *stream = random_stream_new(plan->seed, stream_name);
    const double part = gsl_rng_uniform(stream);

    gsl_rng_free(stream);
    return keys->start_ns + (int64_t)(part * (double)keys->start_spread_ns);
}

/* Every other one, which leaves the ids between for stub domains: no domain's id
 * depends on the placement. */
static unsigned next_id(RunPlan *plan)
{
    return 2 * plan->n_domains++ + 1;
}

static bool draws_phases(const RunPlan *plan)
{
    return plan->scenario->host.timer_phases == PHASES_DRAWN;
}

/* Of the tick of a kernel: dom0's, or that of a guest's stub domain. */
static int64_t kernel_phase_ns(const RunPlan *plan, const char *name)
{
    return draws_phases(plan) ? timer_phase_draw_ns(plan->seed, name,
                                                    NS_PER_S / plan->scenario->dom0.hz)
                              : 0;
}

/* Frames come to a guest at the same times under every placement and scheduler. */
static ArrivalParams arrivals_of(const RunPlan *plan, const DomainKeys *keys,
                                 const char *name)
{
    g_autofree char *stream_name = g_strdup_printf("%s/arrivals", name);
    const bool is_exponential =
        keys->arrival_ns > 0 && keys->arrival_distribution == ARRIVAL_EXPONENTIAL;

    return (ArrivalParams){
        .mean_ns = keys->arrival_ns,
        .is_exponential = is_exponential,
        .stream = is_exponential ? random_stream_new(plan->seed, stream_name) : NULL,
    };
}

static void add_guest(RunPlan *plan, const ScenarioDomain *domain, const char *name)
{
    const DomainKeys *keys = &domain->keys;
    GuestParams guest = {
        .name = name,
        .group = domain->name,
        .id = next_id(plan),
        .sched = keys->sched,
        .pinning = domain->pinning,
        .n_vcpus = (unsigned)keys->n_vcpus,
        .workloads = g_new0(Workload *, (gsize)keys->n_vcpus),
        .start_ns = draw_start_ns(plan, keys, name),
        .timer = { keys->timer_hz, (TimerMode)keys->timer_mode },
        .arrivals = arrivals_of(plan, keys, name),
        .has_pv_drivers = keys->drivers == DRIVERS_PV,
        .memory_bytes = keys->memory_bytes,
        .boots = domain->boot != NULL,
        .placement = domain->placement,
        .stub.sched = plan->scenario->stub.sched,
        .working_set_bytes = keys->working_set_bytes,
        .stub.working_set_bytes = plan->scenario->stub.working_set_bytes,
    };

    guest.stub.id = guest.id + 1;
    guest.stub.tick_phase_ns = kernel_phase_ns(plan, name);
    guest.life = plan_life(plan, domain, name, &guest.start_ns);
    for (unsigned i = 0; i < guest.n_vcpus; i++)
        guest.workloads[i] = guest_workload_new(domain, name, 0, i, plan->seed);
    g_ptr_array_add(plan->owned, guest.workloads);
    g_array_append_val(plan->guests, guest);
}

static void add_neighbour(RunPlan *plan, const ScenarioDomain *domain, const char *name)
{
    const DomainKeys *keys = &domain->keys;
    const bool is_hog = keys->kind == DOMAIN_HOG;
    NeighbourParams neighbour = {
        .name = name,
        .group = domain->name,
        .id = next_id(plan),
        .sched = keys->sched,
        .pinning = domain->pinning,
        .n_vcpus = (unsigned)keys->n_vcpus,
        .working_set_bytes = keys->working_set_bytes,
        .run_ns = is_hog ? TIME_NEVER_NS : keys->run_ns,
        .block_ns = is_hog ? 0 : keys->block_ns,
        .align_ns = is_hog ? 0 : keys->align_ns,
        .start_ns = draw_start_ns(plan, keys, name),
        .memory_bytes = keys->memory_bytes,
    };

    neighbour.life = plan_life(plan, domain, name, &neighbour.start_ns);
    g_array_append_val(plan->neighbours, neighbour);
}

static void add_domains(RunPlan *plan, const ScenarioDomain *domain)
{
    for (int64_t i = 1; i <= domain->keys.count; i++) {
        char *name = g_strdup_printf("%s%" PRId64, domain->name, i);

        g_ptr_array_add(plan->owned, name);
        if (domain->keys.kind == DOMAIN_HVM)
            add_guest(plan, domain, name);
        else
            add_neighbour(plan, domain, name);
    }
}

static void add_order(RunPlan *plan, const ScenarioEvent *event)
{
    const EventKeys *keys = &event->keys;
    const OrderParams order = {
        .name = event->name,
        .verb = event->order,
        .at_ns = keys->at_ns,
        .every_ns = keys->every_ns,
        .count = keys->count,
        .domains = (const char *const *)(const void *)event->domains->pdata,
        .parent = *keys->parent ? keys->parent : NULL,
        .sched = keys->sched,
        .pinning = event->pinning,
    };

    /* Parameters that only other schedulers of a sweep know say nothing. */
    if (event->order != ORDER_SET_PARAMETERS || keys->sched.set != 0)
        g_array_append_val(plan->orders, order);
}

static Dom0Params dom0_of(const RunPlan *plan)
{
    const Scenario *scenario = plan->scenario;
    const Dom0Keys *dom0 = &scenario->dom0;

    return (Dom0Params){
        .n_vcpus = (unsigned)dom0->n_vcpus,
        .sched = dom0->sched,
        .pinning = scenario->dom0_pinning,
        .hz = dom0->hz,
        .tick_phase_ns = kernel_phase_ns(plan, "dom0"),
        .scheduler = linux_scheduler_ops((unsigned)dom0->scheduler),
        .working_set_bytes = dom0->working_set_bytes,
        .daemon_interval_ns = dom0->daemon_interval_ns,
        .daemon_run_ns = dom0->daemon_run_ns,
    };
}

static DriverDomainParams driver_domain_of(const Scenario *scenario, unsigned id)
{
    return (DriverDomainParams){
        .has_disk = scenario->driver_has_disk,
        .has_network = scenario->driver_has_network,
        .id = id,
        .n_vcpus = (unsigned)scenario->driver_domain.n_vcpus,
        .sched = scenario->driver_domain.sched,
        .pinning = scenario->driver_pinning,
    };
}

static DevicePath device_path_of(const Scenario *scenario)
{
    const DeviceModelKeys *keys = &scenario->device_model;

    return (DevicePath){
        .xen = scenario->xen,
        .map = scenario->device_map,
        .n_posted_places = (unsigned)keys->n_posted_places,
        .completion = (Completion)keys->completion,
        .coalesce_ns = keys->coalesce_ns,
    };
}

static RingParams rings_of(const Scenario *scenario)
{
    const RingKeys *keys = &scenario->rings;

    return (RingParams){
        .n_block_places = (unsigned)keys->n_block_places,
        .n_segments = (unsigned)keys->n_segments,
        .n_net_places = (unsigned)keys->n_net_places,
    };
}

/* NULL: it has none. */
static const void *scheduler_options_of(RunPlan *plan)
{
    const Scenario *scenario = plan->scenario;

    if (!draws_phases(plan))
        return scenario->scheduler_options;
    plan->drawn_options = timer_phases_of_scheduler(
        scenario->scheduler, scenario->scheduler_options, plan->seed);
    return plan->drawn_options;
}

/* The driver domain's id is the first that no other domain has. */
static void plan_machine(RunPlan *plan)
{
    const Scenario *scenario = plan->scenario;

    for (unsigned i = 0; i < scenario->domains->len; i++)
        add_domains(plan, g_ptr_array_index(scenario->domains, i));
    for (unsigned i = 0; i < scenario->events->len; i++)
        add_order(plan, g_ptr_array_index(scenario->events, i));
    plan->params = (MachineParams){
        .host = { .topology = scenario->topology,
                  .scheduler = scenario->scheduler,
                  .scheduler_options = scheduler_options_of(plan),
                  .smt_speed_percent = scenario->host.smt_speed_percent },
        .has_footprints = scenario->host.cache_model == CACHES_FOOTPRINT,
        .profile = scenario->profile,
        .placement = scenario->placement,
        .dom0 = dom0_of(plan),
        .driver_domain = driver_domain_of(scenario, next_id(plan)),
        .select_timeout_ns = scenario->device_model.select_timeout_ns,
        .path = device_path_of(scenario),
        .disk = scenario->disk,
        .nic = scenario->nic,
        .rings = rings_of(scenario),
        .guests = (const GuestParams *)(const void *)plan->guests->data,
        .n_guests = plan->guests->len,
        .neighbours = (const NeighbourParams *)(const void *)plan->neighbours->data,
        .n_neighbours = plan->neighbours->len,
        .orders = (const OrderParams *)(const void *)plan->orders->data,
        .n_orders = plan->orders->len,
        .memory = scenario->memory,
    };
}

RunPlan *run_plan_new(const Scenario *scenario, uint64_t seed)
{
    RunPlan *plan = g_new0(RunPlan, 1);

    plan->guests = g_array_new(false, true, sizeof(GuestParams));
    plan->neighbours = g_array_new(false, true, sizeof(NeighbourParams));
    plan->orders = g_array_new(false, true, sizeof(OrderParams));
    plan->owned = g_ptr_array_new_with_free_func(g_free);
    plan->lives = g_ptr_array_new_with_free_func((GDestroyNotify)domain_life_free);
    plan->scenario = scenario;
    plan->seed = seed;
    plan_machine(plan);
    return plan;
}

void run_plan_free(RunPlan *plan)
{
    if (!plan)
        return;
    g_array_unref(plan->guests);
    g_array_unref(plan->neighbours);
    g_array_unref(plan->orders);
    g_ptr_array_unref(plan->lives);
    g_ptr_array_unref(plan->owned);
    g_free(plan->drawn_options);
    g_free(plan);
}
