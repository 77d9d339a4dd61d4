#include "models/guest/guest_vcpu.h"
#include "models/guest/string_access.h"

static void post(GuestVcpu *self, const Served *served, int64_t run_ns)
{
    const GuestCosts *costs = &self->guest->costs;

    guest_count(self, COUNT_POSTED);
    if (served->sends_event || self->guest->xen->drain == DRAIN_AT_EVENT)
        guest_run(self, DOING_POST, run_ns + costs->post_ns + costs->notify_ns);
    else
        guest_run(self, DOING_XEN, run_ns + costs->post_ns + costs->entry_ns);
}

static void request(GuestVcpu *self, const Served *served, int64_t exit_ns)
{
    guest_count(self, COUNT_SENT_REQUESTS);
    request_begin(&self->request, self->vcpu,
                  device_model_device(self->guest->device_model, served),
                  &self->activity, host_now_ns(guest_host(self)));
    guest_run(self, DOING_EXIT, exit_ns);
}

void guest_begin_access(GuestVcpu *self)
{
    HvmGuest *guest = self->guest;
    const GuestCosts *costs = &guest->costs;
    const int64_t exit_ns = guest_costs_exit_ns(costs, &self->activity, guest->xen);
    const Served *served = device_model_find(guest->device_model, &self->activity);

    self->elements_left = string_cut(&self->activity);
    if (served->served_by != SERVED_BY_HARDWARE)
        guest_exit_for(self,
                       self->activity.kind == ACTIVITY_MEMORY ? EXIT_DEVICE_MEMORY
                                                              : EXIT_IO_INSTRUCTION,
                       &self->activity);
    switch (served->served_by) {
    case SERVED_BY_HARDWARE:
        guest_run(self, DOING_COMPUTE, instructions_ns(guest->profile, 1));
        return;
    case SERVED_BY_XEN:
        device_model_serve_in_xen(guest->device_model, served, &self->activity);
        guest_count(self, COUNT_SERVED_IN_XEN);
        guest_run(self, DOING_XEN, exit_ns + costs->xen_device_ns + costs->entry_ns);
        return;
    case SERVED_BY_POSTING:
    case SERVED_BY_COPY:
        if (!device_model_post(guest->device_model, served, &self->activity))
            request(self, served, exit_ns);
        else if (served->served_by == SERVED_BY_COPY)
            post(self, served, exit_ns + costs->xen_device_ns);
        else
            post(self, served, exit_ns);
        return;
    case SERVED_BY_QEMU:
        request(self, served, exit_ns);
        return;
    }
    g_assert_not_reached();
}

/* From 3.0.4 the flag and SCHEDULE come before the event, so the guest always passes
 * through schedule(), however fast the answer. 3.0.3 sends, and then looks for the
 * answer in hvm_do_resume. */
void guest_send_request(GuestVcpu *self, int64_t now_ns)
{
    HvmGuest *guest = self->guest;

    if (guest->xen->waits_at_entry) {
        self->is_answered = false;
        guest_run(self, DOING_CHECK, guest->costs.resume_ns);
    } else {
        self->doing = DOING_WAIT;
        vcpu_wait_in_xen(self->vcpu, device_model_vcpu(guest->device_model));
    }
    device_model_submit(guest->device_model, &self->request, now_ns);
}

void guest_end_check(GuestVcpu *self)
{
    if (self->is_answered) {
        guest_run(self, DOING_ENTRY, self->guest->costs.entry_ns);
        return;
    }
    self->doing = DOING_WAIT;
    vcpu_wait_in_xen(self->vcpu, device_model_vcpu(self->guest->device_model));
}

void hvm_guest_reply(Request *request, int64_t now_ns)
{
    GuestVcpu *self = request->guest->context;

    request_enter(request, STAGE_ENTRY, self->vcpu, now_ns);
    if (self->doing == DOING_CHECK) {
        self->is_answered = true;
        return;
    }
    g_assert(self->doing == DOING_WAIT);
    guest_run(
        self, DOING_ENTRY,
        guest_costs_resume_ns(&self->guest->costs, &self->activity, self->guest->xen));
    vcpu_end_wait_in_xen(self->vcpu);
}
