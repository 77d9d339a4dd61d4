#include "models/stub_domain.h"

typedef struct Stub Stub;

typedef enum {
    BLOCK_FREE,
    BLOCK_REQUESTED, /* on the ring, for the back end */
    BLOCK_ON_DISK,
    BLOCK_ANSWERED, /* the disk is done with it */
    BLOCK_RETURNED, /* on the ring, for the front end */
} BlockState;

typedef struct {
    PhysicalJob job;
    Stub *stub;
    BlockState state;
    bool is_dma;
} BlockRequest;

/* The event channel of one vCPU of the guest. */
typedef struct {
    Stub *stub;
    unsigned guest_vcpu, port;
} Channel;

struct Stub {
    PvCpu pv;
    Machine *machine;
    DeviceModel *model;
    Vcpu *vcpu;
    SimTimer timer;
    Channel *channels;               /* one for each vCPU of the guest */
    unsigned block_port, timer_port; /* on the stub's vCPU */
    int64_t left_ns;                 /* of the interrupted step */
    bool is_stepping, timed_out;

    Task backend; /* blkback's thread in dom0 */
    BlockRequest
        requests[2];       /* a read that is waited for, and a transfer that is not */
    BlockRequest *serving; /* by the back end; NULL: it sleeps */
    unsigned blkback_port, netback_port; /* on dom0's vCPU 0 */
    int64_t backend_ns;
    int64_t packet_bytes; /* handed to netback, not yet sent */
};

static Sim *sim_of(const Stub *stub)
{
    return stub->machine->host->sim;
}

/* Mini-OS's main thread. */

static void stub_resume(PvCpu *pv, int64_t now_ns)
{
    Stub *stub = pv->owner;
    const bool timed_out = stub->timed_out;
    int64_t run_ns;

    if (stub->is_stepping) {
        pv_cpu_run(pv, stub->left_ns, device_model_guest(stub->model));
        return;
    }
    stub->timed_out = false;
    if (device_model_advance(stub->model, timed_out, now_ns, &run_ns)) {
        stub->is_stepping = true;
        sim_disarm(sim_of(stub), &stub->timer);
        pv_cpu_run(pv, run_ns, device_model_guest(stub->model));
        return;
    }
    /* qemu's copy keeps its select() timeout, by the single-shot timer. */
    if (!device_model_is_blocked(stub->model) && stub->machine->select_timeout_ns > 0)
        sim_arm(sim_of(stub), &stub->timer, now_ns + stub->machine->select_timeout_ns);
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

static void on_stub_timer(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = owner;

    host_enter(stub->machine->host, stub->vcpu->pcpu);
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

    device_model_deliver(channel->stub->model, channel->guest_vcpu, now_ns);
}

static void handle_block_response(void *owner, int64_t now_ns)
{
    Stub *stub = owner;

    for (unsigned i = 0; i < G_N_ELEMENTS(stub->requests); i++) {
        BlockRequest *request = &stub->requests[i];

        if (request->state != BLOCK_RETURNED)
            continue;
        request->state = BLOCK_FREE;
        device_model_disk_done(stub->model, request->is_dma, now_ns);
    }
}

/* dom0's back ends. */

static BlockRequest *find_request(Stub *stub, BlockState state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(stub->requests); i++)
        if (stub->requests[i].state == state)
            return &stub->requests[i];
    return NULL;
}

/* Answers first: they free the ring. */
static void backend_look(Stub *stub)
{
    stub->serving = find_request(stub, BLOCK_ANSWERED);
    if (!stub->serving)
        stub->serving = find_request(stub, BLOCK_REQUESTED);
    if (stub->serving)
        task_run(&stub->backend, stub->backend_ns, device_model_guest(stub->model));
    else
        task_sleep(&stub->backend, TIME_NEVER_NS);
}

static void backend_finish(Stub *stub, BlockRequest *request)
{
    if (request->state == BLOCK_REQUESTED) {
        request->state = BLOCK_ON_DISK;
        physical_device_submit(stub->machine->disk, &request->job);
        return;
    }
    request->state = BLOCK_RETURNED;
    event_send(stub->pv.channels, stub->block_port);
}

static void backend_advance(Task *task, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = task->owner;

    if (stub->serving)
        backend_finish(stub, stub->serving);
    backend_look(stub);
}

static const TaskOps backend_ops = {
    .name = "blkback",
    .advance = backend_advance,
};

static void handle_blkback(void *owner, int64_t now_ns)
{
    Stub *stub = owner;

    task_wake(&stub->backend, now_ns);
}

static void disk_complete(void *owner, int64_t now_ns)
{
    BlockRequest *request = owner;

    request->state = BLOCK_ANSWERED;
    handle_blkback(request->stub, now_ns);
}

/* netback's tasklet: part of the handler. */
static void handle_netback(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = owner;

    physical_device_stream(stub->machine->nic, stub->packet_bytes);
    stub->packet_bytes = 0;
}

/* The runner's side of the device model. */

static void stub_signal(DeviceModel *model, unsigned guest_vcpu,
                        int64_t now_ns G_GNUC_UNUSED)
{
    const Stub *stub = device_model_runner(model);

    event_send(stub->pv.channels, stub->channels[guest_vcpu].port);
}

/* blkfront notifies only if the back end has gone to sleep. */
static bool stub_submit_disk(DeviceModel *model, int64_t bytes, bool is_dma,
                             int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = device_model_runner(model);
    BlockRequest *request = &stub->requests[is_dma];

    if (!stub->machine->disk)
        return false;
    g_assert(request->state == BLOCK_FREE);
    request->state = BLOCK_REQUESTED;
    request->job.bytes = bytes;
    if (!stub->serving)
        kernel_send(stub->machine->kernel, stub->blkback_port);
    return true;
}

static void stub_send_packet(DeviceModel *model, int64_t bytes,
                             int64_t now_ns G_GNUC_UNUSED)
{
    Stub *stub = device_model_runner(model);

    stub->packet_bytes += bytes;
    kernel_send(stub->machine->kernel, stub->netback_port);
}

static Vcpu *stub_vcpu(const DeviceModel *model)
{
    const Stub *stub = device_model_runner(model);

    return stub->vcpu;
}

static const RunnerOps runner_ops = {
    .signal = stub_signal,
    .submit_disk = stub_submit_disk,
    .send_packet = stub_send_packet,
    .vcpu = stub_vcpu,
    .event_vcpu = stub_vcpu,
    .waiting_stage = STAGE_SERVICE,
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
    costs.packet_ns += ring_ns;
    costs.irq_ns += hypercall_ns;
    return costs;
}

static void open_channels(Stub *stub, Domain *guest)
{
    stub->channels = g_new(Channel, guest->vcpus->len);
    for (unsigned i = 0; i < guest->vcpus->len; i++) {
        Channel *channel = &stub->channels[i];

        channel->stub = stub;
        channel->guest_vcpu = i;
        channel->port = event_channels_open(stub->pv.channels,
                                            &(EventPort){ .handle = handle_request,
                                                          .owner = channel,
                                                          .run_for = guest });
    }
}

static void open_ports(Stub *stub, Domain *guest)
{
    Machine *machine = stub->machine;
    EventChannels *channels = stub->pv.channels;
    const int64_t wake_ns = cost_ns(machine->profile, COST_TASK_WAKE);
    const int64_t frontend_ns = cost_ns(machine->profile, COST_FRONTEND);

    open_channels(stub, guest);
    stub->timer_port = event_channels_open(
        channels,
        &(EventPort){ .handle = handle_timer, .owner = stub, .run_for = guest });
    stub->block_port =
        event_channels_open(channels, &(EventPort){ .handle = handle_block_response,
                                                    .owner = stub,
                                                    .handler_ns = frontend_ns,
                                                    .run_for = guest });
    stub->blkback_port =
        kernel_open_port(machine->kernel, &(EventPort){ .handle = handle_blkback,
                                                        .owner = stub,
                                                        .handler_ns = wake_ns,
                                                        .run_for = guest });
    stub->netback_port =
        kernel_open_port(machine->kernel, &(EventPort){ .handle = handle_netback,
                                                        .owner = stub,
                                                        .handler_ns = stub->backend_ns,
                                                        .run_for = guest });
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
    stub->backend_ns = cost_ns(machine->profile, COST_BACKEND);
    stub->vcpu = host_add_vcpu(host, domain, domain->index % host->n_pcpus,
                               &pv_cpu_context, &stub->pv);
    pv_cpu_init(&stub->pv, stub->vcpu, &stub_ops, stub,
                cost_ns(machine->profile, COST_UPCALL));
    stub->pv.upcall_for = guest;
    stub->model =
        device_model_new(guest, &runner_ops, stub, &costs, machine->n_posted_places);
    for (unsigned i = 0; i < G_N_ELEMENTS(stub->requests); i++) {
        stub->requests[i].is_dma = i == 1;
        stub->requests[i].stub = stub;
        stub->requests[i].job =
            (PhysicalJob){ .complete = disk_complete, .owner = &stub->requests[i] };
    }
    task_init(&stub->backend, machine->kernel, &backend_ops, stub);
    open_ports(stub, guest);
    sim_timer_add(host->sim, &stub->timer, RANK_GUEST, stub->vcpu->index, on_stub_timer,
                  stub);
    if (is_adom) {
        const int result = domain_attach(domain, guest);

        g_assert(result == 0);
    }
    return stub->model;
}
