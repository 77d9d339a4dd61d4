#include "models/physical.h"

struct PhysicalDevice {
    Kernel *kernel;
    Sim *sim;
    SimTimer timer;
    RingNode waiting, finished;
    int64_t fixed_ns, bytes_per_s;
    unsigned port;
    PhysicalJob stream;
    int64_t stream_backlog_bytes;
};

static PhysicalJob *first_of(RingNode *ring)
{
    return ring_is_empty(ring) ? NULL : RING_OWNER(ring->next, PhysicalJob, node);
}

/* Rounded up, as a transfer is complete with its last byte. */
static int64_t transfer_ns(const PhysicalDevice *device, int64_t bytes)
{
    const int64_t whole_s = bytes / device->bytes_per_s;
    const int64_t rest = bytes % device->bytes_per_s;

    return whole_s * NS_PER_S +
           (rest * NS_PER_S + device->bytes_per_s - 1) / device->bytes_per_s;
}

static void begin_next(PhysicalDevice *device)
{
    const PhysicalJob *job = first_of(&device->waiting);

    if (job)
        sim_arm(device->sim, &device->timer,
                sim_now_ns(device->sim) + device->fixed_ns +
                    transfer_ns(device, job->bytes));
}

/* Physical interrupts are taken by pCPU 0, whoever runs there. */
static void take_interrupt(Host *host)
{
    host_enter(host, &host->pcpus[0]);
    pcpu_delay(&host->pcpus[0], host->costs.ipi_ns);
}

static void on_finished(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    PhysicalDevice *device = owner;
    PhysicalJob *job = first_of(&device->waiting);

    ring_remove(&job->node);
    ring_push_back(&device->finished, &job->node);
    take_interrupt(kernel_host(device->kernel));
    kernel_send(device->kernel, device->port);
    begin_next(device);
}

static void handle_interrupt(void *owner, int64_t now_ns)
{
    PhysicalDevice *device = owner;
    PhysicalJob *job;

    while ((job = first_of(&device->finished))) {
        ring_remove(&job->node);
        job->is_pending = false;
        job->complete(job->owner, now_ns);
    }
}

void physical_device_submit(PhysicalDevice *device, PhysicalJob *job)
{
    const bool is_idle = ring_is_empty(&device->waiting);

    g_assert(!job->is_pending);
    job->is_pending = true;
    ring_push_back(&device->waiting, &job->node);
    if (is_idle)
        begin_next(device);
}

static void send_backlog(PhysicalDevice *device)
{
    if (device->stream_backlog_bytes == 0)
        return;
    device->stream.bytes = device->stream_backlog_bytes;
    device->stream_backlog_bytes = 0;
    physical_device_submit(device, &device->stream);
}

static void stream_complete(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    send_backlog(owner);
}

PhysicalDevice *physical_device_new(Kernel *kernel, unsigned id, int64_t fixed_ns,
                                    int64_t bytes_per_s, int64_t interrupt_ns)
{
    PhysicalDevice *device = g_new0(PhysicalDevice, 1);

    g_assert(bytes_per_s > 0 && bytes_per_s <= INT64_MAX / NS_PER_S);
    device->kernel = kernel;
    device->sim = kernel_host(kernel)->sim;
    device->fixed_ns = fixed_ns;
    device->bytes_per_s = bytes_per_s;
    ring_init(&device->waiting);
    ring_init(&device->finished);
    device->stream = (PhysicalJob){ .complete = stream_complete, .owner = device };
    device->port = kernel_open_port(kernel, &(EventPort){ .handle = handle_interrupt,
                                                          .owner = device,
                                                          .handler_ns = interrupt_ns });
    sim_timer_add(device->sim, &device->timer, RANK_DEVICE, id, on_finished, device);
    return device;
}

void physical_device_free(PhysicalDevice *device)
{
    g_free(device);
}

void physical_device_stream(PhysicalDevice *device, int64_t bytes)
{
    device->stream_backlog_bytes += bytes;
    if (!device->stream.is_pending)
        send_backlog(device);
}
