/*
 * histogram.h - how long things took: log-linear buckets over all of int64_t's ns.
 *
 * Values below 128 ns have a bucket each; above, every octave is cut into 64 equal
 * buckets, so a bucket is at most 1/64 of its lower bound wide, and the middle of it,
 * which quantiles report, lies within 1/128 (0.79 %) of every value in it. Counts, sum,
 * least and greatest value are exact. Recording allocates nothing.
 */
#ifndef RESULTS_HISTOGRAM_H
#define RESULTS_HISTOGRAM_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_OCTAVE_BITS 6
#define HISTOGRAM_BUCKETS     ((63 - HISTOGRAM_OCTAVE_BITS + 1) << HISTOGRAM_OCTAVE_BITS)

/* Read freely; 30 KiB, of which only the buckets in use are touched. */
typedef struct {
    uint64_t count;
    int64_t sum_ns;
    int64_t least_ns, greatest_ns; /* INT64_MAX and 0 while count is 0 */
    uint64_t buckets[HISTOGRAM_BUCKETS];
} Histogram;

/* The non-empty buckets alone, in ascending order: what is kept of a run. */
typedef struct {
    uint32_t index;
    uint64_t count;
} HistogramBucket;

typedef struct {
    uint64_t count;
    int64_t sum_ns, least_ns, greatest_ns;
    unsigned n_buckets;
    HistogramBucket *buckets; /* owned */
} HistogramPart;

/* Empty. Free with g_free. */
Histogram *histogram_new(void);
/* The same of memory that has held anything. */
void histogram_init(Histogram *histogram);
/* Empty again, of what was recorded or merged: touches no more than was used. */
void histogram_clear(Histogram *histogram);

static inline unsigned histogram_bucket_of(int64_t value_ns)
{
    const unsigned top = 63u - (unsigned)__builtin_clzll((uint64_t)value_ns | 1);
    const unsigned shift =
        top > HISTOGRAM_OCTAVE_BITS ? top - HISTOGRAM_OCTAVE_BITS : 0;

    return (shift << HISTOGRAM_OCTAVE_BITS) + (unsigned)(value_ns >> shift);
}

/* value_ns is not negative. */
static inline void histogram_record(Histogram *histogram, int64_t value_ns)
{
    g_assert(value_ns >= 0);
    histogram->buckets[histogram_bucket_of(value_ns)]++;
    histogram->sum_ns += value_ns;
    histogram->least_ns = MIN(histogram->least_ns, value_ns);
    histogram->greatest_ns = MAX(histogram->greatest_ns, value_ns);
    histogram->count++;
}

/* A bucket holds the values from lower_ns up to and excluding lower_ns of the next. */
int64_t histogram_lower_ns(unsigned index);
int64_t histogram_width_ns(unsigned index);

void histogram_merge_part(Histogram *into, const HistogramPart *from);
/* Cleared by histogram_part_clear. */
void histogram_part_init(HistogramPart *part, const Histogram *from);
void histogram_part_clear(HistogramPart *part);

/* The smallest value that at least so many ppm of the values do not exceed, within
 * 1/128; 0 when there are none. 990000: the 99th percentile. */
int64_t histogram_quantile_ns(const Histogram *histogram, unsigned quantile_ppm);
/* Whether so many values have such a quantile: above the median it takes 1 / (1 - q) of
 * them, or it is the greatest one and nothing else. */
bool histogram_has_quantile(uint64_t count, unsigned quantile_ppm);

#endif
