#include "models/pv/guest_drivers.h"

typedef enum {
    STEP_PREPARE, /* a place must be free */
    STEP_PUT,     /* the requests are being built */
    STEP_NOTIFY,  /* the guest has exited to send the event */
    STEP_WAIT,    /* for the responses, if any are waited for */
} DriverStep;

typedef struct {
    GuestDrivers *drivers;
    unsigned id;
    Activity activity;
    DriverStep step;
    BlockTransfer transfer;
    bool waits_for_place;
} DriverCpu;

typedef enum {
    HANDLER_IDLE,
    HANDLER_TAKE,   /* responses are being taken */
    HANDLER_NOTIFY, /* it has exited to send the event */
    HANDLER_ENTER,  /* and goes back */
} HandlerStep;

struct GuestDrivers {
    BlockPath *block;
    NetPath *net;
    const GuestDriverOps *ops;
    void *guest;
    DriverCpu *cpus;
    unsigned n_cpus;
    int64_t frontend_ns, exit_ns, entry_ns;
    HandlerStep handler;
    unsigned n_taking;    /* block responses, by the present step */
    unsigned n_receiving; /* frames */
    bool has_event;       /* not yet looked at by the handler */
};

/* A vCPU's way through an activity. */

static bool is_block(const DriverCpu *cpu)
{
    return cpu->activity.kind == ACTIVITY_BLOCK;
}

void guest_drivers_begin(GuestDrivers *drivers, unsigned vcpu, const Activity *activity)
{
    DriverCpu *cpu = &drivers->cpus[vcpu];

    cpu->activity = *activity;
    cpu->step = STEP_PREPARE;
    cpu->waits_for_place = false;
}

static DriverProgress runs(DriverCpu *cpu, DriverStep step, int64_t length_ns,
                           int64_t *run_ns)
{
    cpu->step = step;
    *run_ns = length_ns;
    return DRIVER_RUNS;
}

static DriverProgress prepare(GuestDrivers *drivers, DriverCpu *cpu, int64_t *run_ns)
{
    unsigned n = 1;

    cpu->waits_for_place = !is_block(cpu) && !net_path_has_place(drivers->net);
    if (cpu->waits_for_place)
        return DRIVER_WAITS;
    if (is_block(cpu))
        n = block_path_requests(drivers->block, cpu->activity.bytes);
    return runs(cpu, STEP_PUT, n * drivers->frontend_ns, run_ns);
}

/* Another vCPU may have taken the last place meanwhile. */
static bool must_prepare_again(const GuestDrivers *drivers, const DriverCpu *cpu)
{
    return !is_block(cpu) && !net_path_has_place(drivers->net);
}

static bool put(GuestDrivers *drivers, DriverCpu *cpu)
{
    if (!is_block(cpu))
        return net_path_send(drivers->net, cpu->activity.bytes);
    cpu->transfer.bytes = cpu->activity.bytes;
    cpu->transfer.sector = (int64_t)cpu->activity.address;
    cpu->transfer.is_write = cpu->activity.is_write;
    return block_path_submit(drivers->block, &cpu->transfer);
}

static DriverProgress wait_for_it(DriverCpu *cpu)
{
    cpu->step = STEP_WAIT;
    return cpu->transfer.is_pending ? DRIVER_WAITS : DRIVER_DONE;
}

DriverProgress guest_drivers_advance(GuestDrivers *drivers, unsigned vcpu,
                                     int64_t now_ns G_GNUC_UNUSED, int64_t *run_ns)
{
    DriverCpu *cpu = &drivers->cpus[vcpu];

    switch (cpu->step) {
    case STEP_PREPARE:
        return prepare(drivers, cpu, run_ns);
    case STEP_PUT:
        if (must_prepare_again(drivers, cpu))
            return prepare(drivers, cpu, run_ns);
        if (put(drivers, cpu)) {
            drivers->ops->hypercall(drivers->guest);
            return runs(cpu, STEP_NOTIFY, drivers->exit_ns, run_ns);
        }
        return wait_for_it(cpu);
    case STEP_NOTIFY:
        if (is_block(cpu))
            block_path_notify(drivers->block);
        else
            net_path_notify(drivers->net);
        return runs(cpu, STEP_WAIT, drivers->entry_ns, run_ns);
    case STEP_WAIT:
        return wait_for_it(cpu);
    }
    g_assert_not_reached();
}

/* The event's handler on vCPU 0. */

void guest_drivers_notified(void *owner, int64_t now_ns)
{
    GuestDrivers *drivers = owner;

    if (drivers->has_event)
        return;
    drivers->has_event = true;
    drivers->ops->interrupt(drivers->guest, 0, now_ns);
}

/* Linux's handler wakes what slept on another vCPU by an interrupt of that one. */
static void wake(DriverCpu *cpu, int64_t now_ns)
{
    if (cpu->id != 0)
        cpu->drivers->ops->interrupt(cpu->drivers->guest, cpu->id, now_ns);
}

static void transfer_complete(void *owner, int64_t now_ns)
{
    wake(owner, now_ns);
}

static void wake_senders(GuestDrivers *drivers, int64_t now_ns)
{
    for (unsigned i = 0; i < drivers->n_cpus; i++)
        if (drivers->cpus[i].waits_for_place)
            wake(&drivers->cpus[i], now_ns);
}

static bool begin_taking(GuestDrivers *drivers, int64_t *run_ns)
{
    const unsigned n_sent = net_path_n_responses(drivers->net);
    unsigned n;

    drivers->n_taking = block_path_n_responses(drivers->block);
    drivers->n_receiving = net_path_n_frames(drivers->net);
    n = drivers->n_taking + drivers->n_receiving + n_sent;
    if (n == 0) {
        block_path_await(drivers->block);
        net_path_await_frames(drivers->net);
        drivers->handler = HANDLER_IDLE;
        return false;
    }
    drivers->handler = HANDLER_TAKE;
    *run_ns = n * drivers->frontend_ns;
    return true;
}

static bool take(GuestDrivers *drivers, int64_t now_ns, int64_t *run_ns)
{
    for (unsigned i = 0; i < drivers->n_taking; i++)
        block_path_take_response(drivers->block, now_ns);
    for (unsigned i = 0; i < drivers->n_receiving; i++) {
        net_path_take_frame(drivers->net);
        drivers->ops->receive(drivers->guest, now_ns);
    }
    if (net_path_take_responses(drivers->net) > 0)
        wake_senders(drivers, now_ns);
    if (!block_path_refill(drivers->block))
        return begin_taking(drivers, run_ns);
    drivers->handler = HANDLER_NOTIFY;
    drivers->ops->hypercall(drivers->guest);
    *run_ns = drivers->exit_ns;
    return true;
}

bool guest_drivers_handle(GuestDrivers *drivers, int64_t now_ns, int64_t *run_ns)
{
    switch (drivers->handler) {
    case HANDLER_IDLE:
        if (!drivers->has_event)
            return false;
        drivers->has_event = false;
        return begin_taking(drivers, run_ns);
    case HANDLER_TAKE:
        return take(drivers, now_ns, run_ns);
    case HANDLER_NOTIFY:
        block_path_notify(drivers->block);
        drivers->handler = HANDLER_ENTER;
        *run_ns = drivers->entry_ns;
        return true;
    case HANDLER_ENTER:
        return begin_taking(drivers, run_ns);
    }
    g_assert_not_reached();
}

/* Life. */

static void init_cpus(GuestDrivers *drivers)
{
    for (unsigned i = 0; i < drivers->n_cpus; i++) {
        DriverCpu *cpu = &drivers->cpus[i];

        *cpu = (DriverCpu){ .drivers = drivers, .id = i };
        cpu->transfer = (BlockTransfer){ .complete = transfer_complete, .owner = cpu };
    }
}

GuestDrivers *guest_drivers_new(const CostProfile *profile, unsigned n_vcpus,
                                const GuestDriverOps *ops, void *guest)
{
    GuestDrivers *drivers = g_new0(GuestDrivers, 1);

    drivers->ops = ops;
    drivers->guest = guest;
    drivers->frontend_ns = cost_ns(profile, COST_FRONTEND);
    drivers->exit_ns = cost_ns(profile, COST_EXIT) +
                       cost_ns(profile, COST_EXIT_HANDLER) +
                       cost_ns(profile, COST_NOTIFY);
    drivers->entry_ns = cost_ns(profile, COST_ENTRY);
    drivers->n_cpus = n_vcpus;
    drivers->cpus = g_new(DriverCpu, n_vcpus);
    init_cpus(drivers);
    return drivers;
}

void guest_drivers_close(GuestDrivers *drivers)
{
    block_path_close(drivers->block);
    net_path_close(drivers->net);
    init_cpus(drivers);
    drivers->handler = HANDLER_IDLE;
    drivers->has_event = false;
}

bool guest_drivers_have_ended(const GuestDrivers *drivers)
{
    return block_path_has_ended(drivers->block);
}

void guest_drivers_open(GuestDrivers *drivers)
{
    block_path_open(drivers->block);
}

void guest_drivers_free(GuestDrivers *drivers)
{
    if (!drivers)
        return;
    g_free(drivers->cpus);
    g_free(drivers);
}

void guest_drivers_connect(GuestDrivers *drivers, BlockPath *block, NetPath *net)
{
    g_assert(!drivers->block && !drivers->net);
    drivers->block = block;
    drivers->net = net;
}
