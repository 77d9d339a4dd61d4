#include "models/pv/shared_ring.h"

#include <glib.h>

static void init_direction(RingDirection *direction, uint32_t n_places)
{
    *direction = (RingDirection){ .entries = g_new0(uint32_t, n_places), .event = 1 };
}

void shared_ring_init(SharedRing *ring, RingKind kind, uint32_t n_places)
{
    g_assert(n_places > 0 && (n_places & (n_places - 1)) == 0);
    ring->n_places = n_places;
    ring->kind = kind;
    init_direction(&ring->requests, n_places);
    init_direction(&ring->responses, n_places);
    ring->put_ns = g_new0(int64_t, n_places);
}

void shared_ring_clear(SharedRing *ring)
{
    g_clear_pointer(&ring->requests.entries, g_free);
    g_clear_pointer(&ring->responses.entries, g_free);
    g_clear_pointer(&ring->put_ns, g_free);
}

static void reset_direction(RingDirection *direction)
{
    *direction = (RingDirection){ .entries = direction->entries, .event = 1 };
}

void shared_ring_reset(SharedRing *ring)
{
    reset_direction(&ring->requests);
    reset_direction(&ring->responses);
}

void shared_ring_begin(SharedRing *ring, uint32_t entry, int64_t now_ns)
{
    ring->put_ns[entry] = now_ns;
}

void shared_ring_end(const SharedRing *ring, uint32_t entry, Domain *domain,
                     int64_t now_ns)
{
    const Host *host;

    if (!domain)
        return;
    host = domain->host;
    domain_count_one(domain, COUNT_RING_REQUESTS);
    for (unsigned i = 0; i < host->n_probes; i++)
        if (host->probes[i].ring_request)
            host->probes[i].ring_request(host->probes[i].listener, now_ns, domain,
                                         ring->kind, now_ns - ring->put_ns[entry]);
}

uint32_t shared_ring_free_places(const SharedRing *ring)
{
    return ring->n_places - (ring->requests.written - ring->responses.taken);
}

void ring_write(SharedRing *ring, RingDirection *direction, uint32_t entry)
{
    g_assert(direction->written - direction->taken < ring->n_places);
    if (direction == &ring->requests)
        g_assert(shared_ring_free_places(ring) > 0);
    else /* only a request that has been taken is answered */
        g_assert(ring->responses.written != ring->requests.taken);
    direction->entries[direction->written++ & (ring->n_places - 1)] = entry;
}

/* Unsigned distances from what was published before keep this right when the indices
 * wrap around. */
bool ring_publish(RingDirection *direction)
{
    const uint32_t before = direction->published;

    direction->published = direction->written;
    return direction->event - before - 1 < direction->published - before;
}

uint32_t ring_n_more(const RingDirection *direction)
{
    return direction->published - direction->taken;
}

bool ring_take(const SharedRing *ring, RingDirection *direction, uint32_t *entry)
{
    if (ring_n_more(direction) == 0)
        return false;
    *entry = direction->entries[direction->taken++ & (ring->n_places - 1)];
    return true;
}

void ring_await(RingDirection *direction, uint32_t n)
{
    g_assert(n > 0);
    direction->event = direction->taken + n;
}
