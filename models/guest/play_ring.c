#include "models/guest/play_ring.h"

#include <glib.h>

void play_ring_start(PlayRing *self, int64_t period_ns, int64_t n_buffers,
                     int64_t now_ns)
{
    g_assert(period_ns > 0 && n_buffers > 1);
    *self = (PlayRing){ now_ns, period_ns, 0, n_buffers };
}

int64_t play_ring_next(PlayRing *self, int64_t now_ns)
{
    const int64_t next = self->buffer + 1;
    const int64_t latest = (now_ns - self->since_ns) / self->period_ns;

    self->buffer = MAX(next, latest);
    return self->buffer - next;
}

int64_t play_ring_free_ns(const PlayRing *self)
{
    return self->since_ns + self->buffer * self->period_ns;
}

int64_t play_ring_deadline_ns(const PlayRing *self)
{
    return play_ring_free_ns(self) + (self->n_buffers - 1) * self->period_ns;
}
