#include "bench/measure.h"

#include <stdio.h>
#include <time.h>

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void bench_compare(Contender *contenders, unsigned n, unsigned turns)
{
    for (unsigned turn = 0; turn < turns; turn++)
        for (unsigned i = 0; i < n; i++) {
            const double start_ns = now_ns();
            const uint64_t count = contenders[i].work(contenders[i].subject);
            const double ns = (now_ns() - start_ns) / (double)count;

            if (turn == 0 || ns < contenders[i].ns)
                contenders[i].ns = ns;
        }
}

void bench_print_header(void)
{
    puts("benchmark,n,metric,value,unit");
}

void bench_print(const char *benchmark, unsigned n, const char *metric, double value,
                 const char *unit)
{
    printf("%s,%u,%s,%.2f,%s\n", benchmark, n, metric, value, unit);
}
