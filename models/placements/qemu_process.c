#include "models/placements/qemu_process.h"

#include "models/guest/device_model.h"
#include "models/placements/kernel_front.h"

/* Xen 3.1, ioemu's ide.c: the disk thread reads or writes 16 sectors at a time. */
#define THREAD_BYTES INT64_C(8192)

/* read() gets the port, write() unmasks it (Xen 3.1, helper2.c). */
#define CALLS_PER_WAKE 2

typedef enum {
    THREAD_IDLE,
    THREAD_SUBMITTING,
    THREAD_WAITING,
    THREAD_FINISHING,
} ThreadStep;

typedef struct Qemu Qemu;

/* The event channel of one port of the device model. */
typedef struct {
    Qemu *qemu;
    unsigned model_port, port;
} Channel;

/* To the disk that the kernel drives, or by its blkfront. */
typedef struct {
    PhysicalJob job;
    BlockTransfer transfer;
    int64_t owed_ns; /* the front end's work that its asker has not paid yet */
} DiskRequest;

struct Qemu {
    Machine *machine;
    Kernel *kernel;
    DeviceModel *model;
    bool has_ring; /* to the disk: its front end may be owed time */
    Task process, disk_thread;
    Channel *channels; /* one for each port */
    DiskRequest read, dma;
    KernelFront *front;
    int64_t image_sector; /* where the guest's disk begins */
    Effect dma_effect;    /* what the disk thread has been asked for */
    ThreadStep thread_step;
    int64_t part_ns;   /* what a part of a transfer costs the thread */
    int64_t submit_ns; /* and what asking another domain's disk for all of it does */
    int64_t irq_ns;
};

/* The process. */

/* When select() returns with nothing ready: by its timeout, or for the loop's timer. */
static int64_t select_ends_ns(const Qemu *qemu, int64_t now_ns)
{
    const int64_t timeout_ns = qemu->machine->select_timeout_ns;
    const int64_t timer_ns = device_model_timer_ns(qemu->model);

    if (timeout_ns == 0)
        return TIME_NEVER_NS;
    return kernel_select_ends_ns(qemu->kernel, now_ns,
                                 MIN(timeout_ns, MAX(timer_ns - now_ns, 1)));
}

static int64_t take_owed_ns(DiskRequest *request)
{
    const int64_t owed_ns = request->owed_ns;

    request->owed_ns = 0;
    return owed_ns;
}

/* A disk thread pays by itself for what it has asked for. */
static int64_t process_owed_ns(Qemu *qemu)
{
    const bool has_thread = qemu->machine->path.completion == COMPLETION_THREAD;

    if (!qemu->has_ring)
        return 0;
    return kernel_front_take_owed_ns(qemu->front) + take_owed_ns(&qemu->read) +
           (has_thread ? 0 : take_owed_ns(&qemu->dma));
}

static void qemu_advance(Task *task, int64_t now_ns)
{
    Qemu *qemu = task->owner;
    const bool timed_out = task_take_timeout(task, now_ns);
    int64_t run_ns;

    if (device_model_is_ending(qemu->model)) {
        task_sleep(task, TIME_NEVER_NS);
        return;
    }
    switch (device_model_advance(qemu->model, timed_out, now_ns, &run_ns)) {
    case NEXT_RUN:
        task_run(task, run_ns + process_owed_ns(qemu), device_model_guest(qemu->model));
        return;
    case NEXT_SELECT:
        task_sleep(task, select_ends_ns(qemu, now_ns));
        return;
    case NEXT_DISK:
        task_sleep(task, TIME_NEVER_NS);
        return;
    }
}

static void qemu_resumed(Task *task, int64_t now_ns)
{
    const Qemu *qemu = task->owner;

    device_model_resumed(qemu->model, now_ns);
}

static void qemu_paused(Task *task, int64_t now_ns)
{
    const Qemu *qemu = task->owner;

    device_model_paused(qemu->model, now_ns);
}

static const TaskOps qemu_ops = {
    .name = "qemu-dm",
    .advance = qemu_advance,
    .resumed = qemu_resumed,
    .paused = qemu_paused,
};

/*
 * The disk thread. Its first read waits for the disk; the others find what the kernel
 * has read ahead meanwhile (128 KiB, as much as a transfer can be), and writes are
 * taken to fare the same. The thread sets the interrupt line by itself.
 */

static void submit(Qemu *qemu, DiskRequest *request, const Effect *effect)
{
    if (kernel_front_has_block(qemu->front)) {
        request->transfer.bytes = effect->bytes;
        request->transfer.sector = effect->sector;
        request->transfer.is_write = effect->is_write;
        request->owed_ns += kernel_front_submit(qemu->front, &request->transfer);
        return;
    }
    request->job.bytes = effect->bytes;
    request->job.sector = qemu->image_sector + effect->sector;
    request->job.is_write = effect->is_write;
    physical_device_submit(qemu->machine->disk, &request->job);
}

static void thread_run(Qemu *qemu, ThreadStep step, int64_t run_ns)
{
    qemu->thread_step = step;
    task_run(&qemu->disk_thread, run_ns, device_model_guest(qemu->model));
}

static void thread_finish(Qemu *qemu)
{
    const int64_t n_parts = (qemu->dma_effect.bytes + THREAD_BYTES - 1) / THREAD_BYTES;

    thread_run(qemu, THREAD_FINISHING,
               n_parts * qemu->part_ns + take_owed_ns(&qemu->dma) + qemu->irq_ns);
}

static void thread_advance(Task *task, int64_t now_ns)
{
    Qemu *qemu = task->owner;

    switch (qemu->thread_step) {
    case THREAD_IDLE:
        thread_run(qemu, THREAD_SUBMITTING, qemu->part_ns + qemu->submit_ns);
        return;
    case THREAD_SUBMITTING:
        if (!qemu->machine->disk) {
            thread_finish(qemu);
            return;
        }
        qemu->thread_step = THREAD_WAITING;
        submit(qemu, &qemu->dma, &qemu->dma_effect);
        task_sleep(task, TIME_NEVER_NS);
        return;
    case THREAD_WAITING:
        thread_finish(qemu);
        return;
    case THREAD_FINISHING:
        qemu->thread_step = THREAD_IDLE;
        device_model_transfer_done(qemu->model, now_ns);
        task_sleep(task, TIME_NEVER_NS);
        return;
    }
}

static const TaskOps thread_ops = {
    .name = "qemu-disk",
    .advance = thread_advance,
};

static bool has_own_kernel(const Qemu *qemu)
{
    return qemu->kernel != qemu->machine->kernel;
}

/* Its stub domain is gone, and nobody is left to be told. */
static bool is_orphan(const Qemu *qemu)
{
    return has_own_kernel(qemu) && device_model_is_ending(qemu->model);
}

static void dma_complete(void *owner, int64_t now_ns)
{
    Qemu *qemu = owner;

    if (is_orphan(qemu))
        return;
    if (qemu->machine->path.completion == COMPLETION_THREAD) {
        task_wake(&qemu->disk_thread, now_ns);
        return;
    }
    device_model_disk_done(qemu->model, true, now_ns);
    if (qemu->machine->path.completion != COMPLETION_LOST)
        task_wake(&qemu->process, now_ns);
}

static void read_complete(void *owner, int64_t now_ns)
{
    Qemu *qemu = owner;

    device_model_disk_done(qemu->model, false, now_ns);
    if (!is_orphan(qemu))
        task_wake(&qemu->process, now_ns);
}

/* The runner's side of the device model. */

static void handle_port(void *owner, int64_t now_ns)
{
    const Channel *channel = owner;
    Qemu *qemu = channel->qemu;

    if (!device_model_is_blocked(qemu->model))
        task_wake(&qemu->process, now_ns);
    device_model_deliver(qemu->model, channel->model_port, now_ns);
}

static void qemu_signal(DeviceModel *model, unsigned port, int64_t now_ns G_GNUC_UNUSED)
{
    const Qemu *qemu = device_model_runner(model);

    kernel_send(qemu->kernel, qemu->channels[port].port);
}

static bool qemu_submit_disk(DeviceModel *model, const Effect *effect, int64_t now_ns)
{
    Qemu *qemu = device_model_runner(model);
    const bool is_dma = effect->kind == EFFECT_DISK_DMA;

    if (is_dma && qemu->machine->path.completion == COMPLETION_THREAD) {
        qemu->dma_effect = *effect;
        task_wake(&qemu->disk_thread, now_ns);
        return true;
    }
    if (!qemu->machine->disk)
        return false;
    submit(qemu, is_dma ? &qemu->dma : &qemu->read, effect);
    return true;
}

static void qemu_send_packet(DeviceModel *model, int64_t bytes,
                             int64_t now_ns G_GNUC_UNUSED)
{
    const Qemu *qemu = device_model_runner(model);

    kernel_front_send(qemu->front, bytes);
}

static void qemu_receive_packet(DeviceModel *model, int64_t now_ns)
{
    const Qemu *qemu = device_model_runner(model);

    kernel_front_receive(qemu->front, now_ns);
}

/* The tap can be read. */
static void frame_arrived(void *owner, int64_t now_ns)
{
    Qemu *qemu = owner;

    device_model_frame_arrived(qemu->model);
    if (!device_model_is_blocked(qemu->model))
        task_wake(&qemu->process, now_ns);
}

static Vcpu *qemu_vcpu(const DeviceModel *model)
{
    const Qemu *qemu = device_model_runner(model);

    return task_vcpu(&qemu->process);
}

static Vcpu *qemu_event_vcpu(const DeviceModel *model)
{
    const Qemu *qemu = device_model_runner(model);

    return kernel_event_vcpu(qemu->kernel);
}

/* Life. A process that is told to end does so when its step is over; in a stub domain
 * it ends with its kernel. What is on the disk cannot be called back. */

static void qemu_start(DeviceModel *model, int64_t now_ns)
{
    Qemu *qemu = device_model_runner(model);

    kernel_front_open(qemu->front);
    if (has_own_kernel(qemu)) {
        task_wake_at(&qemu->process, now_ns); /* its kernel finds it due */
        kernel_start(qemu->kernel);
    } else {
        task_wake(&qemu->process, now_ns);
    }
}

static void qemu_end(DeviceModel *model, int64_t now_ns G_GNUC_UNUSED)
{
    Qemu *qemu = device_model_runner(model);

    task_forget_timeout(&qemu->process);
    kernel_front_close(qemu->front, has_own_kernel(qemu));
    if (!has_own_kernel(qemu))
        return;
    task_reset(&qemu->process);
    task_reset(&qemu->disk_thread);
    kernel_stop(qemu->kernel);
    qemu->thread_step = THREAD_IDLE;
    qemu->read.owed_ns = 0;
    qemu->dma.owed_ns = 0;
}

static bool is_pending(const DiskRequest *request)
{
    return request->job.is_pending || request->transfer.is_pending;
}

static bool qemu_has_ended(const DeviceModel *model)
{
    const Qemu *qemu = device_model_runner(model);

    return qemu->process.state == TASK_SLEEPING &&
           qemu->disk_thread.state == TASK_SLEEPING &&
           qemu->thread_step == THREAD_IDLE && !is_pending(&qemu->read) &&
           !is_pending(&qemu->dma) && kernel_front_has_ended(qemu->front);
}

static const RunnerOps runner_ops = {
    .signal = qemu_signal,
    .submit_disk = qemu_submit_disk,
    .send_packet = qemu_send_packet,
    .receive_packet = qemu_receive_packet,
    .vcpu = qemu_vcpu,
    .event_vcpu = qemu_event_vcpu,
    .waiting_stage = STAGE_WAIT_TASK,
    .start = qemu_start,
    .end = qemu_end,
    .has_ended = qemu_has_ended,
};

static DeviceModelCosts process_costs(const CostProfile *profile, Completion completion)
{
    const int64_t call_ns = cost_ns(profile, COST_SYSTEM_CALL);
    const int64_t hypercall_ns = cost_ns(profile, COST_HYPERCALL);
    DeviceModelCosts costs = device_model_costs(profile);

    costs.wake_ns = cost_ns(profile, COST_QEMU_WAKE) + CALLS_PER_WAKE * call_ns;
    costs.reply_ns += call_ns + hypercall_ns;
    costs.loop_ns += call_ns;
    costs.disk_ns += call_ns;
    /* The thread is told by a pipe. */
    costs.dma_start_ns = completion == COMPLETION_THREAD ? call_ns : costs.disk_ns;
    costs.packet_ns += call_ns;
    costs.irq_ns += call_ns + hypercall_ns;
    costs.start_ns = cost_ns(profile, COST_QEMU_START);
    return costs;
}

static void open_channels(Qemu *qemu, Domain *guest, int64_t wake_ns)
{
    qemu->channels = g_new(Channel, device_model_n_ports(guest));
    for (unsigned i = 0; i < device_model_n_ports(guest); i++) {
        Channel *channel = &qemu->channels[i];

        channel->qemu = qemu;
        channel->model_port = i;
        channel->port =
            kernel_open_port(qemu->kernel, &(EventPort){ .handle = handle_port,
                                                         .owner = channel,
                                                         .handler_ns = wake_ns,
                                                         .run_for = guest });
    }
}

static void init_request(DiskRequest *request,
                         void (*complete)(void *owner, int64_t now_ns), Qemu *qemu)
{
    request->job = (PhysicalJob){ .complete = complete, .owner = qemu };
    request->transfer = (BlockTransfer){ .complete = complete, .owner = qemu };
}

static void free_qemu(void *data)
{
    Qemu *qemu = data;

    g_free(qemu->channels);
    g_free(qemu);
}

DeviceModel *qemu_process_add(Machine *machine, Kernel *kernel,
                              const CostProfile *profile, Domain *guest)
{
    Qemu *qemu = g_new0(Qemu, 1);
    DeviceModelCosts costs = process_costs(profile, machine->path.completion);

    machine_own(machine, qemu, free_qemu);
    costs.completion_ns = machine->disk_completion_ns;
    qemu->machine = machine;
    qemu->kernel = kernel;
    if (has_own_kernel(qemu))
        costs.start_ns += cost_ns(profile, COST_LINUX_START);
    qemu->front = kernel_front_new(machine, kernel, guest, frame_arrived, qemu);
    qemu->part_ns = costs.disk_ns;
    qemu->has_ring = kernel_front_has_block(qemu->front);
    qemu->submit_ns = kernel_front_block_ns(qemu->front);
    costs.disk_ns += qemu->submit_ns;
    costs.packet_ns += kernel_front_net_ns(qemu->front);
    qemu->model = device_model_new(guest, &runner_ops, qemu, &costs, &machine->path);
    qemu->image_sector = machine->image_sector;
    qemu->irq_ns = costs.irq_ns;
    init_request(&qemu->read, read_complete, qemu);
    init_request(&qemu->dma, dma_complete, qemu);
    task_init(&qemu->process, kernel, &qemu_ops, qemu);
    task_init(&qemu->disk_thread, kernel, &thread_ops, qemu);
    task_wake_at(&qemu->process, select_ends_ns(qemu, 0));
    open_channels(qemu, guest, cost_ns(profile, COST_TASK_WAKE));
    return qemu->model;
}
