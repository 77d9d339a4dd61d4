#include "results/histogram.h"

#define PPM 1000000u

static const unsigned octave = 1u << HISTOGRAM_OCTAVE_BITS;

/* Writing to it gets its memory now, not at the first value: what a run needs, it has
 * when it begins to measure. */
Histogram *histogram_new(void)
{
    Histogram *histogram = g_new0(Histogram, 1);

    histogram->least_ns = INT64_MAX;
    return histogram;
}

void histogram_init(Histogram *histogram)
{
    *histogram = (Histogram){ .least_ns = INT64_MAX };
}

static unsigned shift_of(unsigned index)
{
    return index < 2 * octave ? 0 : index / octave - 1;
}

int64_t histogram_lower_ns(unsigned index)
{
    const unsigned shift = shift_of(index);

    return (int64_t)(index - shift * octave) << shift;
}

int64_t histogram_width_ns(unsigned index)
{
    return INT64_C(1) << shift_of(index);
}

/* Where all values lie: few of the buckets. */
typedef struct {
    unsigned first, end;
} BucketRange;

static BucketRange used_range(const Histogram *histogram)
{
    if (histogram->count == 0)
        return (BucketRange){ 0, 0 };
    return (BucketRange){ histogram_bucket_of(histogram->least_ns),
                          histogram_bucket_of(histogram->greatest_ns) + 1 };
}

void histogram_clear(Histogram *histogram)
{
    const BucketRange range = used_range(histogram);

    for (unsigned i = range.first; i < range.end; i++)
        histogram->buckets[i] = 0;
    histogram->count = 0;
    histogram->sum_ns = histogram->greatest_ns = 0;
    histogram->least_ns = INT64_MAX;
}

static void merge_totals(Histogram *into, uint64_t count, int64_t sum_ns,
                         int64_t least_ns, int64_t greatest_ns)
{
    if (count == 0)
        return;
    into->least_ns = MIN(into->least_ns, least_ns);
    into->greatest_ns = MAX(into->greatest_ns, greatest_ns);
    into->count += count;
    into->sum_ns += sum_ns;
}

void histogram_merge_part(Histogram *into, const HistogramPart *from)
{
    merge_totals(into, from->count, from->sum_ns, from->least_ns, from->greatest_ns);
    for (unsigned i = 0; i < from->n_buckets; i++)
        into->buckets[from->buckets[i].index] += from->buckets[i].count;
}

static unsigned count_used(const Histogram *histogram, BucketRange range)
{
    unsigned n = 0;

    for (unsigned i = range.first; i < range.end; i++)
        n += histogram->buckets[i] > 0;
    return n;
}

void histogram_part_init(HistogramPart *part, const Histogram *from)
{
    const BucketRange range = used_range(from);
    unsigned n = 0;

    *part = (HistogramPart){ .count = from->count,
                             .sum_ns = from->sum_ns,
                             .least_ns = from->least_ns,
                             .greatest_ns = from->greatest_ns,
                             .n_buckets = count_used(from, range) };
    part->buckets = g_new(HistogramBucket, part->n_buckets);
    for (unsigned i = range.first; i < range.end; i++)
        if (from->buckets[i] > 0)
            part->buckets[n++] =
                (HistogramBucket){ .index = i, .count = from->buckets[i] };
}

void histogram_part_clear(HistogramPart *part)
{
    g_clear_pointer(&part->buckets, g_free);
    part->n_buckets = 0;
}

/* The rank-th smallest value, from 1 to count. */
static int64_t value_at_rank(const Histogram *histogram, uint64_t rank)
{
    uint64_t seen = 0;
    unsigned i = used_range(histogram).first;

    for (; seen + histogram->buckets[i] < rank; i++)
        seen += histogram->buckets[i];
    return CLAMP(histogram_lower_ns(i) + (histogram_width_ns(i) - 1) / 2,
                 histogram->least_ns, histogram->greatest_ns);
}

static uint64_t rank_of(uint64_t count, unsigned quantile_ppm)
{
    const uint64_t whole = count / PPM * quantile_ppm;
    const uint64_t rest = (count % PPM * quantile_ppm + PPM - 1) / PPM;

    return MAX(whole + rest, 1);
}

int64_t histogram_quantile_ns(const Histogram *histogram, unsigned quantile_ppm)
{
    g_assert(quantile_ppm <= PPM);
    if (histogram->count == 0)
        return 0;
    return value_at_rank(histogram, rank_of(histogram->count, quantile_ppm));
}

bool histogram_has_quantile(uint64_t count, unsigned quantile_ppm)
{
    const unsigned rest_ppm = 1000000 - quantile_ppm;

    return quantile_ppm <= 500000 ? count > 0
                                  : count >= (1000000 + rest_ppm - 1) / rest_ppm;
}
