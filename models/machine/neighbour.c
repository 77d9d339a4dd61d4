#include "models/machine/neighbour.h"

#include "models/host/context.h"

static int64_t wake_time_ns(const Neighbour *neighbour, int64_t now_ns)
{
    const int64_t wake_ns = now_ns + neighbour->block_ns;
    const int64_t align_ns = neighbour->align_ns;
    int64_t late_ns;

    if (align_ns == 0)
        return wake_ns;
    late_ns = (wake_ns - neighbour->start_ns) % align_ns;
    return late_ns == 0 ? wake_ns : wake_ns - late_ns + align_ns;
}

static void neighbour_advance(Vcpu *vcpu, int64_t now_ns)
{
    Neighbour *neighbour = vcpu->context;

    if (!neighbour->has_run || neighbour->block_ns == 0) {
        neighbour->has_run = true;
        vcpu_set_run(vcpu, neighbour->run_ns, vcpu->domain);
        return;
    }
    neighbour->has_run = false;
    sim_arm(vcpu->domain->host->sim, &vcpu->wake_timer,
            wake_time_ns(neighbour, now_ns));
    vcpu_count_one(vcpu, COUNT_BLOCK_HYPERCALLS);
    vcpu_block(vcpu);
}

static void neighbour_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    if (vcpu->pause_flags & PAUSE_DOWN)
        vcpu_start(vcpu, false);
    else
        vcpu_unblock(vcpu);
}

static const ContextOps neighbour_context = {
    .name = "neighbour",
    .advance = neighbour_advance,
    .timer = neighbour_timer,
};

void neighbour_init(Neighbour *self, Domain *domain, unsigned pcpu,
                    const NeighbourParams *params)
{
    *self = (Neighbour){
        .run_ns = params->run_ns,
        .block_ns = params->run_ns == TIME_NEVER_NS ? 0 : params->block_ns,
        .align_ns = params->align_ns,
    };
    self->vcpu = host_add_vcpu(domain->host, domain, pcpu, &neighbour_context, self);
    vcpu_set_run(self->vcpu, 0, domain);
}

void neighbour_start_at(Neighbour *self, int64_t start_ns)
{
    self->start_ns = start_ns;
    sim_arm(self->vcpu->domain->host->sim, &self->vcpu->wake_timer, start_ns);
}

void neighbour_reset(Neighbour *self)
{
    self->has_run = false;
    vcpu_set_run(self->vcpu, 0, self->vcpu->domain);
}
