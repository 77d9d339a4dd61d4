/*
 * bench_long.c - a long run in little memory: the reference host under stub domains,
 * with all statistics on, and how much memory the process has after each tenth; how
 * much more in the end than when it began, and than after the first tenth.
 *
 * usage: bench_long SECONDS      (simulated; an hour makes 10^9 events and more)
 */
#include "bench/measure.h"
#include "bench/reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PARTS 10u

static double resident_mib(void)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) words = NULL;

    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        return 0;
    words = g_strsplit(text, " ", 3);
    return g_ascii_strtod(words[1], NULL) * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

int main(int argc, char **argv)
{
    const unsigned seconds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 60;
    Reference *reference = reference_new(&REFERENCE_HOST("stub", false));
    const double begun_mib = resident_mib();
    double first_mib = 0;

    bench_print_header();
    for (unsigned part = 1; part <= PARTS; part++) {
        const unsigned n = MAX(seconds * part / PARTS, 1);
        ReferenceCounts counts;

        reference_run(reference, seconds * NS_PER_S / PARTS);
        counts = reference_counts(reference);
        if (part == 1)
            first_mib = resident_mib();
        bench_print("long", n, "events", (double)counts.events / 1e6, "million");
        bench_print("long", n, "memory", resident_mib(), "MiB");
        fflush(stdout);
    }
    bench_print("long", seconds, "memory-growth", resident_mib() - begun_mib, "MiB");
    bench_print("long", seconds, "memory-growth-late", resident_mib() - first_mib,
                "MiB");
    reference_free(reference);
    return 0;
}
