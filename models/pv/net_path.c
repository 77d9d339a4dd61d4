#include "models/pv/net_path.h"

#include "models/pv/shared_ring.h"

/* What a path has for the tasklet. It has a port of its own, so that its time is
 * attributed; only the first in the queue is sent. */
typedef struct {
    RingNode node;
    NetPath *path;
    unsigned port;
} Work;

struct NetPath {
    NetPathParams params;
    SharedRing transmit, receive;
    int64_t *frame_bytes; /* by place of the ring */
    uint32_t n_sent;      /* the next place, before it wraps around */
    Work transmitting, receiving;
    unsigned n_incoming; /* at the bridge, for the tasklet */
};

/* The tasklet. */

static void begin_first(const NetPath *path)
{
    const RingNode *queue = &path->params.netback->queue;

    if (!ring_is_empty(queue))
        kernel_send(path->params.kernel, RING_OWNER(queue->next, Work, node)->port);
}

static void schedule(Work *work)
{
    RingNode *queue = &work->path->params.netback->queue;
    const bool is_first = ring_is_empty(queue);

    if (ring_is_linked(&work->node))
        return;
    ring_push_back(queue, &work->node);
    if (is_first)
        begin_first(work->path);
}

static void finish(Work *work, bool has_more)
{
    ring_remove(&work->node);
    if (has_more)
        ring_push_back(&work->path->params.netback->queue, &work->node);
    begin_first(work->path);
}

/* Whoever is next begins only if this one had begun. */
static void drop(Work *work)
{
    const bool was_first = work->path->params.netback->queue.next == &work->node;

    ring_remove(&work->node);
    if (was_first)
        begin_first(work->path);
}

/* The front end. */

unsigned net_path_take_responses(NetPath *path)
{
    SharedRing *ring = &path->transmit;
    unsigned n = 0;
    uint32_t entry;

    while (ring_take(ring, &ring->responses, &entry))
        n++;
    ring_await(&ring->responses,
               (ring->n_places - shared_ring_free_places(ring)) / 2 + 1);
    return n;
}

unsigned net_path_n_responses(const NetPath *path)
{
    return ring_n_more(&path->transmit.responses);
}

bool net_path_has_place(const NetPath *path)
{
    return shared_ring_free_places(&path->transmit) > 0;
}

bool net_path_send(NetPath *path, int64_t bytes)
{
    SharedRing *ring = &path->transmit;
    const uint32_t place = path->n_sent++ & (ring->n_places - 1);

    path->frame_bytes[place] = bytes;
    shared_ring_begin(ring, place, host_now_ns(kernel_host(path->params.kernel)));
    ring_write(ring, &ring->requests, place);
    net_path_take_responses(path);
    return ring_publish(&ring->requests);
}

void net_path_notify(NetPath *path)
{
    host_count(kernel_host(path->params.kernel), COUNT_EVENT_HYPERCALLS);
    schedule(&path->transmitting);
}

/* The back end: the handler's time has been spent for one frame. */

static void respond(NetPath *path, SharedRing *ring, int64_t now_ns)
{
    if (!ring_publish(&ring->responses))
        return;
    host_count(kernel_host(path->params.kernel), COUNT_EVENT_HYPERCALLS);
    path->params.notify(path->params.front_end, now_ns);
}

static void handle_transmit(void *owner, int64_t now_ns)
{
    NetPath *path = owner;
    SharedRing *ring = &path->transmit;
    uint32_t place;

    if (ring_take(ring, &ring->requests, &place)) {
        path->params.forward(path->params.network, path->frame_bytes[place]);
        shared_ring_end(ring, place, path->params.run_for, now_ns);
        ring_write(ring, &ring->responses, place);
        respond(path, ring, now_ns);
    }
    if (ring_n_more(&ring->requests) == 0)
        ring_await(&ring->requests, 1);
    finish(&path->transmitting, ring_n_more(&ring->requests) > 0);
}

/* Receiving: a buffer of the front end is filled. */

unsigned net_path_n_frames(const NetPath *path)
{
    return ring_n_more(&path->receive.responses);
}

void net_path_await_frames(NetPath *path)
{
    ring_await(&path->receive.responses, 1);
}

static void post_buffer(SharedRing *ring, uint32_t buffer)
{
    ring_write(ring, &ring->requests, buffer);
    ring_publish(&ring->requests);
}

bool net_path_take_frame(NetPath *path)
{
    uint32_t buffer;

    if (!ring_take(&path->receive, &path->receive.responses, &buffer))
        return false;
    post_buffer(&path->receive, buffer);
    return true;
}

void net_path_receive(NetPath *path)
{
    path->n_incoming++;
    schedule(&path->receiving);
}

static void handle_receive(void *owner, int64_t now_ns)
{
    NetPath *path = owner;
    SharedRing *ring = &path->receive;
    uint32_t buffer;
    bool has_buffer;

    if (path->n_incoming == 0) {
        finish(&path->receiving, false);
        return;
    }
    has_buffer = ring_take(ring, &ring->requests, &buffer);
    g_assert(has_buffer);
    ring_write(ring, &ring->responses, buffer);
    respond(path, ring, now_ns);
    path->n_incoming--;
    finish(&path->receiving, path->n_incoming > 0);
}

/* Life. */

static void init_work(NetPath *path, Work *work, EventHandler handle)
{
    const NetPathParams *params = &path->params;

    ring_init(&work->node);
    work->path = path;
    work->port =
        kernel_open_port(params->kernel, &(EventPort){ .handle = handle,
                                                       .owner = path,
                                                       .handler_ns = params->backend_ns,
                                                       .run_for = params->run_for });
}

static void post_buffers(NetPath *path)
{
    for (uint32_t i = 0; i < path->params.n_places; i++)
        post_buffer(&path->receive, i);
}

NetPath *net_path_new(const NetPathParams *params)
{
    NetPath *path = g_new0(NetPath, 1);

    path->params = *params;
    shared_ring_init(&path->transmit, RING_NETWORK, params->n_places);
    shared_ring_init(&path->receive, RING_NETWORK, params->n_places);
    path->frame_bytes = g_new0(int64_t, params->n_places);
    post_buffers(path);
    init_work(path, &path->transmitting, handle_transmit);
    init_work(path, &path->receiving, handle_receive);
    return path;
}

/* An event that is on its way for it then finds nothing to do. */
void net_path_close(NetPath *path)
{
    shared_ring_reset(&path->transmit);
    shared_ring_reset(&path->receive);
    path->n_sent = 0;
    path->n_incoming = 0;
    post_buffers(path);
    drop(&path->transmitting);
    drop(&path->receiving);
}

void net_path_free(NetPath *path)
{
    if (!path)
        return;
    shared_ring_clear(&path->transmit);
    shared_ring_clear(&path->receive);
    g_free(path->frame_bytes);
    g_free(path);
}
