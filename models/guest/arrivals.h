/*
 * arrivals.h - frames that come from outside for a guest, and its answers to them.
 *
 * A peer on the network sends a frame every so often, whatever has become of the ones
 * before, like ping. Each raises the card's interrupt; its kernel hands it on to the
 * guest's back end or device model. Once the guest has taken it, its next frame is the
 * answer, and the round trip ends when that has left the card: it is announced as a
 * transfer of the guest's vCPU 0. Frames keep their order. What finds no place, in the
 * guest's ring or in the queue before the card, is lost and counted.
 *
 * It is also the way out of every guest's frames: one to whom nothing comes has
 * Arrivals that only send.
 */
#ifndef MODELS_ARRIVALS_H
#define MODELS_ARRIVALS_H

#include "models/guest/arrival_params.h"
#include "models/physical/physical.h"

typedef struct Arrivals Arrivals;

typedef struct {
    ArrivalParams params;
    Domain *guest;
    unsigned id; /* of the guest, in the tie order */
    PhysicalDevice *nic;
    int64_t frame_overhead_bytes; /* of each frame on the line, beside its payload */
    unsigned n_queued; /* frames that wait for the card, at most; 0: any number */
    unsigned n_places; /* frames that the guest has not taken, at most */
} ArrivalsSetup;

Arrivals *arrivals_new(const ArrivalsSetup *setup);
void arrivals_free(Arrivals *arrivals);
/* deliver: a frame has come as far as the kernel's bridge; called by its interrupt
 * handler. Before the start, if frames come. */
void arrivals_connect(Arrivals *arrivals, void (*deliver)(void *owner, int64_t now_ns),
                      void *owner);
/* The first frame comes one interval after that. */
void arrivals_start_at(Arrivals *arrivals, int64_t start_ns);
/* The guest is destroyed: its peer sends no more, and what has not come to the bridge
 * is dropped there. Once that has ended, they may start again. */
void arrivals_stop(Arrivals *arrivals);
bool arrivals_have_ended(const Arrivals *arrivals);

/* The guest takes the oldest frame that has been delivered to it. */
void arrivals_take(Arrivals *arrivals);
/* A frame of the guest goes to the card: as the answer to the oldest frame taken and
 * not yet answered, or, if there is none, for nobody in particular. */
void arrivals_send(Arrivals *arrivals, int64_t bytes);

/* For tests, of the present life of the guest: frames that came, that found no place,
 * and answers that have left. */
typedef struct {
    uint64_t n_arrived, n_dropped, n_answered;
} ArrivalCounts;
ArrivalCounts arrivals_counts(const Arrivals *arrivals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arrivals, arrivals_free)

#endif
