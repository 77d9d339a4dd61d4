/*
 * measure.h - how benchmarks time and report: the only place that reads a clock.
 *
 * Machines are shared and noisy: whatever is compared runs in turns, many times, and
 * the fastest turn of each counts.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

/* Does the work once, and returns how many operations that was. */
typedef uint64_t (*BenchWork)(void *subject);

typedef struct {
    const char *metric; /* as printed */
    BenchWork work;
    void *subject;
    double ns; /* for one operation, in the fastest turn */
} Contender;

/* Times the contenders in turns. */
void bench_compare(Contender *contenders, unsigned n, unsigned turns);

void bench_print_header(void);
/* benchmark,n,metric,value,unit */
void bench_print(const char *benchmark, unsigned n, const char *metric, double value,
                 const char *unit);

#endif
