#include "models/guest/interrupt_gate.h"

#include "models/host/interrupt.h"

static void pass(InterruptGate *self, int64_t now_ns)
{
    self->open_ns = now_ns + self->gap_ns;
    self->deliver(self->owner, now_ns);
}

static void on_timer(void *owner, int64_t now_ns)
{
    InterruptGate *self = owner;

    host_enter(self->vcpu->domain->host, self->vcpu->pcpu);
    pcpu_timer_interrupt(self->vcpu->pcpu, now_ns);
    pass(self, now_ns);
}

void interrupt_gate_init(InterruptGate *self, const Vcpu *vcpu, int64_t gap_ns,
                         SimAction deliver, void *owner)
{
    *self = (InterruptGate){
        .vcpu = vcpu, .deliver = deliver, .owner = owner, .gap_ns = gap_ns
    };
    if (gap_ns > 0)
        sim_timer_add(vcpu->domain->host->sim, &self->timer, RANK_INTERRUPT,
                      vcpu->index, on_timer, self);
}

void interrupt_gate_reset(InterruptGate *self)
{
    self->open_ns = 0;
    if (self->gap_ns > 0)
        sim_disarm(self->vcpu->domain->host->sim, &self->timer);
}

void interrupt_gate_raise(InterruptGate *self, int64_t now_ns)
{
    if (now_ns < self->open_ns)
        sim_arm(self->vcpu->domain->host->sim, &self->timer, self->open_ns);
    else
        pass(self, now_ns);
}
