#include "models/physical/physical.h"

#include "models/host/interrupt.h"

/* What serves one job at a time. */
typedef struct {
    PhysicalDevice *device;
    SimTimer timer;
    PhysicalJob *job; /* NULL: idle */
} Channel;

struct PhysicalDevice {
    Kernel *kernel;
    Sim *sim;
    DiskParams disk; /* a card is one of fixed times */
    Channel *channels;
    unsigned n_channels;
    RingNode waiting, finished;
    int64_t head_sector;  /* the first sector after the last job */
    int64_t link_free_ns; /* SSD: when its bytes will have gone */
    RingNode received;    /* frames, for the kernel's handler */
    unsigned port, receive_port;
    PhysicalJob stream;
    int64_t stream_backlog_bytes;
    unsigned n_waiting, n_backlog; /* jobs, and frames of the stream */
};

static PhysicalJob *job_of(RingNode *node)
{
    return RING_OWNER(node, PhysicalJob, node);
}

static PhysicalJob *first_of(RingNode *ring)
{
    return ring_is_empty(ring) ? NULL : job_of(ring->next);
}

/* Rounded up, as a transfer is complete with its last byte. */
static int64_t transfer_ns(const PhysicalDevice *device, int64_t bytes)
{
    const int64_t bytes_per_s = device->disk.bytes_per_s;
    const int64_t whole_s = bytes / bytes_per_s;
    const int64_t rest = bytes % bytes_per_s;

    return whole_s * NS_PER_S + (rest * NS_PER_S + bytes_per_s - 1) / bytes_per_s;
}

static int64_t end_of_rotating_ns(const PhysicalDevice *device, const PhysicalJob *job,
                                  int64_t now_ns)
{
    const DiskParams *disk = &device->disk;
    const int64_t there_ns =
        now_ns + disk_seek_ns(disk, disk_cylinder(disk, device->head_sector),
                              disk_cylinder(disk, job->sector));

    return there_ns + disk_rotation_ns(disk, job->sector, there_ns) +
           transfer_ns(device, job->bytes);
}

/* Accesses end in the order in which they begin, and so use the link. */
static int64_t end_of_flash_ns(PhysicalDevice *device, const PhysicalJob *job,
                               int64_t now_ns)
{
    const int64_t read_ns = now_ns + device->disk.access_ns;

    device->link_free_ns =
        MAX(read_ns, device->link_free_ns) + transfer_ns(device, job->bytes);
    return device->link_free_ns;
}

static int64_t end_of_job_ns(PhysicalDevice *device, const PhysicalJob *job,
                             int64_t now_ns)
{
    switch ((DiskKind)device->disk.kind) {
    case DISK_FIXED:
        return now_ns + device->disk.seek_ns + transfer_ns(device, job->bytes);
    case DISK_ROTATING:
        return end_of_rotating_ns(device, job, now_ns);
    case DISK_SSD:
        return end_of_flash_ns(device, job, now_ns);
    }
    g_assert_not_reached();
}

/* Of jobs at or past the head, the nearest; else the lowest sector. Of equals, the one
 * that came first. */
static bool comes_before(const PhysicalDevice *device, const PhysicalJob *a,
                         const PhysicalJob *b)
{
    const bool is_a_ahead = a->sector >= device->head_sector;
    const bool is_b_ahead = b->sector >= device->head_sector;

    if (is_a_ahead != is_b_ahead)
        return is_a_ahead;
    return a->sector < b->sector;
}

static PhysicalJob *choose_job(PhysicalDevice *device)
{
    PhysicalJob *best = first_of(&device->waiting);

    if (!best || device->disk.order == DISK_FIFO)
        return best;
    for (RingNode *node = best->node.next; node != &device->waiting; node = node->next)
        if (comes_before(device, job_of(node), best))
            best = job_of(node);
    return best;
}

static Channel *idle_channel(PhysicalDevice *device)
{
    for (unsigned i = 0; i < device->n_channels; i++)
        if (!device->channels[i].job)
            return &device->channels[i];
    return NULL;
}

static void begin_next(PhysicalDevice *device)
{
    const int64_t now_ns = sim_now_ns(device->sim);
    Channel *channel = idle_channel(device);
    PhysicalJob *job = channel ? choose_job(device) : NULL;

    if (!job)
        return;
    ring_remove(&job->node);
    device->n_waiting--;
    channel->job = job;
    sim_arm(device->sim, &channel->timer, end_of_job_ns(device, job, now_ns));
    device->head_sector = job->sector + job->bytes / DISK_SECTOR_BYTES;
}

/* Physical interrupts are taken by pCPU 0, whoever runs there; to Xen one costs what an
 * IPI does, and its handler is the kernel's. */
static void interrupt(const PhysicalDevice *device, unsigned port)
{
    Host *host = kernel_host(device->kernel);

    host_enter(host, &host->pcpus[0]);
    pcpu_interrupt(&host->pcpus[0], host->costs.ipi_ns, host_now_ns(host));
    kernel_send(device->kernel, port);
}

static void on_finished(void *owner, int64_t now_ns)
{
    Channel *channel = owner;
    PhysicalDevice *device = channel->device;

    if (channel->job->ended)
        channel->job->ended(channel->job->owner, now_ns);
    ring_push_back(&device->finished, &channel->job->node);
    channel->job = NULL;
    interrupt(device, device->port);
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

void physical_device_receive(PhysicalDevice *device, PhysicalFrame *frame)
{
    ring_push_back(&device->received, &frame->node);
    interrupt(device, device->receive_port);
}

/* It comes again for the next frame. */
static void handle_receive(void *owner, int64_t now_ns)
{
    PhysicalDevice *device = owner;
    PhysicalFrame *frame = RING_OWNER(device->received.next, PhysicalFrame, node);

    g_assert(!ring_is_empty(&device->received));
    ring_remove(&frame->node);
    frame->deliver(frame->owner, now_ns);
    if (!ring_is_empty(&device->received))
        kernel_send(device->kernel, device->receive_port);
}

void physical_device_submit(PhysicalDevice *device, PhysicalJob *job)
{
    g_assert(!job->is_pending);
    job->is_pending = true;
    ring_push_back(&device->waiting, &job->node);
    device->n_waiting++;
    begin_next(device);
}

static void send_backlog(PhysicalDevice *device)
{
    if (device->stream_backlog_bytes == 0)
        return;
    device->stream.bytes = device->stream_backlog_bytes;
    device->stream_backlog_bytes = 0;
    device->n_backlog = 0;
    physical_device_submit(device, &device->stream);
}

static void stream_complete(void *owner, int64_t now_ns G_GNUC_UNUSED)
{
    send_backlog(owner);
}

static void add_channels(PhysicalDevice *device, unsigned n, unsigned id)
{
    device->n_channels = n;
    device->channels = g_new0(Channel, n);
    for (unsigned i = 0; i < n; i++) {
        device->channels[i].device = device;
        sim_timer_add(device->sim, &device->channels[i].timer, RANK_DEVICE,
                      id + PHYSICAL_DEVICES * i, on_finished, &device->channels[i]);
    }
}

PhysicalDevice *physical_disk_new(Kernel *kernel, unsigned id, const DiskParams *disk,
                                  int64_t interrupt_ns)
{
    PhysicalDevice *device = g_new0(PhysicalDevice, 1);

    g_assert(id < PHYSICAL_DEVICES);
    g_assert(disk->bytes_per_s > 0 && disk->bytes_per_s <= INT64_MAX / NS_PER_S);
    device->kernel = kernel;
    device->sim = kernel_host(kernel)->sim;
    device->disk = *disk;
    ring_init(&device->waiting);
    ring_init(&device->finished);
    device->stream = (PhysicalJob){ .complete = stream_complete, .owner = device };
    device->port = kernel_open_port(kernel, &(EventPort){ .handle = handle_interrupt,
                                                          .owner = device,
                                                          .handler_ns = interrupt_ns });
    ring_init(&device->received);
    device->receive_port =
        kernel_open_port(kernel, &(EventPort){ .handle = handle_receive,
                                               .owner = device,
                                               .handler_ns = interrupt_ns });
    add_channels(device, disk->kind == DISK_SSD ? (unsigned)disk->n_channels : 1, id);
    return device;
}

PhysicalDevice *physical_device_new(Kernel *kernel, unsigned id, int64_t fixed_ns,
                                    int64_t bytes_per_s, int64_t interrupt_ns)
{
    return physical_disk_new(kernel, id,
                             &(DiskParams){ .kind = DISK_FIXED,
                                            .seek_ns = fixed_ns,
                                            .bytes_per_s = bytes_per_s },
                             interrupt_ns);
}

void physical_device_free(PhysicalDevice *device)
{
    if (!device)
        return;
    g_free(device->channels);
    g_free(device);
}

void physical_device_stream(PhysicalDevice *device, int64_t bytes)
{
    device->stream_backlog_bytes += bytes;
    device->n_backlog++;
    if (!device->stream.is_pending)
        send_backlog(device);
}

unsigned physical_device_n_queued(const PhysicalDevice *device)
{
    return device->n_waiting + device->n_backlog;
}
