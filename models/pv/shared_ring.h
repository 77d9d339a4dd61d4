/*
 * shared_ring.h - a ring between a front end and a back end, with Xen's rule for when
 * to send an event.
 *
 * Requests go one way and responses the other, in places that they share: at most
 * n_places requests are without a response that has been taken. Each side says after
 * which entry it wants to hear (the event index); who publishes must notify only if
 * that entry is among those published now. A side that is at work says nothing, and
 * hears nothing. Indices run freely; entries are numbers that the front end chooses.
 */
#ifndef MODELS_PV_SHARED_RING_H
#define MODELS_PV_SHARED_RING_H

#include "models/host/host.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t *entries;
    uint32_t written;   /* by the producer, not all of them published */
    uint32_t published; /* the consumer sees these */
    uint32_t taken;     /* by the consumer */
    uint32_t event;     /* it wants to hear when this many have been published */
} RingDirection;

typedef struct {
    uint32_t n_places; /* a power of 2 */
    RingDirection requests, responses;
    RingKind kind;
    int64_t *put_ns; /* by entry: when its request was put on the ring */
} SharedRing;

/* Both sides want to hear of the first entry. */
void shared_ring_init(SharedRing *ring, RingKind kind, uint32_t n_places);
void shared_ring_clear(SharedRing *ring);

/* Empty, and both sides as at first. */
void shared_ring_reset(SharedRing *ring);

/* A request is put on the ring, and has its response there: it is counted for the
 * domain, and what it took told to the host's observers. Entries are below n_places.
 * domain NULL: nobody's. */
void shared_ring_begin(SharedRing *ring, uint32_t entry, int64_t now_ns);
void shared_ring_end(const SharedRing *ring, uint32_t entry, Domain *domain,
                     int64_t now_ns);

/* Places for further requests. */
uint32_t shared_ring_free_places(const SharedRing *ring);

/* The producer's side of either direction. There must be a place. */
void ring_write(SharedRing *ring, RingDirection *direction, uint32_t entry);
/* True if the other side wants to hear of it. */
bool ring_publish(RingDirection *direction);

/* The consumer's side. False: there is none. */
bool ring_take(const SharedRing *ring, RingDirection *direction, uint32_t *entry);
uint32_t ring_n_more(const RingDirection *direction);
/* Asks to hear once n more have been published than have been taken. n above 0. Nothing
 * comes between the last look and this, so nobody need look once again. */
void ring_await(RingDirection *direction, uint32_t n);

#endif
