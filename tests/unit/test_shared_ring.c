/* Rings between front and back ends: places, order, and who must be told when. */
#include "models/pv/shared_ring.h"

#include <glib.h>

/* What happens at one direction of a ring, before the line's event. */
typedef struct {
    const char *what;
    uint32_t published, written; /* before: entries seen, and put since */
    uint32_t event;              /* the consumer wants to hear at this one */
    bool notifies;
} NotifyCase;

/* Near the wrap of the indices, too: 0xffffffff is the entry before 0. */
static const NotifyCase notify_cases[] = {
    { "the entry that is waited for", 4, 1, 5, true },
    { "one of several is waited for", 4, 3, 6, true },
    { "the last of several is", 4, 3, 7, true },
    { "one after them is", 4, 3, 8, false },
    { "it was seen before: the other side is at work", 4, 3, 4, false },
    { "nothing new", 4, 0, 5, false },
    { "nothing new, and long ago", 4, 0, 4, false },
    { "the entry at the wrap", 0xfffffffe, 2, 0, true },
    { "the entry after the wrap", 0xfffffffe, 3, 1, true },
    { "one further than that", 0xfffffffe, 2, 1, false },
    { "seen before the wrap", 0xfffffffe, 4, 0xfffffffe, false },
};

static void test_notification(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(notify_cases); i++) {
        const NotifyCase *c = &notify_cases[i];
        RingDirection direction = { .published = c->published,
                                    .written = c->published + c->written,
                                    .event = c->event };

        g_test_message("%s", c->what);
        g_assert_cmpint(ring_publish(&direction), ==, c->notifies);
        g_assert_cmpuint(direction.published, ==, direction.written);
    }
}

/* Takes a request and answers it. */
static void answer(SharedRing *ring, uint32_t expected)
{
    uint32_t entry;

    g_assert_true(ring_take(ring, &ring->requests, &entry));
    g_assert_cmpuint(entry, ==, expected);
    ring_write(ring, &ring->responses, entry);
    ring_publish(&ring->responses);
}

static void start_at(SharedRing *ring, uint32_t index)
{
    RingDirection *both[] = { &ring->requests, &ring->responses };

    for (unsigned i = 0; i < G_N_ELEMENTS(both); i++) {
        both[i]->written = both[i]->published = both[i]->taken = index;
        both[i]->event = index + 1;
    }
}

/* Entries keep their order and places over many turns of the ring, and over the wrap of
 * its indices. */
static void test_wraparound(void)
{
    SharedRing ring;
    uint32_t entry;

    shared_ring_init(&ring, RING_BLOCK, 4);
    start_at(&ring, 0xfffffffb);
    for (uint32_t i = 0; i < 20; i += 2) {
        ring_write(&ring, &ring.requests, i);
        ring_write(&ring, &ring.requests, i + 1);
        g_assert_false(ring_take(&ring, &ring.requests, &entry)); /* not published */
        ring_publish(&ring.requests);
        g_assert_cmpuint(shared_ring_free_places(&ring), ==, 2);
        answer(&ring, i);
        answer(&ring, i + 1);
        g_assert_cmpuint(ring_n_more(&ring.requests), ==, 0);
        for (uint32_t j = i; j < i + 2; j++) {
            g_assert_true(ring_take(&ring, &ring.responses, &entry));
            g_assert_cmpuint(entry, ==, j);
        }
        g_assert_cmpuint(shared_ring_free_places(&ring), ==, 4);
    }
    g_assert_cmpuint(ring.requests.written, ==, 0xfffffffb + 20);
    shared_ring_clear(&ring);
}

/* A place is free again when its response has been taken, not before. */
static void test_a_full_ring(void)
{
    SharedRing ring;
    uint32_t entry;

    shared_ring_init(&ring, RING_BLOCK, 2);
    ring_write(&ring, &ring.requests, 7);
    ring_write(&ring, &ring.requests, 8);
    g_assert_cmpuint(shared_ring_free_places(&ring), ==, 0);
    ring_publish(&ring.requests);
    answer(&ring, 7);
    g_assert_cmpuint(shared_ring_free_places(&ring), ==, 0);
    g_assert_true(ring_take(&ring, &ring.responses, &entry));
    g_assert_cmpuint(shared_ring_free_places(&ring), ==, 1);
    shared_ring_clear(&ring);
}

/* The consumer sleeps after each look: every publication is told. It stays at work:
 * only the first. It asks for the third: only that one. */
static void test_events_avoided(void)
{
    SharedRing ring;
    uint32_t entry;
    unsigned n_told = 0;

    shared_ring_init(&ring, RING_BLOCK, 8);
    for (uint32_t i = 0; i < 3; i++) {
        ring_write(&ring, &ring.requests, i);
        n_told += ring_publish(&ring.requests);
    }
    g_assert_cmpuint(n_told, ==, 1);
    while (ring_take(&ring, &ring.requests, &entry))
        ring_await(&ring.requests, 3);
    for (uint32_t i = 0; i < 5; i++) {
        ring_write(&ring, &ring.requests, i);
        g_assert_cmpint(ring_publish(&ring.requests), ==, i == 2);
    }
    shared_ring_clear(&ring);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shared ring/who must be told", test_notification);
    g_test_add_func("/shared ring/turns and wraps", test_wraparound);
    g_test_add_func("/shared ring/a full ring has no place", test_a_full_ring);
    g_test_add_func("/shared ring/events are avoided", test_events_avoided);
    return g_test_run();
}
