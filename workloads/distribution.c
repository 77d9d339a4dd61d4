#include "workloads/distribution.h"

#include <math.h>
#include <stddef.h>

const char *const distribution_names[] = { "constant", "exponential", "uniform", NULL };

int64_t distribution_draw(Distribution distribution, gsl_rng *stream, int64_t mean)
{
    const double u = gsl_rng_uniform_pos(stream);

    switch (distribution) {
    case DISTRIBUTION_CONSTANT:
        return mean;
    case DISTRIBUTION_EXPONENTIAL:
        return (int64_t)llround(-log(u) * (double)mean);
    case DISTRIBUTION_UNIFORM:
        return (int64_t)(u * (double)(2 * mean + 1));
    }
    return mean;
}
