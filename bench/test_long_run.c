/*
 * A run's memory does not grow with its length: after the first second of the reference
 * host with all statistics on, ten more leave the process as large as it was.
 * (bench_long does it for an hour.)
 */
#include "bench/reference.h"

#include <unistd.h>

#define FIRST_NS     NS_PER_S
#define REST_NS      (10 * NS_PER_S)
#define EVENTS_LEAST 3000000u
#define GROWTH_BYTES                                                                   \
    (128 * 1024) /* the C library's, and pages seen for the first time */

static int64_t resident_bytes(void)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;

    g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    words = g_strsplit(text, " ", 3);
    return g_ascii_strtoll(words[1], NULL, 10) * sysconf(_SC_PAGESIZE);
}

static void test_memory_stays_as_it_is(gconstpointer placement)
{
    Reference *reference = reference_new(&REFERENCE_HOST(placement, false));
    int64_t before;

    reference_run(reference, FIRST_NS);
    before = resident_bytes();
    reference_run(reference, REST_NS);
    g_assert_cmpuint(reference_counts(reference).events, >=, EVENTS_LEAST);
    g_assert_cmpint(resident_bytes() - before, <=, GROWTH_BYTES);
    reference_free(reference);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/long_run/dom0", "dom0", test_memory_stays_as_it_is);
    g_test_add_data_func("/long_run/stub", "stub", test_memory_stays_as_it_is);
    return g_test_run();
}
