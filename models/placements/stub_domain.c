#include "models/placements/stub_domain.h"

#include "models/host/context.h"
#include "models/host/interrupt.h"
#include "models/machine/back_ends.h"

typedef struct Stub Stub;

/* What the device model asks of the disk: a read that it waits for, or a transfer that
 * it does not. */
typedef struct {
    BlockTransfer transfer;
    Stub *stub;
    bool is_dma;
} DiskRequest;

/* The event channel of one port of the device model. */
typedef struct {
    Stub *stub;
    unsigned model_port, port;
} Channel;

struct Stub {
    PvCpu pv;
    Machine *machine;
    DeviceModel *model;
    Vcpu *vcpu;
    SimTimer timer;
    Channel *channels;               /* one for each port of the model */
    unsigned block_port, timer_port; /* on the stub's vCPU */
    int64_t left_ns;                 /* of the interrupted step */
    bool is_stepping, timed_out;

    BlockPath *block;
    NetPath *net;
    DiskRequest requests[2];
    unsigned net_port;    /* on the stub's vCPU */
    int64_t owed_ns;      /* front end's work beyond what the model's steps have */
    int64_t frontend_ns;  /* for one request or frame */
    int64_t hypercall_ns; /* for one event */
    bool is_net_full;     /* the ring has no place: netfront waits in its send() */
};

static Sim *sim_of(const Stub *stub)
{
    return stub->machine->host->sim;
}

/* Mini-OS's main thread. */

static int64_t take_owed_ns(Stub *stub)
{
    const int64_t owed_ns = stub->owed_ns;

    stub->owed_ns = 0;
    return owed_ns;
}

/* When select() returns with nothing ready: by its timeout, or for the timer of the
 * loop. Mini-OS sets its single-shot timer. */
static int64_t select_ends_ns(const Stub *stub, int64_t now_ns)
{
    const int64_t timeout_ns = stub->machine->select_timeout_ns;

    if (timeout_ns == 0)
        return TIME_NEVER_NS;
    return MIN(now_ns + timeout_ns, device_model_timer_ns(stub->model));
}

static void stub_resume(PvCpu *pv, int64_t now_ns)
{
    Stub *stub = pv->owner;
    const bool timed_out = stub->timed_out;
    int64_t run_ns;

    if (stub->is_stepping) {
        pv_cpu_run(pv, stub->left_ns, device_model_guest(stub->model));
        return;
    }
    if (stub->is_net_full) {
        pv_cpu_block(pv, now_ns);
        return;
    }
    stub->timed_out = false;
    switch (device_model_advance(stub->model, timed_out, now_ns, &run_ns)) {
    case NEXT_RUN:
        stub->is_stepping = true;
        sim_disarm(sim_of(stub), &stub->timer);
        pv_cpu_run(pv, run_ns + take_owed_ns(stub), device_model_guest(stub->model));
        return;
    case NEXT_SELECT:
        sim_arm(sim_of(stub), &stub->timer, select_ends_ns(stub, now_ns));
        break;
    case NEXT_DISK:
        break;
    }
    pv_cpu_block(pv, now_ns);
}

static void stub_finished(PvCpu *pv, int64_t now_ns)
{
    Stub *stub = pv->owner;

    stub->is_stepping = false;
    stub_resume(pv, now_ns);
}

static void stub_interrupted(PvCpu *pv, int64_t left_ns, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = pv->owner;

    stub->left_ns = left_ns;
}

static const PvCpuOps stub_ops = {
    .finished = stub_finished,
    .interrupted = stub_interrupted,
    .resume = stub_resume,
};

static void on_stub_timer(void *owner, int64_t now_ns)
{
    Stub *stub = owner;

    host_enter(stub->machine->host, stub->vcpu->pcpu);
    pcpu_timer_interrupt(stub->vcpu->pcpu, now_ns);
    event_send(stub->pv.channels, stub->timer_port);
}

static void handle_timer(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = owner;

    stub->timed_out = true;
}

/* The handler marks a descriptor readable; the loop finds out by itself. */
static void handle_request(void *owner, int64_t now_ns)
{
    const Channel *channel = owner;

    device_model_deliver(channel->stub->model, channel->model_port, now_ns);
}

static void notify_block(Stub *stub)
{
    stub->owed_ns += stub->hypercall_ns;
    block_path_notify(stub->block);
}

/* The handler's time is for one response; it comes again for the next. */
static void handle_block_response(void *owner, int64_t now_ns)
{
    Stub *stub = owner;

    block_path_take_response(stub->block, now_ns);
    if (block_path_refill(stub->block))
        notify_block(stub);
    if (block_path_n_responses(stub->block) > 0)
        event_send(stub->pv.channels, stub->block_port);
    else
        block_path_await(stub->block);
}

static void handle_net_response(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = owner;

    net_path_take_responses(stub->net);
    stub->is_net_full = !net_path_has_place(stub->net);
    if (net_path_take_frame(stub->net))
        device_model_frame_arrived(stub->model);
    if (net_path_n_frames(stub->net) > 0)
        event_send(stub->pv.channels, stub->net_port);
    else
        net_path_await_frames(stub->net);
}

/* From the back ends. */

static void notified_of_block(void *front_end, int64_t now_ns G_GNUC_UNUSED)
{
    const Stub *stub = front_end;

    event_send(stub->pv.channels, stub->block_port);
}

static void notified_of_net(void *front_end, int64_t now_ns G_GNUC_UNUSED)
{
    const Stub *stub = front_end;

    event_send(stub->pv.channels, stub->net_port);
}

static void transfer_complete(void *owner, int64_t now_ns)
{
    const DiskRequest *request = owner;

    device_model_disk_done(request->stub->model, request->is_dma, now_ns);
}

/* The runner's side of the device model. */

static void stub_signal(DeviceModel *model, unsigned port, int64_t now_ns G_GNUC_UNUSED)
{
    const Stub *stub = device_model_runner(model);

    event_send(stub->pv.channels, stub->channels[port].port);
}

/* The step before has paid for one request and its event. */
static bool stub_submit_disk(DeviceModel *model, const Effect *effect,
                             int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = device_model_runner(model);
    BlockTransfer *transfer = &stub->requests[effect->kind == EFFECT_DISK_DMA].transfer;

    if (!stub->machine->disk)
        return false;
    transfer->bytes = effect->bytes;
    transfer->sector = effect->sector;
    transfer->is_write = effect->is_write;
    stub->owed_ns +=
        (block_path_requests(stub->block, effect->bytes) - 1) * stub->frontend_ns;
    if (block_path_submit(stub->block, transfer))
        block_path_notify(stub->block);
    return true;
}

static void stub_send_packet(DeviceModel *model, int64_t bytes,
                             int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = device_model_runner(model);

    if (net_path_send(stub->net, bytes))
        net_path_notify(stub->net);
    stub->is_net_full = !net_path_has_place(stub->net);
}

static void stub_receive_packet(DeviceModel *model, int64_t now_ns G_GNUC_UNUSED)
{
    const Stub *stub = device_model_runner(model);

    net_path_receive(stub->net);
}

static Vcpu *stub_vcpu(const DeviceModel *model)
{
    const Stub *stub = device_model_runner(model);

    return stub->vcpu;
}

/* Life. */

static void stub_start(DeviceModel *model, int64_t now_ns G_GNUC_UNUSED)
{
    const Stub *stub = device_model_runner(model);

    block_path_open(stub->block);
    vcpu_start(stub->vcpu, false);
}

/* The stub domain is gone; its back ends finish what they have begun. */
static void stub_end(DeviceModel *model, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = device_model_runner(model);

    sim_disarm(sim_of(stub), &stub->timer);
    pv_cpu_reset(&stub->pv);
    stub->is_stepping = false;
    stub->timed_out = false;
    stub->is_net_full = false;
    stub->left_ns = 0;
    stub->owed_ns = 0;
    block_path_close(stub->block);
    net_path_close(stub->net);
}

static bool stub_has_ended(const DeviceModel *model)
{
    const Stub *stub = device_model_runner(model);

    return block_path_has_ended(stub->block);
}

static const RunnerOps runner_ops = {
    .signal = stub_signal,
    .submit_disk = stub_submit_disk,
    .send_packet = stub_send_packet,
    .receive_packet = stub_receive_packet,
    .vcpu = stub_vcpu,
    .event_vcpu = stub_vcpu,
    .waiting_stage = STAGE_SERVICE,
    .start = stub_start,
    .end = stub_end,
    .has_ended = stub_has_ended,
};

/* Building. */

static DeviceModelCosts stub_costs(const CostProfile *profile)
{
    const int64_t hypercall_ns = cost_ns(profile, COST_HYPERCALL);
    const int64_t ring_ns = cost_ns(profile, COST_FRONTEND) + hypercall_ns;
    DeviceModelCosts costs = device_model_costs(profile);

    costs.wake_ns = cost_ns(profile, COST_STUB_WAKE);
    costs.reply_ns += hypercall_ns;
    costs.disk_ns += ring_ns;
    costs.dma_start_ns = costs.disk_ns; /* asynchronous: Mini-OS has no thread for it */
    costs.packet_ns += ring_ns;
    costs.irq_ns += hypercall_ns;
    costs.start_ns = cost_ns(profile, COST_STUB_START);
    return costs;
}

static void open_channels(Stub *stub, Domain *guest)
{
    stub->channels = g_new(Channel, device_model_n_ports(guest));
    for (unsigned i = 0; i < device_model_n_ports(guest); i++) {
        Channel *channel = &stub->channels[i];

        channel->stub = stub;
        channel->model_port = i;
        channel->port = event_channels_open(stub->pv.channels,
                                            &(EventPort){ .handle = handle_request,
                                                          .owner = channel,
                                                          .run_for = guest });
    }
}

static void open_ports(Stub *stub, Domain *guest)
{
    EventChannels *channels = stub->pv.channels;

    open_channels(stub, guest);
    stub->timer_port = event_channels_open(
        channels,
        &(EventPort){ .handle = handle_timer, .owner = stub, .run_for = guest });
    stub->block_port =
        event_channels_open(channels, &(EventPort){ .handle = handle_block_response,
                                                    .owner = stub,
                                                    .handler_ns = stub->frontend_ns,
                                                    .run_for = guest });
    stub->net_port =
        event_channels_open(channels, &(EventPort){ .handle = handle_net_response,
                                                    .owner = stub,
                                                    .handler_ns = stub->frontend_ns,
                                                    .run_for = guest });
}

static void open_paths(Stub *stub, Domain *guest)
{
    stub->block = machine_add_block_path(stub->machine, guest, notified_of_block, stub);
    stub->net = machine_add_net_path(stub->machine, guest, notified_of_net, stub);
    for (unsigned i = 0; i < G_N_ELEMENTS(stub->requests); i++) {
        DiskRequest *request = &stub->requests[i];

        request->is_dma = i == 1;
        request->stub = stub;
        request->transfer =
            (BlockTransfer){ .complete = transfer_complete, .owner = request };
    }
}

static void free_stub(void *data)
{
    Stub *stub = data;

    pv_cpu_clear(&stub->pv);
    g_free(stub->channels);
    g_free(stub);
}

DeviceModel *stub_domain_add(Machine *machine, Domain *guest, bool is_adom)
{
    Host *host = machine->host;
    Stub *stub = g_new0(Stub, 1);
    Domain *domain = machine_add_stub_domain(machine, guest);
    const DeviceModelCosts costs = stub_costs(machine->profile);

    machine_own(machine, stub, free_stub);
    stub->machine = machine;
    stub->frontend_ns = cost_ns(machine->profile, COST_FRONTEND);
    stub->hypercall_ns = cost_ns(machine->profile, COST_HYPERCALL);
    stub->vcpu = host_add_vcpu(host, domain, domain->index % host->n_pcpus,
                               &pv_cpu_context, &stub->pv);
    pv_cpu_init(&stub->pv, stub->vcpu, &stub_ops, stub,
                cost_ns(machine->profile, COST_UPCALL));
    stub->pv.upcall_for = guest;
    stub->model = device_model_new(guest, &runner_ops, stub, &costs, &machine->path);
    open_ports(stub, guest);
    open_paths(stub, guest);
    sim_timer_add(host->sim, &stub->timer, RANK_GUEST, stub->vcpu->index, on_stub_timer,
                  stub);
    if (is_adom) {
        const int result = domain_attach(domain, guest);

        g_assert(result == 0);
    }
    return stub->model;
}
