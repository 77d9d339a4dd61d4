#include "models/guest/guest_vcpu.h"

#include "models/host/interrupt.h"

bool guest_has_interrupt(const GuestVcpu *self)
{
    return self->pending_interrupts > 0 ||
           (self->vcpu->id == 0 && self->guest->timer.n_pending > 0);
}

/* What it takes to come to the entry at which the interrupt is injected. If the vCPU
 * already returns from an exit, injection rides on that entry and costs nothing more;
 * nor does guest code that is broken off, which a physical interrupt or a switch has
 * left. A handler lets no other interrupt in before its end, which Xen asks the
 * processor to tell (the interrupt window): an exit and an entry of their own. */
static int64_t come_to_injection_ns(const GuestVcpu *self)
{
    const GuestCosts *costs = &self->guest->costs;

    switch (self->doing) {
    case DOING_HALT:
    case DOING_NOTHING:
        guest_enter(self);
        return costs->entry_ns;
    case DOING_INTERRUPT:
    case DOING_DRIVER:
    case DOING_HANDLER:
        guest_exit(self, EXIT_INTERRUPT_WINDOW);
        guest_enter(self);
        return costs->xen_other_ns;
    case DOING_START:
    case DOING_COMPUTE:
    case DOING_ENTRY:
    case DOING_XEN:
        return 0;
    case DOING_EXIT:
    case DOING_NOTIFY:
    case DOING_CHECK:
    case DOING_WAIT:
    case DOING_POST:
        break;
    }
    g_assert_not_reached();
}

bool guest_take_interrupt(GuestVcpu *self)
{
    if (!guest_has_interrupt(self))
        return false;
    if (self->pending_interrupts > 0)
        self->pending_interrupts--;
    else
        virtual_timer_take_tick(&self->guest->timer);
    guest_run(self, DOING_INTERRUPT,
              come_to_injection_ns(self) + self->guest->costs.inject_ns +
                  self->guest->costs.handler_ns);
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
    if (self->vcpu->is_running)
        pcpu_kick(self->vcpu->pcpu);
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
    pcpu_timer_interrupt(self->vcpu->pcpu, now_ns);
    kick_vcpu(self, now_ns);
}

int64_t guest_interrupted(Vcpu *vcpu)
{
    const GuestVcpu *self = vcpu->context;

    switch (self->doing) {
    case DOING_COMPUTE:
    case DOING_INTERRUPT:
    case DOING_DRIVER:
    case DOING_HANDLER:
        guest_exit(self, EXIT_EXTERNAL_INTERRUPT);
        guest_enter(self);
        return self->guest->costs.xen_other_ns;
    case DOING_START:
    case DOING_EXIT:
    case DOING_NOTIFY:
    case DOING_CHECK:
    case DOING_WAIT:
    case DOING_ENTRY:
    case DOING_XEN:
    case DOING_POST:
    case DOING_HALT:
    case DOING_NOTHING:
        return 0;
    }
    g_assert_not_reached();
}
