#include "models/machine/life_internal.h"

static Life *add_life(Lives *self, const LifeParams *params, const char *name)
{
    const Machine *machine = self->machine;
    Life *life = &self->lives[self->n++];

    life->all = self;
    life->params = params;
    life->domain = host_domain_by_name(machine->host, name);
    life->state = params->is_created ? LIFE_ABSENT : LIFE_UP;
    life->is_up = !params->is_created;
    ring_init(&life->queued);
    sim_timer_add(machine->host->sim, &life->due, RANK_SCENARIO,
                  machine->n_orders + 1 + life->domain->index, life_due, life);
    return life;
}

static void add_guest(Lives *self, const GuestParams *params, unsigned index)
{
    Machine *machine = self->machine;
    Life *life = add_life(self, params->life, params->name);

    life->sched = &params->sched;
    life->stub_sched = &params->stub.sched;
    life->pinning = &params->pinning;
    life->start_ns = params->start_ns;
    life->stub = machine_find_stub(machine, life->domain);
    life->guest = g_ptr_array_index(machine->guests, index);
    life->model = g_ptr_array_index(machine->device_models, index);
    life->placement = guest_placement(params, machine->placement);
    life->bytes = memory_of_guest(&self->memory, life->placement, params->memory_bytes);
}

static void add_neighbour(Lives *self, const NeighbourParams *params,
                          Neighbour *neighbours)
{
    Life *life = add_life(self, params->life, params->name);

    life->sched = &params->sched;
    life->pinning = &params->pinning;
    life->start_ns = params->start_ns;
    life->neighbours = neighbours;
    life->bytes = memory_of_neighbour(&self->memory, params->memory_bytes);
}

static unsigned count_lives(const MachineParams *params)
{
    unsigned n = 0;

    for (unsigned i = 0; i < params->n_guests; i++)
        n += params->guests[i].life != NULL;
    for (unsigned i = 0; i < params->n_neighbours; i++)
        n += params->neighbours[i].life != NULL;
    return n;
}

/* dom0, and whoever is there from the beginning. */
static int64_t bytes_at_first(const MachineParams *params)
{
    int64_t bytes = params->memory.dom0_bytes;

    for (unsigned i = 0; i < params->n_guests; i++) {
        const GuestParams *guest = &params->guests[i];

        if (!guest->life || !guest->life->is_created)
            bytes += memory_of_guest(&params->memory,
                                     guest_placement(guest, params->placement),
                                     guest->memory_bytes);
    }
    for (unsigned i = 0; i < params->n_neighbours; i++)
        if (!params->neighbours[i].life || !params->neighbours[i].life->is_created)
            bytes += memory_of_neighbour(&params->memory,
                                         params->neighbours[i].memory_bytes);
    return bytes;
}

static void add_lives(Lives *self, const MachineParams *params)
{
    Neighbour *neighbours = self->machine->neighbours;

    for (unsigned i = 0; i < params->n_guests; i++)
        if (params->guests[i].life)
            add_guest(self, &params->guests[i], i);
    for (unsigned i = 0; i < params->n_neighbours; i++) {
        const NeighbourParams *each = &params->neighbours[i];

        g_assert(!each->life || !each->has_linux);
        if (each->life)
            add_neighbour(self, each, neighbours);
        if (!each->has_linux || each->run_ns == TIME_NEVER_NS)
            neighbours += each->n_vcpus;
    }
}

/* Created later: undoes what building has done, so that only its place in the host
 * remains. */
static void take_away(Life *life)
{
    if (life->model)
        device_model_end(life->model, 0);
    if (life->stub)
        domain_retire(life->stub);
    domain_retire(life->domain);
}

Lives *lives_new(Machine *machine, const MachineParams *params)
{
    const unsigned n = count_lives(params);
    Lives *self;

    if (n == 0)
        return NULL;
    self = g_new0(Lives, 1);
    self->machine = machine;
    self->lives = g_new0(Life, n);
    self->memory = params->memory;
    self->used_bytes = bytes_at_first(params);
    lives_open_toolstack(self);
    add_lives(self, params);
    for (unsigned i = 0; i < self->n; i++)
        if (self->lives[i].state == LIFE_ABSENT)
            take_away(&self->lives[i]);
    return self;
}

void lives_free(Lives *self)
{
    if (!self)
        return;
    g_free(self->lives);
    g_free(self);
}

void lives_arm(Lives *self)
{
    for (unsigned i = 0; self && i < self->n; i++) {
        Life *life = &self->lives[i];

        if (life->state == LIFE_ABSENT)
            sim_arm(life_sim(life), &life->due, life->start_ns);
        else
            life_arm_end(life, life->start_ns);
    }
}

Life *lives_find(const Lives *self, const Domain *domain)
{
    for (unsigned i = 0; self && i < self->n; i++)
        if (self->lives[i].domain == domain)
            return &self->lives[i];
    return NULL;
}
