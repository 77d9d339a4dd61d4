/* What is left in caches, against the exponential, and what coming back costs. */
#include "models/host/cache.h"

#include <glib.h>
#include <math.h>

#define KIB 1024

static const CacheParams params = {
    .bytes = { 64 * KIB, 1024 * KIB },
    .line_cycles = { 10, 100 },
    .clock_hz = 1000000000,
};

static void test_what_is_left_falls_exponentially(void)
{
    for (int64_t brought = 0; brought < 8 * 1024 * KIB; brought += 7777) {
        const double left =
            (double)cache_left_bytes(1024 * KIB, brought, 1024 * KIB) / KIB;

        g_assert_cmpfloat_with_epsilon(left,
                                       1024 * exp(-(double)brought / (1024 * KIB)), 1);
    }
    g_assert_cmpint(cache_left_bytes(1000, 0, 1024 * KIB), ==, 1000);
    g_assert_cmpint(cache_left_bytes(1000, INT64_MAX, 1024 * KIB), ==, 0);
    g_assert_cmpint(cache_left_bytes(0, 10, 1024 * KIB), ==, 0);
}

/* Two cores of one socket, and one of another. */
typedef struct {
    Cache cores[3], sockets[2];
    Footprint footprint;
} Place;

static int64_t visit(Place *place, Footprint *footprint, unsigned core)
{
    Cache *const caches[CACHE_LEVELS] = { &place->cores[core],
                                          &place->sockets[core / 2] };
    const int64_t stall_ns = footprint_load(footprint, &params, caches);

    footprint_leave(footprint, caches, 0);
    return stall_ns;
}

/* 32 KiB are 512 lines: 51.2 us from memory, 5.12 us from the socket's cache. */
static void test_a_move_costs_by_its_distance(void)
{
    Place place = { .footprint = { .working_set_bytes = 32 * KIB } };

    g_assert_cmpint(visit(&place, &place.footprint, 0), ==, 51200);
    g_assert_cmpint(visit(&place, &place.footprint, 0), ==, 0);
    g_assert_cmpint(visit(&place, &place.footprint, 1), ==, 5120);
    g_assert_cmpint(visit(&place, &place.footprint, 2), ==, 51200);
}

/* Of 256 KiB the private cache takes 64, of which the last ones are there. */
static void test_more_than_fits_is_not_looked_for(void)
{
    Place place = { .footprint = { .working_set_bytes = 256 * KIB } };

    g_assert_cmpint(visit(&place, &place.footprint, 0), ==, 4096 * 100);
    g_assert_cmpint(visit(&place, &place.footprint, 0), ==, 0);
    g_assert_cmpint(visit(&place, &place.footprint, 1), ==, 1024 * 10);
}

/* Others bring in as much as the private cache holds: 1/e of 32 KiB is left there, and
 * e^(-1/16) of it in the shared one. */
static void test_others_displace_it(void)
{
    Place place = { .footprint = { .working_set_bytes = 32 * KIB } };
    Footprint other = { .working_set_bytes = 64 * KIB };
    const double far_lines = 512 * (1 - exp(-1.0 / 16));
    const double near_lines = 512 * (1 - exp(-1.0)) - far_lines;
    int64_t stall_ns;

    visit(&place, &place.footprint, 0);
    visit(&place, &other, 0);
    stall_ns = visit(&place, &place.footprint, 0);
    g_assert_cmpfloat_with_epsilon((double)stall_ns, 100 * far_lines + 10 * near_lines,
                                   150);
}

/* A run that ends after a quarter of its misses has fetched a quarter. */
static void test_a_short_run_fetches_its_part(void)
{
    Place place = { .footprint = { .working_set_bytes = 32 * KIB } };
    Cache *const caches[CACHE_LEVELS] = { &place.cores[0], &place.sockets[0] };
    const int64_t stall_ns = footprint_load(&place.footprint, &params, caches);

    footprint_leave(&place.footprint, caches, stall_ns * 3 / 4);
    g_assert_cmpint(place.cores[0].brought_bytes, ==, 8 * KIB);
    g_assert_cmpint(footprint_load(&place.footprint, &params, caches), ==,
                    stall_ns * 3 / 4);
}

/* Another life of the vCPU finds nothing, and what it had brought in stays brought in.
 */
static void test_another_life_begins_cold(void)
{
    Place place = { .footprint = { .working_set_bytes = 32 * KIB } };

    visit(&place, &place.footprint, 0);
    footprint_forget(&place.footprint);
    g_assert_cmpint(visit(&place, &place.footprint, 0), ==, 51200);
    g_assert_cmpint(place.cores[0].brought_bytes, ==, 64 * KIB);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cache/what_is_left_falls_exponentially",
                    test_what_is_left_falls_exponentially);
    g_test_add_func("/cache/a_move_costs_by_its_distance",
                    test_a_move_costs_by_its_distance);
    g_test_add_func("/cache/more_than_fits_is_not_looked_for",
                    test_more_than_fits_is_not_looked_for);
    g_test_add_func("/cache/others_displace_it", test_others_displace_it);
    g_test_add_func("/cache/a_short_run_fetches_its_part",
                    test_a_short_run_fetches_its_part);
    g_test_add_func("/cache/another_life_begins_cold", test_another_life_begins_cold);
    return g_test_run();
}
