#include "results/steady_state.h"

#include <glib.h>

static double batch_mean(const double *values, unsigned batch)
{
    double sum = 0;

    for (unsigned i = 0; i < STEADY_STATE_BATCH; i++)
        sum += values[batch * STEADY_STATE_BATCH + i];
    return sum / STEADY_STATE_BATCH;
}

/* The square of the standard error of the mean of n, but for a constant. Exactly 0
 * where all are alike. */
static double squared_error(const double *means, unsigned n)
{
    const double shift = means[0];
    double sum = 0, squares = 0;

    for (unsigned i = 0; i < n; i++) {
        sum += means[i] - shift;
        squares += (means[i] - shift) * (means[i] - shift);
    }
    return (squares - sum * sum / n) / ((double)n * n);
}

bool steady_state_begin(const double *values, unsigned n, unsigned *begin)
{
    const unsigned n_batches = n / STEADY_STATE_BATCH;
    const unsigned too_many = (n_batches + 1) / 2; /* the first that is half or more */
    g_autofree double *means = g_new(double, n_batches);
    double least = 0;
    unsigned best = 0;

    for (unsigned i = 0; i < n_batches; i++)
        means[i] = batch_mean(values, i);
    for (unsigned i = 0; i <= too_many && i < n_batches; i++) {
        const double error = squared_error(means + i, n_batches - i);

        if (i > 0 && error >= least)
            continue;
        least = error;
        best = i;
    }
    *begin = best * STEADY_STATE_BATCH;
    return n_batches > 1 && best < too_many;
}
