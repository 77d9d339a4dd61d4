#include "experiments/golden/world.h"

#include "experiments/input/error.h"

struct WorldEvent {
    World *world;
    const CaseEvent *order;
    SimTimer timer;
};

static Domain *domain_of(const World *self, unsigned index)
{
    return g_ptr_array_index(self->host->domains, index);
}

static Vcpu *vcpu_of(const World *self, unsigned index)
{
    return g_ptr_array_index(self->host->vcpus, index);
}

/* Scenario events. */

static int carry_out(World *self, const CaseEvent *order)
{
    Domain *domain = order->domain == NO_INDEX ? NULL : domain_of(self, order->domain);

    switch (order->op) {
    case OP_PAUSE:
        domain_pause(domain);
        return 0;
    case OP_UNPAUSE:
        domain_unpause(domain);
        return 0;
    case OP_SET_PARAMS:
    case OP_SET_SEDF:
        return domain_set_params(domain, &order->params);
    case OP_SET_AFFINITY:
        vcpu_set_affinity(vcpu_of(self, order->vcpu), &order->affinity,
                          &self->host->online);
        return 0;
    case OP_ATTACH:
        return domain_attach(domain, domain_of(self, order->sdom));
    case OP_DETACH:
        return domain_detach(domain);
    case OPS:
        break;
    }
    g_assert_not_reached();
}

static void on_event(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    const WorldEvent *event = owner;
    World *world = event->world;
    int result;

    host_enter(world->host, &world->host->pcpus[0]);
    result = carry_out(world, event->order);
    world->happened(world->listener, event->order, result);
}

static void add_events(World *self)
{
    const GArray *orders = self->golden->events;

    self->events = g_new0(WorldEvent, orders->len);
    for (unsigned i = 0; i < orders->len; i++) {
        WorldEvent *event = &self->events[i];

        event->world = self;
        event->order = &g_array_index(orders, CaseEvent, i);
        sim_timer_add(self->host->sim, &event->timer, RANK_SCENARIO,
                      event->order->number, on_event, event);
    }
}

/* Building. */

static void add_domains(World *self)
{
    const SchedParams untouched = { .set = 0 };

    for (unsigned i = 0; i < self->golden->domains->len; i++) {
        const CaseDomain *domain = case_domain(self->golden, i);

        host_add_domain(self->host, domain->id, domain->name,
                        self->golden->dialect->sets_params_late ? &untouched
                                                                : &domain->params);
    }
}

static void add_vcpu(World *self, unsigned index)
{
    const CaseVcpu *part = case_vcpu(self->golden, index);
    Actor *actor = cast_actor(self->cast, index);
    Vcpu *vcpu = host_add_vcpu(self->host, domain_of(self, part->domain), part->pcpu,
                               cast_context_ops(self->cast, index), actor);

    actor_bind(actor, vcpu);
    if (part->has_affinity)
        vcpu_set_affinity(vcpu, &part->affinity, &self->host->online);
}

static bool set_late_params(World *self, GError **error)
{
    for (unsigned i = 0; i < self->golden->domains->len; i++) {
        const CaseDomain *domain = case_domain(self->golden, i);
        const int result = domain->params.set == 0
                               ? 0
                               : domain_set_params(domain_of(self, i), &domain->params);

        if (result == 0)
            continue;
        g_set_error(error, EXPERIMENT_ERROR, EXPERIMENT_ERROR_INPUT,
                    "[domain %s]: the scheduler refuses these parameters (%d)",
                    domain->name, result);
        return false;
    }
    return true;
}

/* The reader has checked that none of them can be refused. */
static void attach_parents(World *self)
{
    int result = 0;

    for (unsigned i = 0; i < self->golden->domains->len; i++) {
        const unsigned parent = case_domain(self->golden, i)->parent;

        if (parent != NO_INDEX)
            result |= domain_attach(domain_of(self, i), domain_of(self, parent));
    }
    g_assert(result == 0);
}

World *world_new(const GoldenCase *golden, const RequestListener *listener,
                 GError **error)
{
    const HostParams params = { .topology = golden->topology,
                                .scheduler = golden->scheduler,
                                .scheduler_options = golden->scheduler_options };
    g_autoptr(World) self = g_new0(World, 1);

    self->golden = golden;
    self->host = host_new(&params);
    self->cast = cast_new(golden, listener);
    add_domains(self);
    for (unsigned i = 0; i < golden->vcpus->len; i++)
        add_vcpu(self, i);
    add_events(self);
    sim_seal(self->host->sim); /* a parameter may arm a scheduler's timer */
    if (golden->dialect->sets_params_late && !set_late_params(self, error))
        return NULL;
    attach_parents(self);
    return g_steal_pointer(&self);
}

void world_free(World *self)
{
    if (!self)
        return;
    host_free(self->host);
    cast_free(self->cast);
    g_free(self->events);
    g_free(self);
}

void world_run(World *self)
{
    Sim *sim = self->host->sim;

    host_start(self->host);
    for (unsigned i = 0; i < self->golden->vcpus->len; i++)
        sim_arm(sim, &vcpu_of(self, i)->wake_timer,
                case_vcpu(self->golden, i)->start_ns);
    for (unsigned i = 0; i < self->golden->events->len; i++)
        sim_arm(sim, &self->events[i].timer, self->events[i].order->time_ns);
    host_run_until(self->host, self->golden->duration_ns);
}
