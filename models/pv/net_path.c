#include "models/pv/net_path.h"

#include "models/pv/shared_ring.h"

struct NetPath {
    NetPathParams params;
    SharedRing transmit;
    int64_t *frame_bytes; /* by place of the ring */
    uint32_t n_sent;      /* the next place, before it wraps around */
    unsigned port;
};

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
    ring_write(ring, &ring->requests, place);
    net_path_take_responses(path);
    return ring_publish(&ring->requests);
}

void net_path_notify(NetPath *path)
{
    kernel_send(path->params.kernel, path->port);
}

/* The back end: the handler's time has been spent for one frame. */
static void handle_transmit(void *owner, int64_t now_ns)
{
    NetPath *path = owner;
    SharedRing *ring = &path->transmit;
    uint32_t place;

    if (ring_take(ring, &ring->requests, &place)) {
        physical_device_stream(path->params.nic, path->frame_bytes[place]);
        ring_write(ring, &ring->responses, place);
        if (ring_publish(&ring->responses))
            path->params.notify(path->params.front_end, now_ns);
    }
    if (ring_n_more(&ring->requests) > 0)
        net_path_notify(path);
    else
        ring_await(&ring->requests, 1);
}

/* Life. */

NetPath *net_path_new(const NetPathParams *params)
{
    NetPath *path = g_new0(NetPath, 1);

    path->params = *params;
    shared_ring_init(&path->transmit, params->n_places);
    path->frame_bytes = g_new0(int64_t, params->n_places);
    path->port =
        kernel_open_port(params->kernel, &(EventPort){ .handle = handle_transmit,
                                                       .owner = path,
                                                       .handler_ns = params->backend_ns,
                                                       .run_for = params->run_for });
    return path;
}

void net_path_close(NetPath *path)
{
    shared_ring_reset(&path->transmit);
    path->n_sent = 0;
}

void net_path_free(NetPath *path)
{
    if (!path)
        return;
    shared_ring_clear(&path->transmit);
    g_free(path->frame_bytes);
    g_free(path);
}
