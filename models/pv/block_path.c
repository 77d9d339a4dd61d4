#include "models/pv/block_path.h"

#include "models/pv/shared_ring.h"

#define SECTOR_BYTES 512

/* One place of the ring, on both sides. */
typedef struct {
    RingNode node; /* in the back end's list of those that the disk is done with */
    PhysicalJob job;
    BlockPath *path;
    BlockTransfer *transfer;
    bool is_on_disk; /* or has been */
} BlockRequest;

struct BlockPath {
    BlockPathParams params;
    SharedRing ring;
    BlockRequest *requests;
    uint32_t *free_requests; /* a stack of their indices */
    uint32_t n_free;
    RingNode waiting; /* transfers, or what is left of them, without a place */
    Task backend;
    BlockRequest *serving; /* by the back end's thread */
    bool is_closed;        /* by the front end's end */
    RingNode answered;     /* requests that the disk is done with */
    unsigned port;
};

static int64_t request_bytes_max(const BlockPath *path)
{
    return (int64_t)path->params.n_segments * BLOCK_SEGMENT_BYTES;
}

unsigned block_path_requests(const BlockPath *path, int64_t bytes)
{
    const int64_t most = request_bytes_max(path);

    return (unsigned)((bytes + most - 1) / most);
}

/* The front end. */

static void put_request(BlockPath *path, BlockTransfer *transfer)
{
    const uint32_t index = path->free_requests[--path->n_free];
    BlockRequest *request = &path->requests[index];

    request->transfer = transfer;
    request->is_on_disk = false;
    request->job.bytes =
        MIN(transfer->bytes - transfer->begun_bytes, request_bytes_max(path));
    request->job.sector = path->params.first_sector + transfer->sector +
                          transfer->begun_bytes / SECTOR_BYTES;
    request->job.is_write = transfer->is_write;
    transfer->begun_bytes += request->job.bytes;
    transfer->n_under_way++;
    shared_ring_begin(&path->ring, index,
                      host_now_ns(kernel_host(path->params.kernel)));
    ring_write(&path->ring, &path->ring.requests, index);
}

bool block_path_refill(BlockPath *path)
{
    while (!ring_is_empty(&path->waiting) && shared_ring_free_places(&path->ring) > 0) {
        BlockTransfer *first = RING_OWNER(path->waiting.next, BlockTransfer, node);

        put_request(path, first);
        if (first->begun_bytes == first->bytes)
            ring_remove(&first->node);
    }
    return ring_publish(&path->ring.requests);
}

bool block_path_submit(BlockPath *path, BlockTransfer *transfer)
{
    g_assert(!transfer->is_pending && transfer->bytes > 0);
    transfer->is_pending = true;
    transfer->begun_bytes = 0;
    transfer->n_under_way = 0;
    ring_push_back(&path->waiting, &transfer->node);
    return block_path_refill(path);
}

void block_path_notify(BlockPath *path)
{
    host_count(kernel_host(path->params.kernel), COUNT_EVENT_HYPERCALLS);
    kernel_send(path->params.kernel, path->port);
}

unsigned block_path_n_responses(const BlockPath *path)
{
    return ring_n_more(&path->ring.responses);
}

void block_path_await(BlockPath *path)
{
    ring_await(&path->ring.responses, 1);
}

void block_path_take_response(BlockPath *path, int64_t now_ns)
{
    BlockTransfer *transfer;
    uint32_t index;

    if (!ring_take(&path->ring, &path->ring.responses, &index))
        return;
    path->free_requests[path->n_free++] = index;
    transfer = path->requests[index].transfer;
    transfer->n_under_way--;
    if (transfer->n_under_way == 0 && transfer->begun_bytes == transfer->bytes) {
        transfer->is_pending = false;
        transfer->complete(transfer->owner, now_ns);
    }
}

/* The back end. */

/* Answers first: they free the ring. */
static BlockRequest *next_request(BlockPath *path)
{
    uint32_t index;

    if (!ring_is_empty(&path->answered)) {
        BlockRequest *first = RING_OWNER(path->answered.next, BlockRequest, node);

        ring_remove(&first->node);
        return first;
    }
    if (ring_take(&path->ring, &path->ring.requests, &index))
        return &path->requests[index];
    ring_await(&path->ring.requests, 1);
    return NULL;
}

static void free_place(BlockPath *path, const BlockRequest *request)
{
    path->free_requests[path->n_free++] = (uint32_t)(request - path->requests);
}

static void respond(BlockPath *path, const BlockRequest *request, int64_t now_ns)
{
    const uint32_t index = (uint32_t)(request - path->requests);

    shared_ring_end(&path->ring, index, path->params.run_for, now_ns);
    ring_write(&path->ring, &path->ring.responses, index);
    if (!ring_publish(&path->ring.responses))
        return;
    host_count(kernel_host(path->params.kernel), COUNT_EVENT_HYPERCALLS);
    path->params.notify(path->params.front_end, now_ns);
}

/* The thread's run for it is over. */
static void finish_request(BlockPath *path, BlockRequest *request, int64_t now_ns)
{
    if (path->is_closed) {
        free_place(path, request);
        return;
    }
    if (request->is_on_disk || !path->params.disk) {
        respond(path, request, now_ns);
        return;
    }
    request->is_on_disk = true;
    physical_device_submit(path->params.disk, &request->job);
}

static void backend_advance(Task *task, int64_t now_ns)
{
    BlockPath *path = task->owner;

    if (path->serving)
        finish_request(path, path->serving, now_ns);
    path->serving = next_request(path);
    if (path->serving)
        task_run(task, path->params.backend_ns, path->params.run_for);
    else
        task_sleep(task, TIME_NEVER_NS);
}

static const TaskOps backend_ops = {
    .name = "blkback",
    .advance = backend_advance,
};

static void handle_event(void *owner, int64_t now_ns)
{
    BlockPath *path = owner;

    task_wake(&path->backend, now_ns);
}

static void disk_complete(void *owner, int64_t now_ns)
{
    BlockRequest *request = owner;

    ring_push_back(&request->path->answered, &request->node);
    task_wake(&request->path->backend, now_ns);
}

/* Life. */

static void init_requests(BlockPath *path)
{
    const uint32_t n = path->params.n_places;

    path->requests = g_new0(BlockRequest, n);
    path->free_requests = g_new(uint32_t, n);
    path->n_free = n;
    for (uint32_t i = 0; i < n; i++) {
        BlockRequest *request = &path->requests[i];

        ring_init(&request->node);
        request->path = path;
        request->job = (PhysicalJob){ .complete = disk_complete, .owner = request };
        path->free_requests[i] = n - 1 - i;
    }
}

BlockPath *block_path_new(const BlockPathParams *params)
{
    BlockPath *path = g_new0(BlockPath, 1);

    g_assert(params->n_segments > 0);
    path->params = *params;
    shared_ring_init(&path->ring, RING_BLOCK, params->n_places);
    init_requests(path);
    ring_init(&path->waiting);
    ring_init(&path->answered);
    task_init(&path->backend, params->kernel, &backend_ops, path);
    path->port =
        kernel_open_port(params->kernel, &(EventPort){ .handle = handle_event,
                                                       .owner = path,
                                                       .handler_ns = params->wake_ns,
                                                       .run_for = params->run_for });
    return path;
}

static void forget_transfers(BlockPath *path)
{
    while (!ring_is_empty(&path->waiting)) {
        BlockTransfer *transfer = RING_OWNER(path->waiting.next, BlockTransfer, node);

        ring_remove(&transfer->node);
        transfer->is_pending = false;
    }
    for (uint32_t i = 0; i < path->params.n_places; i++) {
        if (path->requests[i].transfer)
            path->requests[i].transfer->is_pending = false;
        path->requests[i].transfer = NULL;
    }
}

void block_path_close(BlockPath *path)
{
    uint32_t index;

    path->is_closed = true;
    forget_transfers(path);
    while (ring_take(&path->ring, &path->ring.requests, &index) ||
           ring_take(&path->ring, &path->ring.responses, &index))
        free_place(path, &path->requests[index]);
}

bool block_path_has_ended(const BlockPath *path)
{
    return path->is_closed && path->n_free == path->params.n_places &&
           path->backend.state == TASK_SLEEPING;
}

void block_path_open(BlockPath *path)
{
    g_assert(block_path_has_ended(path));
    path->is_closed = false;
    shared_ring_reset(&path->ring);
    for (uint32_t i = 0; i < path->n_free; i++)
        path->free_requests[i] = path->n_free - 1 - i;
}

void block_path_free(BlockPath *path)
{
    if (!path)
        return;
    shared_ring_clear(&path->ring);
    g_free(path->requests);
    g_free(path->free_requests);
    g_free(path);
}
