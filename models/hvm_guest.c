#include "models/hvm_guest.h"

#include "models/guest_announce.h"
#include "models/guest_costs.h"
#include "models/play_ring.h"

/* Xen 3.1, vpt.c: so many missed ticks at once are taken for a change of the clock. */
#define MISSED_TICKS_MAX 1000

typedef enum {
    DOING_START,     /* not yet up */
    DOING_COMPUTE,   /* guest code */
    DOING_EXIT,      /* an access has left the guest; Xen decodes it */
    DOING_NOTIFY,    /* its request is posted, the event is being sent */
    DOING_WAIT,      /* the device model has it */
    DOING_ENTRY,     /* the answer is consumed; back to the guest */
    DOING_XEN,       /* an exit that Xen serves alone, and the entry after it */
    DOING_HALT,      /* HLT */
    DOING_INTERRUPT, /* a virtual interrupt is injected and handled */
    DOING_DRIVER,    /* a step of a PV driver, for the present activity */
    DOING_HANDLER,   /* the handler of a back end's event */
    DOING_NOTHING,   /* the workload has ended */
} Doing;

typedef struct {
    HvmGuest *guest;
    Vcpu *vcpu;
    Workload *workload;
    Activity activity;
    Doing doing;
    Request request;
    int64_t transfer_since_ns;
    PlayRing ring;
    unsigned pending_interrupts;
    int64_t interrupted_left_ns; /* of the computation that an interrupt broke off */
    bool is_computation_broken;
    bool is_driving; /* the present activity is the PV driver's, and not over */
    bool has_device_interrupt; /* since the last ACTIVITY_BEGIN */
} GuestVcpu;

struct HvmGuest {
    Domain *domain;
    DeviceModel *device_model;
    GuestDrivers *drivers; /* NULL: none */
    const CostProfile *profile;
    GuestCosts costs;
    GuestVcpu *vcpus;
    int64_t timer_period_ns, timer_due_ns; /* period 0: no timer */
    SimTimer timer;
    bool is_timer_frozen, boots;
    int64_t born_ns;
};

static Host *host_of(const GuestVcpu *self)
{
    return self->guest->domain->host;
}

static void run(GuestVcpu *self, Doing doing, int64_t run_ns)
{
    self->doing = doing;
    vcpu_set_run(self->vcpu, run_ns, self->guest->domain);
}

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
        sim_arm(host_of(self)->sim, &self->vcpu->wake_timer,
                play_ring_free_ns(&self->ring));
    else if (self->activity.halt_ns != TIME_NEVER_NS)
        sim_arm(host_of(self)->sim, &self->vcpu->wake_timer,
                host_now_ns(host_of(self)) + self->activity.halt_ns);
    vcpu_block(self->vcpu);
}

static void begin_access(GuestVcpu *self)
{
    ServedBy served_by;
    const GuestCosts *costs = &self->guest->costs;
    const int64_t exit_ns = guest_costs_exit_ns(costs, &self->activity);
    DeviceModel *model = self->guest->device_model;
    Device *device = device_model_find(model, &self->activity, &served_by);
    const bool is_posted =
        served_by == SERVED_BY_POSTING && device_model_post(model, &self->activity);

    if (served_by == SERVED_BY_XEN) {
        run(self, DOING_XEN, exit_ns + costs->xen_device);
    } else if (is_posted) {
        run(self, DOING_XEN, exit_ns + costs->post);
    } else {
        request_begin(&self->request, self->vcpu, device, &self->activity,
                      host_now_ns(host_of(self)));
        run(self, DOING_EXIT, exit_ns);
    }
}

static void stop(GuestVcpu *self)
{
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
        run(self, DOING_DRIVER, run_ns);
        return true;
    case DRIVER_WAITS:
        run(self, DOING_HALT, self->guest->costs.halt);
        return true;
    case DRIVER_DONE:
        self->is_driving = false;
        return false;
    }
    g_assert_not_reached();
}

static void begin_driving(GuestVcpu *self, int64_t now_ns)
{
    bool is_going;

    self->is_driving = true;
    guest_drivers_begin(self->guest->drivers, self->vcpu->id, &self->activity);
    is_going = drive(self, now_ns);
    g_assert(is_going);
}

static void next_activity(GuestVcpu *self, int64_t now_ns)
{
    fetch_activity(self, now_ns);
    switch (self->activity.kind) {
    case ACTIVITY_COMPUTE:
        run(self, DOING_COMPUTE,
            instructions_ns(self->guest->profile, self->activity.instructions));
        return;
    case ACTIVITY_PORT:
    case ACTIVITY_MEMORY:
        begin_access(self);
        return;
    case ACTIVITY_EXIT:
        run(self, DOING_XEN, self->guest->costs.xen_other);
        return;
    case ACTIVITY_HALT:
    case ACTIVITY_PERIOD:
        run(self, DOING_HALT, self->guest->costs.halt);
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

/* Interrupts. One is injected at each entry: a backlog is delivered one by one. */

static bool take_interrupt(GuestVcpu *self)
{
    if (self->pending_interrupts == 0)
        return false;
    self->pending_interrupts--;
    run(self, DOING_INTERRUPT, self->guest->costs.interrupt);
    return true;
}

/* Back in the guest: interrupts first, then what they broke off, then something new. A
 * guest that waits for its device halts again after the timer's interrupts. */
static void go_on(GuestVcpu *self, int64_t now_ns)
{
    if (take_interrupt(self))
        return;
    if (self->is_computation_broken) {
        self->is_computation_broken = false;
        run(self, DOING_COMPUTE, self->interrupted_left_ns);
        return;
    }
    if (is_wait_for_period(self, now_ns) ||
        (is_halt_for_device(self) && !self->has_device_interrupt)) {
        run(self, DOING_HALT, self->guest->costs.halt);
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
        run(self, DOING_HANDLER, run_ns);
    else
        go_on(self, now_ns);
}

/* Halted: wakes. Running guest code: an exit, now. Otherwise at its next entry. */
static void interrupt_vcpu(GuestVcpu *self, int64_t now_ns)
{
    self->pending_interrupts++;
    if (self->doing == DOING_HALT) {
        vcpu_unblock(self->vcpu);
        return;
    }
    if (self->doing != DOING_COMPUTE || !self->vcpu->is_running)
        return;
    self->interrupted_left_ns = vcpu_run_left_ns(self->vcpu, now_ns);
    self->is_computation_broken = true;
    take_interrupt(self);
}

static GuestVcpu *first_vcpu(const Domain *domain)
{
    const Vcpu *vcpu = g_ptr_array_index(domain->vcpus, 0);

    return vcpu->context;
}

void hvm_guest_interrupt(Domain *domain, int64_t now_ns)
{
    GuestVcpu *self = first_vcpu(domain);

    self->has_device_interrupt = true;
    interrupt_vcpu(self, now_ns);
}

/* From the PV drivers: to vCPU 0 for an event, to another for what it waits for. */
static void interrupt_for_drivers(void *owner, unsigned vcpu, int64_t now_ns)
{
    HvmGuest *guest = owner;
    GuestVcpu *self = &guest->vcpus[vcpu];

    interrupt_vcpu(self, now_ns);
    if (self->doing == DOING_NOTHING)
        vcpu_unblock(self->vcpu);
}

/* Requests. */

/* Xen 3.1: the flag and SCHEDULE come before the event, so the guest always passes
 * through schedule(), however fast the answer. */
static void send_request(GuestVcpu *self, int64_t now_ns)
{
    self->doing = DOING_WAIT;
    vcpu_wait_in_xen(self->vcpu, device_model_vcpu(self->guest->device_model));
    device_model_submit(self->guest->device_model, &self->request, now_ns);
}

void hvm_guest_reply(Request *request, int64_t now_ns)
{
    GuestVcpu *self = request->guest->context;

    g_assert(self->doing == DOING_WAIT);
    request_enter(request, STAGE_ENTRY, self->vcpu, now_ns);
    run(self, DOING_ENTRY, guest_costs_entry_ns(&self->guest->costs, &self->activity));
    vcpu_end_wait_in_xen(self->vcpu);
}

static void guest_advance(Vcpu *vcpu, int64_t now_ns)
{
    GuestVcpu *self = vcpu->context;

    switch (self->doing) {
    case DOING_EXIT:
        request_enter(&self->request, STAGE_NOTIFY, vcpu, now_ns);
        run(self, DOING_NOTIFY, self->guest->costs.notify);
        return;
    case DOING_NOTIFY:
        send_request(self, now_ns);
        return;
    case DOING_ENTRY:
        request_finish(&self->request, now_ns);
        guest_announce_request(&self->request);
        go_on(self, now_ns);
        return;
    case DOING_HALT:
        sim_disarm(host_of(self)->sim, &vcpu->wake_timer);
        if (!take_interrupt(self))
            halt(self);
        return;
    case DOING_START:
    case DOING_COMPUTE:
    case DOING_XEN:
    case DOING_DRIVER:
        go_on(self, now_ns);
        return;
    case DOING_INTERRUPT:
    case DOING_HANDLER:
        end_interrupt(self, now_ns);
        return;
    case DOING_NOTHING: /* woken for a back end's event, which it takes all the same */
        if (!take_interrupt(self))
            stop(self);
        return;
    case DOING_WAIT:
        break;
    }
    g_assert_not_reached();
}

/* The virtual platform timer. */

static void arm_guest_timer(HvmGuest *guest)
{
    sim_arm(guest->domain->host->sim, &guest->timer, guest->timer_due_ns);
}

static void on_guest_timer(void *owner, int64_t now_ns)
{
    HvmGuest *guest = owner;

    host_enter(guest->domain->host, guest->vcpus[0].vcpu->pcpu);
    guest->timer_due_ns += guest->timer_period_ns;
    arm_guest_timer(guest);
    interrupt_vcpu(&guest->vcpus[0], now_ns);
}

/* Frozen while it is off the pCPU for any reason but HLT. */
static void freeze_timer(HvmGuest *guest)
{
    if (guest->timer_period_ns == 0 || guest->vcpus[0].doing == DOING_HALT)
        return;
    guest->is_timer_frozen = true;
    sim_disarm(guest->domain->host->sim, &guest->timer);
}

static void thaw_timer(HvmGuest *guest, int64_t now_ns)
{
    const int64_t late_ns = now_ns - guest->timer_due_ns;

    if (!guest->is_timer_frozen)
        return;
    guest->is_timer_frozen = false;
    if (late_ns > 0) {
        const int64_t missed = late_ns / guest->timer_period_ns + 1;

        guest->vcpus[0].pending_interrupts +=
            missed > MISSED_TICKS_MAX ? 1 : (unsigned)missed;
        guest->timer_due_ns += missed * guest->timer_period_ns;
    }
    arm_guest_timer(guest);
}

static void guest_descheduled(Vcpu *vcpu, int64_t now_ns G_GNUC_UNUSED)
{
    GuestVcpu *self = vcpu->context;

    if (vcpu->id == 0)
        freeze_timer(self->guest);
}

static void guest_dispatched(Vcpu *vcpu, int64_t now_ns)
{
    GuestVcpu *self = vcpu->context;

    if (vcpu->id == 0)
        thaw_timer(self->guest, now_ns);
    if (self->doing == DOING_COMPUTE && self->pending_interrupts > 0) {
        self->interrupted_left_ns = vcpu_run_left_ns(vcpu, now_ns);
        self->is_computation_broken = true;
        take_interrupt(self);
    }
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
};

/* Life. */

HvmGuest *hvm_guest_new(Domain *domain, unsigned first_pcpu, Workload **workloads,
                        unsigned n_vcpus, int64_t timer_hz, const CostProfile *profile)
{
    HvmGuest *guest = g_new0(HvmGuest, 1);
    Host *host = domain->host;

    guest->domain = domain;
    guest->profile = profile;
    guest->costs = guest_costs(profile);
    guest->vcpus = g_new0(GuestVcpu, n_vcpus);
    for (unsigned i = 0; i < n_vcpus; i++) {
        GuestVcpu *self = &guest->vcpus[i];

        self->guest = guest;
        self->workload = workloads[i];
        self->vcpu = host_add_vcpu(host, domain, (first_pcpu + i) % host->n_pcpus,
                                   &hvm_guest_context, self);
    }
    guest->timer_period_ns = timer_hz > 0 ? NS_PER_S / timer_hz : 0;
    sim_timer_add(host->sim, &guest->timer, RANK_GUEST, guest->vcpus[0].vcpu->index,
                  on_guest_timer, guest);
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
    g_assert(!guest->drivers);
    guest->drivers = guest_drivers_new(guest->profile, guest->domain->vcpus->len,
                                       interrupt_for_drivers, guest);
    return guest->drivers;
}

void hvm_guest_emulate_strings(HvmGuest *guest)
{
    guest->costs.emulates_strings = true;
}

void hvm_guest_set_boots(HvmGuest *guest)
{
    guest->boots = true;
}

void hvm_guest_start_at(HvmGuest *guest, int64_t start_ns, int64_t born_ns)
{
    guest->born_ns = born_ns;
    start_vcpus(guest, 0, guest->boots ? 1 : guest->domain->vcpus->len, start_ns);
    if (guest->timer_period_ns > 0) {
        guest->timer_due_ns = start_ns + guest->timer_period_ns;
        arm_guest_timer(guest);
    }
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
    g_assert(!guest->drivers);
    for (unsigned i = 0; i < guest->domain->vcpus->len; i++)
        end_vcpu(&guest->vcpus[i]);
    sim_disarm(guest->domain->host->sim, &guest->timer);
    guest->is_timer_frozen = false;
}

bool hvm_guest_has_workloads(const HvmGuest *guest)
{
    return guest->vcpus[0].workload != NULL;
}

void hvm_guest_set_workload(HvmGuest *guest, unsigned vcpu, Workload *workload)
{
    guest->vcpus[vcpu].workload = workload;
}
