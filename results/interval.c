#include "results/interval.h"

#include <glib.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

Interval interval_of_mean(const double *values, unsigned n, double confidence)
{
    Interval interval = { .mean = NAN, .half = NAN, .n = n };

    if (n > 0)
        interval.mean = gsl_stats_mean(values, 1, n);
    if (n > 1)
        interval.half = gsl_cdf_tdist_Pinv(0.5 + confidence / 2, n - 1) *
                        gsl_stats_sd_m(values, 1, n, interval.mean) / sqrt(n);
    return interval;
}

/* Student's t is greater than the normal quantile, but not by much if n is great: a few
 * steps from where that would do. */
unsigned interval_replications(double half, unsigned n, double goal, double confidence)
{
    const double level = 0.5 + confidence / 2;
    const double spread = half * sqrt(n) / gsl_cdf_tdist_Pinv(level, n - 1);
    const double root = gsl_cdf_ugaussian_Pinv(level) * spread / goal;
    double needed = MAX(2, ceil(root * root));

    while (gsl_cdf_tdist_Pinv(level, needed - 1) * spread > goal * sqrt(needed))
        needed++;
    return (unsigned)MIN(needed, (double)G_MAXUINT);
}

static const RatioInterval no_ratio = { .mean = NAN, .low = NAN, .high = NAN };

/* n: what it would be of. Nothing in all of them is as certain as can be. */
static RatioInterval without_logs(unsigned n, unsigned n_zero, bool is_zero)
{
    RatioInterval ratio = no_ratio;

    if (is_zero) {
        ratio.mean = 0;
        ratio.n = n;
        ratio.low = ratio.high = n > 1 ? 0 : NAN;
        return ratio;
    }
    ratio.n_left_out = n;
    ratio.n_zero = n_zero;
    return ratio;
}

static RatioInterval ratio_of_logs(double mean, double half, unsigned n)
{
    return (RatioInterval){
        .mean = exp(mean), .low = exp(mean - half), .high = exp(mean + half), .n = n
    };
}

RatioInterval interval_of_ratio(const double *a, const double *b, unsigned n,
                                double confidence)
{
    g_autofree double *logs = g_new(double, n);
    unsigned n_pairs = 0, n_nothing = 0, n_infinite = 0;
    RatioInterval ratio;
    Interval interval;

    for (unsigned i = 0; i < n; i++) {
        const double quotient = a[i] / b[i]; /* 0 / 0 is NAN */

        if (quotient > 0 && isfinite(quotient))
            logs[n_pairs++] = log(quotient);
        n_nothing += quotient == 0;
        n_infinite += isinf(quotient) != 0;
    }
    if (n_nothing + n_infinite > 0) {
        const bool is_zero = n_pairs + n_infinite == 0;

        ratio = without_logs(is_zero ? n_nothing : n, n_nothing + n_infinite, is_zero);
        ratio.n_left_out = n - ratio.n;
        return ratio;
    }
    interval = interval_of_mean(logs, n_pairs, confidence);
    ratio = ratio_of_logs(interval.mean, interval.half, n_pairs);
    ratio.n_left_out = n - n_pairs;
    return ratio;
}

/* Logs of the values that are positive. */
typedef struct {
    double mean, variance_of_mean;
    unsigned n, n_zero, n_left_out;
} LogSample;

static LogSample log_sample(const double *values, unsigned n)
{
    g_autofree double *logs = g_new(double, n);
    LogSample sample = { .mean = NAN, .variance_of_mean = NAN };

    for (unsigned i = 0; i < n; i++) {
        if (values[i] > 0)
            logs[sample.n++] = log(values[i]);
        sample.n_zero += values[i] == 0;
    }
    sample.n_left_out = n - sample.n;
    if (sample.n > 0)
        sample.mean = gsl_stats_mean(logs, 1, sample.n);
    if (sample.n > 1)
        sample.variance_of_mean =
            gsl_stats_variance_m(logs, 1, sample.n, sample.mean) / sample.n;
    return sample;
}

/* Of the difference of two means; degrees of freedom by Welch and Satterthwaite. */
static double welch_half(const LogSample *a, const LogSample *b, double confidence)
{
    const double variance = a->variance_of_mean + b->variance_of_mean;

    if (variance == 0 || isnan(variance))
        return variance;
    return sqrt(variance) *
           gsl_cdf_tdist_Pinv(
               0.5 + confidence / 2,
               variance * variance /
                   (a->variance_of_mean * a->variance_of_mean / (a->n - 1) +
                    b->variance_of_mean * b->variance_of_mean / (b->n - 1)));
}

/* Some values are 0, or a side has none. Two sides of nothing say nothing, as pairs of
 * nothing do. */
static RatioInterval unpaired_without_logs(const LogSample *a, const LogSample *b,
                                           unsigned n)
{
    const bool is_zero = a->n == 0 && a->n_zero > 0 && b->n > 0 && b->n_zero == 0;
    const bool is_nothing = a->n == 0 && b->n == 0;

    if (is_zero)
        return without_logs(MIN(a->n_zero, b->n), 0, true);
    return without_logs(n, is_nothing ? 0 : MAX(a->n_zero, b->n_zero), false);
}

RatioInterval interval_of_unpaired_ratio(const double *a, unsigned n_a, const double *b,
                                         unsigned n_b, double confidence)
{
    const LogSample of_a = log_sample(a, n_a), of_b = log_sample(b, n_b);
    RatioInterval ratio;

    if (of_a.n_zero + of_b.n_zero > 0 || of_a.n == 0 || of_b.n == 0) {
        ratio = unpaired_without_logs(&of_a, &of_b, MAX(n_a, n_b));
        ratio.n_left_out = MAX(n_a, n_b) - ratio.n;
        return ratio;
    }
    ratio = ratio_of_logs(of_a.mean - of_b.mean, welch_half(&of_a, &of_b, confidence),
                          MIN(of_a.n, of_b.n));
    ratio.n_left_out = MAX(of_a.n_left_out, of_b.n_left_out);
    return ratio;
}

char *ratio_left_out(const RatioInterval *ratio)
{
    const unsigned n = ratio->n + ratio->n_left_out;

    if (ratio->n_left_out == 0)
        return g_strdup("");
    if (ratio->n_zero > 0)
        return g_strdup_printf(", none: 0 on one side alone in %u of %u", ratio->n_zero,
                               n);
    return g_strdup_printf(", %u of %u left out", ratio->n_left_out, n);
}
