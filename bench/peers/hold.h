/*
 * hold.h - the hold model that all peers run, in C and C++: n things are pending, the
 * earliest happens, one of eight handlers is called, and the thing happens again an
 * exponential time later.
 *
 * Increments are drawn beforehand, from one generator, so every program meets the same
 * ones. Each handler calls hold_next once; it prints the CPU time of an event and ends
 * the program when enough have been timed. usage of each program: N EVENTS.
 */
#ifndef BENCH_PEERS_HOLD_H
#define BENCH_PEERS_HOLD_H

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HOLD_DRAWS    16384u
#define HOLD_MEAN_NS  1e6
#define HOLD_HANDLERS 8

typedef struct {
    uint32_t n;
    uint64_t fired, first, last; /* timed from the first event to the last one */
    double started_ns;
    uint64_t sums[HOLD_HANDLERS]; /* so that no handler is like another */
    uint32_t increments_ns[HOLD_DRAWS];
} Hold;

static inline double hold_cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* xorshift64*: also in simpy_hold.py. */
static inline double hold_uniform(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

static inline void hold_init(Hold *hold, int argc, char **argv)
{
    uint64_t state = 88172645463325252u;

    if (argc != 3) {
        fprintf(stderr, "usage: %s N EVENTS\n", argv[0]);
        exit(2);
    }
    hold->n = (uint32_t)strtoul(argv[1], NULL, 10);
    hold->fired = 0;
    hold->first = 2 * hold->n + 1000; /* all things have been set going by then */
    hold->last = hold->first + strtoull(argv[2], NULL, 10);
    for (unsigned i = 0; i < HOLD_DRAWS; i++)
        hold->increments_ns[i] =
            (uint32_t)(-HOLD_MEAN_NS * log(1 - hold_uniform(&state))) + 1;
}

/* How much later the thing that just happened happens again. */
static inline uint32_t hold_next(Hold *hold)
{
    const uint64_t fired = hold->fired++;

    if (fired == hold->first) {
        hold->started_ns = hold_cpu_ns();
    } else if (fired == hold->last) {
        printf("%.2f\n",
               (hold_cpu_ns() - hold->started_ns) / (double)(hold->last - hold->first));
        fflush(stdout);
        _Exit(0);
    }
    return hold->increments_ns[fired % HOLD_DRAWS];
}

#endif
