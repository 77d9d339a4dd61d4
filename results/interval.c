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
