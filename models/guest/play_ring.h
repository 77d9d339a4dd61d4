/*
 * play_ring.h - a ring of buffers that a device plays, one in every period.
 *
 * Buffer k is free from since + k periods on, and must be full again when the device
 * has come round the ring to it: its deadline.
 */
#ifndef MODELS_PLAY_RING_H
#define MODELS_PLAY_RING_H

#include <stdint.h>

typedef struct {
    int64_t since_ns, period_ns; /* period_ns 0: nothing is played yet */
    int64_t buffer;              /* the one that is waited for or refilled */
    int64_t n_buffers;
} PlayRing;

/* Playing begins now, and buffer 0 is free. */
void play_ring_start(PlayRing *self, int64_t period_ns, int64_t n_buffers,
                     int64_t now_ns);
/* On to the next buffer, or to the one that became free last if that is a later one:
 * returns how many in between nobody has refilled. */
int64_t play_ring_next(PlayRing *self, int64_t now_ns);

int64_t play_ring_free_ns(const PlayRing *self);
int64_t play_ring_deadline_ns(const PlayRing *self);

#endif
