/*
 * pace.h - how fast a vCPU's work proceeds: slower beside a busy thread of its core,
 * and while its caches are cold.
 *
 * Whole ns of work come out of whole ns of running time; what is left over is carried,
 * so that however often a run is looked at, it ends at the same instant.
 */
#ifndef MODELS_PACE_H
#define MODELS_PACE_H

#include <stdint.h>

#define PACE_FULL_PERCENT 100

typedef struct {
    int64_t speed_percent; /* work per running time, 1 to 100 */
    int64_t cold_ns;       /* running time still to go by at half of that speed */
    int64_t carried;       /* work done beyond whole ns, in 1/200 ns */
} Pace;

/* Work that is done in so much running time from now. */
int64_t pace_work_ns(const Pace *pace, int64_t elapsed_ns);
/* The least running time in which so much is done. */
int64_t pace_time_ns(const Pace *pace, int64_t work_ns);
/* Lets the time go by. Of it, in *stalled_ns, what cold caches have cost: the sum over
 * all calls is half of cold_ns, rounded up. */
void pace_advance(Pace *pace, int64_t elapsed_ns, int64_t *stalled_ns);

#endif
