#include "tests/unit/credit2_world.h"

World *credit2_world_new(Topology topology, const char *option)
{
    const char *const options[] = { option, NULL };

    return world_new("credit2-4.17", topology, options);
}

Pcpu *pcpu_of(const World *world, unsigned i)
{
    return &world->host->pcpus[i];
}

Credit2Runqueue *runqueue_of(const World *world, unsigned i)
{
    const Credit2Host *all = world->host->scheduler.state;

    return &all->runqueues[i];
}

Credit2Vcpu *add_at(World *world, const char *name, unsigned pcpu)
{
    Credit2Vcpu *state = credit2_of_vcpu(world_add(world, name, pcpu, 0, "hog"));

    if (credit2_of_pcpu(pcpu_of(world, pcpu))->runqueue != state->runqueue) {
        credit2_deassign(state);
        credit2_assign(state, credit2_of_pcpu(pcpu_of(world, pcpu))->runqueue);
    }
    state->vcpu->pcpu = pcpu_of(world, pcpu);
    return state;
}

Credit2Vcpu *add_running(World *world, const char *name, unsigned pcpu,
                         int64_t since_ns)
{
    Credit2Vcpu *state = add_at(world, name, pcpu);
    Pcpu *place = pcpu_of(world, pcpu);

    credit2_pcpu_becomes_busy(place);
    place->idle->is_running = false;
    place->current = state->vcpu;
    state->vcpu->pause_flags = 0;
    state->vcpu->is_running = true;
    runstate_enter(&state->vcpu->runstate, RUNSTATE_RUNNING, since_ns);
    state->start_ns = since_ns;
    state->is_scheduled = true;
    state->runqueue->load++;
    return state;
}

Credit2Vcpu *add_waiting(World *world, const char *name, unsigned pcpu, int64_t credit)
{
    Credit2Vcpu *state = add_at(world, name, pcpu);

    state->vcpu->pause_flags = 0;
    state->credit = credit;
    state->runqueue->load++;
    credit2_runq_insert(state);
    return state;
}

unsigned wake(World *world, Credit2Vcpu *state, int64_t now_ns)
{
    Scheduler *scheduler = &world->host->scheduler;

    state->vcpu->pause_flags = 0;
    scheduler->ops->wake(scheduler, state->vcpu, now_ns);
    g_assert_true(credit2_is_waiting(state));
    return state->tickled_pcpu;
}

SchedDecision decide(World *world, unsigned pcpu, int64_t now_ns)
{
    Scheduler *scheduler = &world->host->scheduler;

    return scheduler->ops->schedule(scheduler, pcpu_of(world, pcpu), now_ns);
}

bool is_asked(const World *world, unsigned pcpu)
{
    return mask_has(&world->host->schedule_pending, pcpu);
}
