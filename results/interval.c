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

RatioInterval interval_of_ratio(const double *a, const double *b, unsigned n,
                                double confidence)
{
    double *logs = g_new(double, n);
    unsigned n_pairs = 0;
    Interval interval;

    for (unsigned i = 0; i < n; i++)
        if (a[i] > 0 && b[i] > 0)
            logs[n_pairs++] = log(a[i] / b[i]);
    interval = interval_of_mean(logs, n_pairs, confidence);
    g_free(logs);
    return (RatioInterval){
        .mean = exp(interval.mean),
        .low = exp(interval.mean - interval.half),
        .high = exp(interval.mean + interval.half),
        .n = n_pairs,
    };
}

/* Logs of the values that are positive. */
typedef struct {
    double mean, variance_of_mean;
    unsigned n;
} LogSample;

static LogSample log_sample(const double *values, unsigned n)
{
    double *logs = g_new(double, n);
    LogSample sample = { NAN, NAN, 0 };

    for (unsigned i = 0; i < n; i++)
        if (values[i] > 0)
            logs[sample.n++] = log(values[i]);
    if (sample.n > 0)
        sample.mean = gsl_stats_mean(logs, 1, sample.n);
    if (sample.n > 1)
        sample.variance_of_mean =
            gsl_stats_variance_m(logs, 1, sample.n, sample.mean) / sample.n;
    g_free(logs);
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

RatioInterval interval_of_unpaired_ratio(const double *a, unsigned n_a, const double *b,
                                         unsigned n_b, double confidence)
{
    const LogSample of_a = log_sample(a, n_a), of_b = log_sample(b, n_b);
    const double difference = of_a.mean - of_b.mean;
    const double half = welch_half(&of_a, &of_b, confidence);

    return (RatioInterval){
        .mean = exp(difference),
        .low = exp(difference - half),
        .high = exp(difference + half),
        .n = MIN(of_a.n, of_b.n),
    };
}
