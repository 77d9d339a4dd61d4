#include "models/guest/hvm_guest.h"

#include "models/guest/guest_announce.h"
#include "models/guest/guest_vcpu.h"
#include "models/guest/string_access.h"

/* The workload. */

/* A halt without end waits for a device, whose interrupt may have come before it. */
static bool is_halt_for_device(const GuestVcpu *self)
{
    return self->activity.kind == ACTIVITY_HALT &&
           self->activity.halt_ns == TIME_NEVER_NS;
}

static bool is_halt_over(const GuestVcpu *self)
{
    return is_halt_for_device(self) && self->has_device_interrupt;
}

static bool take_frame(GuestVcpu *self)
{
    if (self->guest->n_frames == 0)
        return false;
    self->guest->n_frames--;
    arrivals_take(self->guest->network);
    return true;
}

/* Work with deadlines: a ring of buffers, one free every period. */

static void begin_period(GuestVcpu *self, int64_t now_ns)
{
    if (self->ring.period_ns == 0)
        play_ring_start(&self->ring, self->activity.halt_ns, self->activity.count,
                        now_ns);
    else
        guest_announce_skipped(self->vcpu, play_ring_next(&self->ring, now_ns));
}

static bool is_wait_for_period(const GuestVcpu *self, int64_t now_ns)
{
    return self->activity.kind == ACTIVITY_PERIOD &&
           now_ns < play_ring_free_ns(&self->ring);
}

static void start_vcpus(HvmGuest *guest, unsigned from, unsigned to, int64_t at_ns)
{
    for (unsigned i = from; i < to; i++)
        sim_arm(guest->domain->host->sim, &guest->vcpus[i].vcpu->wake_timer, at_ns);
}

static void finish_boot(GuestVcpu *self, int64_t now_ns)
{
    HvmGuest *guest = self->guest;

    guest_announce_booted(self->vcpu, now_ns - guest->born_ns);
    start_vcpus(guest, 1, guest->domain->vcpus->len, now_ns);
}

/* What takes no time. False: it is nothing of that kind. */
static bool pass_at_once(GuestVcpu *self, int64_t now_ns)
{
    switch (self->activity.kind) {
    case ACTIVITY_BEGIN:
        self->transfer_since_ns = now_ns;
        self->has_device_interrupt = false;
        return true;
    case ACTIVITY_TRANSFER:
        guest_announce_transfer(self->vcpu, self->activity.bytes,
                                now_ns - self->transfer_since_ns);
        return true;
    case ACTIVITY_PERIOD:
        begin_period(self, now_ns);
        return !is_wait_for_period(self, now_ns);
    case ACTIVITY_REFILLED:
        guest_announce_deadline(self->vcpu,
                                now_ns - play_ring_deadline_ns(&self->ring));
        return true;
    case ACTIVITY_BOOTED:
        finish_boot(self, now_ns);
        return true;
    case ACTIVITY_HALT:
        return is_halt_over(self);
    case ACTIVITY_RECEIVE:
        return take_frame(self);
    case ACTIVITY_COMPUTE:
    case ACTIVITY_PORT:
    case ACTIVITY_MEMORY:
    case ACTIVITY_EXIT:
    case ACTIVITY_BLOCK:
    case ACTIVITY_SEND:
    case ACTIVITY_END:
        return false;
    }
    g_assert_not_reached();
}

/* The next activity that takes time. */
static void fetch_activity(GuestVcpu *self, int64_t now_ns)
{
    do
        self->workload->ops->next(self->workload, &self->activity);
    while (pass_at_once(self, now_ns));
}

static void halt(GuestVcpu *self)
{
    if (self->activity.kind == ACTIVITY_PERIOD)
        sim_arm(guest_host(self)->sim, &self->vcpu->wake_timer,
                play_ring_free_ns(&self->ring));
    else if (self->activity.halt_ns != TIME_NEVER_NS)
        sim_arm(guest_host(self)->sim, &self->vcpu->wake_timer,
                host_now_ns(guest_host(self)) + self->activity.halt_ns);
    vcpu_block(self->vcpu);
}

static void begin_halt(GuestVcpu *self)
{
    guest_exit(self, EXIT_HLT);
    guest_run(self, DOING_HALT, self->guest->costs.halt_ns);
}

static void stop(GuestVcpu *self)
{
    if (self->doing != DOING_NOTHING)
        guest_exit(self, EXIT_HLT);
    if (self->vcpu->id == 0)
        virtual_timer_stop(&self->guest->timer);
    self->doing = DOING_NOTHING;
    vcpu_block(self->vcpu);
}

/* False: the activity is over. */
static bool drive(GuestVcpu *self, int64_t now_ns)
{
    int64_t run_ns;

    switch (
        guest_drivers_advance(self->guest->drivers, self->vcpu->id, now_ns, &run_ns)) {
    case DRIVER_RUNS:
        guest_run(self, DOING_DRIVER, run_ns);
        return true;
    case DRIVER_WAITS:
        begin_halt(self);
        return true;
    case DRIVER_DONE:
        self->is_driving = false;
        return false;
    }
    g_assert_not_reached();
}

static void begin_driving(GuestVcpu *self, int64_t now_ns)
{
    self->is_driving = true;
    guest_drivers_begin(self->guest->drivers, self->vcpu->id, &self->activity);
    drive(self, now_ns);
}

static void next_activity(GuestVcpu *self, int64_t now_ns)
{
    fetch_activity(self, now_ns);
    switch (self->activity.kind) {
    case ACTIVITY_COMPUTE:
        guest_run(self, DOING_COMPUTE,
                  instructions_ns(self->guest->profile, self->activity.instructions));
        return;
    case ACTIVITY_PORT:
    case ACTIVITY_MEMORY:
        guest_begin_access(self);
        return;
    case ACTIVITY_EXIT:
        guest_exit(self, self->activity.exit);
        guest_run(self, DOING_XEN, self->guest->costs.xen_other_ns);
        return;
    case ACTIVITY_RECEIVE:
    case ACTIVITY_HALT:
    case ACTIVITY_PERIOD:
        begin_halt(self);
        return;
    case ACTIVITY_BLOCK:
    case ACTIVITY_SEND:
        begin_driving(self, now_ns);
        return;
    case ACTIVITY_END:
        stop(self);
        return;
    case ACTIVITY_BEGIN:
    case ACTIVITY_TRANSFER:
    case ACTIVITY_REFILLED:
    case ACTIVITY_BOOTED:
        break;
    }
    g_assert_not_reached();
}

/* Back in the guest: interrupts first, then what they broke off, then something new. A
 * guest that waits for its device halts again after the timer's interrupts. */
static void go_on(GuestVcpu *self, int64_t now_ns)
{
    if (guest_take_interrupt(self))
        return;
    if (self->is_computation_broken) {
        self->is_computation_broken = false;
        guest_run(self, DOING_COMPUTE, self->interrupted_left_ns);
        return;
    }
    if (is_wait_for_period(self, now_ns) ||
        (is_halt_for_device(self) && !self->has_device_interrupt) ||
        (self->activity.kind == ACTIVITY_RECEIVE && !take_frame(self))) {
        begin_halt(self);
        return;
    }
    if (self->elements_left > 0) {
        string_go_on(&self->activity, self->elements_left);
        guest_begin_access(self);
        return;
    }
    if (self->is_driving && drive(self, now_ns))
        return;
    if (self->activity.kind == ACTIVITY_END)
        stop(self);
    else
        next_activity(self, now_ns);
}

/* The end of an interrupt's handler; on vCPU 0 also of a back end's event. */
static void end_interrupt(GuestVcpu *self, int64_t now_ns)
{
    int64_t run_ns;

    if (self->guest->drivers && self->vcpu->id == 0 &&
        guest_drivers_handle(self->guest->drivers, now_ns, &run_ns))
        guest_run(self, DOING_HANDLER, run_ns);
    else
        go_on(self, now_ns);
}

/* From the PV drivers: to vCPU 0 for an event, to another for what it waits for. */
static void interrupt_for_drivers(void *owner, unsigned vcpu, int64_t now_ns)
{
    GuestVcpu *self = &((HvmGuest *)owner)->vcpus[vcpu];

    guest_raise_interrupt(self, now_ns);
    if (self->doing == DOING_NOTHING)
        vcpu_unblock(self->vcpu);
}

/* Who waits for it on another vCPU is woken by an interrupt of that one. */
static void receive(void *owner, int64_t now_ns)
{
    HvmGuest *guest = owner;

    guest->n_frames++;
    for (unsigned i = 1; i < guest->domain->vcpus->len; i++)
        if (guest->vcpus[i].activity.kind == ACTIVITY_RECEIVE)
            guest_raise_interrupt(&guest->vcpus[i], now_ns);
}

void hvm_guest_receive(Domain *domain, int64_t now_ns)
{
    receive(guest_first_vcpu(domain)->guest, now_ns);
}

static void make_hypercall(void *owner)
{
    const HvmGuest *guest = owner;

    guest_exit(&guest->vcpus[0], EXIT_VMCALL);
    guest_enter(&guest->vcpus[0]);
}

static const GuestDriverOps driver_ops = { interrupt_for_drivers, receive,
                                           make_hypercall };

static void end_halt(GuestVcpu *self)
{
    sim_disarm(guest_host(self)->sim, &self->vcpu->wake_timer);
    if (!guest_take_interrupt(self))
        halt(self);
}

static void guest_advance(Vcpu *vcpu, int64_t now_ns)
{
    GuestVcpu *self = vcpu->context;

    switch (self->doing) {
    case DOING_EXIT:
        request_enter(&self->request, STAGE_NOTIFY, vcpu, now_ns);
        guest_run(self, DOING_NOTIFY, self->guest->costs.notify_ns);
        return;
    case DOING_NOTIFY:
        guest_send_request(self, now_ns);
        return;
    case DOING_ENTRY:
        guest_enter(self);
        request_finish(&self->request, now_ns);
        guest_announce_request(&self->request);
        go_on(self, now_ns);
        return;
    case DOING_CHECK:
        guest_end_check(self);
        return;
    case DOING_POST:
        device_model_signal_posted(self->guest->device_model, now_ns);
        guest_run(self, DOING_XEN, self->guest->costs.entry_ns);
        return;
    case DOING_HALT:
        end_halt(self);
        return;
    case DOING_XEN:
        guest_enter(self);
        go_on(self, now_ns);
        return;
    case DOING_START:
    case DOING_COMPUTE:
    case DOING_DRIVER:
        go_on(self, now_ns);
        return;
    case DOING_INTERRUPT:
    case DOING_HANDLER:
        end_interrupt(self, now_ns);
        return;
    case DOING_NOTHING: /* woken for a back end's event, which it takes all the same */
        if (!guest_take_interrupt(self))
            stop(self);
        return;
    case DOING_WAIT:
        break;
    }
    g_assert_not_reached();
}

static void guest_descheduled(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    GuestVcpu *self = vcpu->context;

    if (vcpu->id == 0 && self->doing != DOING_HALT && self->doing != DOING_NOTHING)
        virtual_timer_freeze(&self->guest->timer);
}

static void guest_dispatched(Vcpu *vcpu, int64_t now_ns)
{
    GuestVcpu *self = vcpu->context;

    if (vcpu->id == 0)
        virtual_timer_thaw(&self->guest->timer, now_ns);
    if (self->doing == DOING_COMPUTE && guest_has_interrupt(self))
        guest_break_off(self, now_ns);
}

/* The wake timer: the vCPU's start, or the end of a halt. */
static void guest_timer(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    GuestVcpu *self = vcpu->context;

    if (self->doing == DOING_START) {
        vcpu_start(vcpu, false);
        return;
    }
    if (self->doing != DOING_HALT)
        return;
    self->pending_interrupts++;
    vcpu_unblock(vcpu);
}

static const ContextOps hvm_guest_context = {
    .name = "hvm",
    .advance = guest_advance,
    .dispatched = guest_dispatched,
    .descheduled = guest_descheduled,
    .timer = guest_timer,
    .interrupted = guest_interrupted,
};

/* Life. */

static void add_vcpus(HvmGuest *guest, const HvmGuestParams *params)
{
    Host *host = guest->domain->host;

    guest->vcpus = g_new0(GuestVcpu, params->n_vcpus);
    for (unsigned i = 0; i < params->n_vcpus; i++) {
        GuestVcpu *self = &guest->vcpus[i];

        self->guest = guest;
        self->workload = params->workloads[i];
        self->vcpu =
            host_add_vcpu(host, guest->domain, (params->first_pcpu + i) % host->n_pcpus,
                          &hvm_guest_context, self);
    }
}

HvmGuest *hvm_guest_new(Domain *domain, const HvmGuestParams *params)
{
    HvmGuest *guest = g_new0(HvmGuest, 1);

    guest->domain = domain;
    domain->guest_counts = guest->counts;
    guest->profile = params->profile;
    guest->xen = params->path->xen;
    guest->costs = guest_costs_of(params->profile);
    add_vcpus(guest, params);
    virtual_timer_init(&guest->timer, domain->host->sim, guest->vcpus[0].vcpu->index,
                       &params->timer, guest_tick, &guest->vcpus[0]);
    interrupt_gate_init(&guest->gate, guest->vcpus[0].vcpu, params->path->coalesce_ns,
                        guest_device_interrupt, &guest->vcpus[0]);
    return guest;
}

static void free_workload(GuestVcpu *self)
{
    if (self->workload)
        self->workload->ops->free(self->workload);
    self->workload = NULL;
}

void hvm_guest_free(HvmGuest *guest)
{
    if (!guest)
        return;
    for (unsigned i = 0; i < guest->domain->vcpus->len; i++)
        free_workload(&guest->vcpus[i]);
    guest_drivers_free(guest->drivers);
    g_free(guest->vcpus);
    g_free(guest);
}

void hvm_guest_set_device_model(HvmGuest *guest, DeviceModel *model)
{
    guest->device_model = model;
}

GuestDrivers *hvm_guest_add_drivers(HvmGuest *guest)
{
    guest->drivers = guest_drivers_new(guest->profile, guest->domain->vcpus->len,
                                       &driver_ops, guest);
    return guest->drivers;
}

void hvm_guest_set_network(HvmGuest *guest, Arrivals *network)
{
    guest->network = network;
}

void hvm_guest_set_boots(HvmGuest *guest)
{
    guest->boots = true;
}

void hvm_guest_start_at(HvmGuest *guest, int64_t start_ns, int64_t born_ns)
{
    if (guest->is_dead && guest->drivers)
        guest_drivers_open(guest->drivers);
    guest->is_dead = false;
    guest->born_ns = born_ns;
    arrivals_start_at(guest->network, start_ns);
    start_vcpus(guest, 0, guest->boots ? 1 : guest->domain->vcpus->len, start_ns);
    virtual_timer_start(&guest->timer, start_ns);
}

static void end_vcpu(GuestVcpu *self)
{
    g_assert(self->vcpu->pause_flags & PAUSE_DOWN);
    if (self->request.is_outstanding)
        guest_announce_dropped(&self->request);
    free_workload(self);
    *self = (GuestVcpu){ .guest = self->guest, .vcpu = self->vcpu };
    vcpu_set_run(self->vcpu, 0, self->guest->domain);
}

void hvm_guest_end(HvmGuest *guest)
{
    for (unsigned i = 0; i < guest->domain->vcpus->len; i++)
        end_vcpu(&guest->vcpus[i]);
    guest->n_frames = 0;
    arrivals_stop(guest->network);
    if (guest->drivers)
        guest_drivers_close(guest->drivers);
    guest->is_dead = true;
    virtual_timer_stop(&guest->timer);
    interrupt_gate_reset(&guest->gate);
}

bool hvm_guest_has_ended(const HvmGuest *guest)
{
    return guest->is_dead && arrivals_have_ended(guest->network) &&
           (!guest->drivers || guest_drivers_have_ended(guest->drivers));
}

bool hvm_guest_has_workloads(const HvmGuest *guest)
{
    return guest->vcpus[0].workload != NULL;
}

void hvm_guest_set_workload(HvmGuest *guest, unsigned vcpu, Workload *workload)
{
    guest->vcpus[vcpu].workload = workload;
}
