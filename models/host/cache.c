#include "models/host/cache.h"

#include <glib.h>

/* 2^(-i/16) in units of 2^-16. */
static const int64_t powers[] = { 65536, 62757, 60097, 57549, 55109, 52773,
                                  50535, 48393, 46341, 44376, 42495, 40693,
                                  38968, 37316, 35734, 34219, 32768 };

/* 2^-x for x = part/16/2^12, linear between the powers: 0.02 % off at most. */
static int64_t power_of_part(int64_t part)
{
    const int64_t i = part >> 12;
    const int64_t between = part & 0xfff;

    return powers[i] - (((powers[i] - powers[i + 1]) * between) >> 12);
}

int64_t cache_left_bytes(int64_t held_bytes, int64_t brought_bytes, int64_t cache_bytes)
{
    const int64_t half_bytes = cache_bytes * 693 / 1000; /* ln 2 */
    int64_t halvings, part;

    if (brought_bytes == 0 || half_bytes == 0)
        return held_bytes;
    halvings = brought_bytes / half_bytes;
    if (halvings >= 40)
        return 0;
    part = (brought_bytes % half_bytes << 16) / half_bytes;
    return (held_bytes * power_of_part(part)) >> (16 + halvings);
}

static int64_t found_bytes(const Footprint *footprint, const CacheParams *params,
                           const Cache *cache, CacheLevel level)
{
    if (footprint->caches[level] != cache)
        return 0;
    return cache_left_bytes(footprint->held_bytes[level],
                            cache->brought_bytes - footprint->mark_bytes[level],
                            params->bytes[level]);
}

int64_t footprint_load(Footprint *footprint, const CacheParams *params,
                       Cache *const caches[CACHE_LEVELS])
{
    int64_t cycles = 0, from_further = 0;

    for (CacheLevel level = CACHE_LEVELS; level-- > 0;) {
        const int64_t fits = MIN(footprint->working_set_bytes, params->bytes[level]);
        const int64_t found = found_bytes(footprint, params, caches[level], level);
        const int64_t missing = MAX(0, fits - found);
        /* What comes from memory passes both levels, and is paid once. */
        const int64_t from_here = MAX(0, missing - from_further);

        footprint->held_bytes[level] = MIN(found, fits);
        footprint->missing_bytes[level] = missing;
        cycles += from_here / FETCH_BYTES * params->line_cycles[level];
        from_further = missing;
    }
    footprint->stall_ns = cycles_to_ns((Cycles){ cycles }, params->clock_hz);
    return footprint->stall_ns;
}

void footprint_leave(Footprint *footprint, Cache *const caches[CACHE_LEVELS],
                     int64_t stall_left_ns)
{
    const int64_t stall_ns = footprint->stall_ns;

    g_assert(stall_left_ns >= 0 && stall_left_ns <= stall_ns);
    for (CacheLevel level = 0; level < CACHE_LEVELS; level++) {
        const int64_t missing = footprint->missing_bytes[level];
        const int64_t fetched =
            stall_ns > 0 ? missing * (stall_ns - stall_left_ns) / stall_ns : missing;

        caches[level]->brought_bytes += fetched;
        footprint->held_bytes[level] += fetched;
        footprint->caches[level] = caches[level];
        footprint->mark_bytes[level] = caches[level]->brought_bytes;
    }
}

void footprint_forget(Footprint *footprint)
{
    *footprint = (Footprint){ .working_set_bytes = footprint->working_set_bytes };
}
