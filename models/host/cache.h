/*
 * cache.h - what of its working set a vCPU finds in the caches when it comes back.
 *
 * Two levels: a private cache for each core, a shared one for each socket; all amounts
 * are bytes. When a vCPU leaves, it holds some of its working set in each (held_bytes).
 * What others then bring in displaces it: what it holds falls by half for each ln 2 =
 * 0.69 cache sizes brought in, as when each line takes the place of a random one. Back
 * on another core it finds what the socket's cache holds, on another socket nothing.
 * What is missing (missing_bytes) it fetches while it runs, which stalls it for
 * stall_ns in all, spread over twice that time (half speed, pace.h); a run that ends
 * sooner has fetched a part in proportion to the stall that is over.
 *
 * Integers only: the same on every machine.
 */
#ifndef MODELS_CACHE_H
#define MODELS_CACHE_H

#include "sim/units.h"

#include <stdbool.h>

#define FETCH_BYTES 64

typedef enum {
    CACHE_PRIVATE, /* of a core */
    CACHE_SHARED,  /* of a socket */
    CACHE_LEVELS,
} CacheLevel;

/* All of them alike in a host. */
typedef struct {
    int64_t bytes[CACHE_LEVELS]; /* 0: there is no such cache */
    int64_t
        line_cycles[CACHE_LEVELS]; /* [CACHE_PRIVATE]: a line from the shared cache;
                                      [CACHE_SHARED]: from memory; overlap counted */
    int64_t clock_hz;
} CacheParams;

/* One cache: all that was ever brought into it. */
typedef struct {
    int64_t brought_bytes;
} Cache;

typedef struct {
    int64_t working_set_bytes;
    /* As of the last time it left: */
    const Cache *caches[CACHE_LEVELS]; /* NULL before the first run */
    int64_t held_bytes[CACHE_LEVELS];
    int64_t mark_bytes[CACHE_LEVELS]; /* the caches' brought_bytes then */
    /* While it runs: */
    int64_t missing_bytes[CACHE_LEVELS];
    int64_t stall_ns; /* of fetching all of that */
} Footprint;

/* The vCPU begins to run over these caches; the ns that its misses cost in all. */
int64_t footprint_load(Footprint *footprint, const CacheParams *params,
                       Cache *const caches[CACHE_LEVELS]);
/* It stops, with stall_left_ns of that still to come. */
void footprint_leave(Footprint *footprint, Cache *const caches[CACHE_LEVELS],
                     int64_t stall_left_ns);

/* Nothing of it is in any cache: another one's life begins. */
void footprint_forget(Footprint *footprint);

/* What is left of held_bytes after others have brought in brought_bytes. */
int64_t cache_left_bytes(int64_t held_bytes, int64_t brought_bytes,
                         int64_t cache_bytes);

#endif
