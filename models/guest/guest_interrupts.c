#include "models/guest/guest_vcpu.h"

bool guest_has_interrupt(const GuestVcpu *self)
{
    return self->pending_interrupts > 0 ||
           (self->vcpu->id == 0 && self->guest->timer.n_pending > 0);
}

bool guest_take_interrupt(GuestVcpu *self)
{
    if (!guest_has_interrupt(self))
        return false;
    if (self->pending_interrupts > 0)
        self->pending_interrupts--;
    else
        virtual_timer_take_tick(&self->guest->timer);
    guest_run(self, DOING_INTERRUPT, self->guest->costs.interrupt);
    return true;
}

void guest_break_off(GuestVcpu *self, int64_t now_ns)
{
    self->interrupted_left_ns = vcpu_run_left_ns(self->vcpu, now_ns);
    self->is_computation_broken = true;
    guest_take_interrupt(self);
}

/* One is pending. Halted: wakes. Running guest code: an exit, now. Otherwise at its
 * next entry. */
static void kick_vcpu(GuestVcpu *self, int64_t now_ns)
{
    if (self->doing == DOING_HALT) {
        vcpu_unblock(self->vcpu);
        return;
    }
    if (self->doing != DOING_COMPUTE || !self->vcpu->is_running)
        return;
    guest_break_off(self, now_ns);
}

void guest_raise_interrupt(GuestVcpu *self, int64_t now_ns)
{
    self->pending_interrupts++;
    kick_vcpu(self, now_ns);
}

void guest_device_interrupt(void *owner, int64_t now_ns)
{
    GuestVcpu *self = owner;

    self->has_device_interrupt = true;
    guest_raise_interrupt(self, now_ns);
}

void hvm_guest_interrupt(Domain *domain, int64_t now_ns)
{
    interrupt_gate_raise(&guest_first_vcpu(domain)->guest->gate, now_ns);
}

void guest_tick(void *owner, int64_t now_ns)
{
    GuestVcpu *self = owner;

    host_enter(guest_host(self), self->vcpu->pcpu);
    kick_vcpu(self, now_ns);
}
