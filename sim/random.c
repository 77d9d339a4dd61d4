#include "sim/random.h"

#include <Random123/conventional/gsl_cbrng.h>
#include <Random123/philox.h>
#include <glib.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
GSL_CBRNG(philox, philox4x64);
#pragma GCC diagnostic pop

gsl_rng *random_stream_new(uint64_t run_seed, const char *name)
{
    g_autofree char *identity =
        g_strdup_printf("%" G_GUINT64_FORMAT "/%s", run_seed, name);
    g_autofree char *digest =
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);
    gsl_rng *stream = gsl_rng_alloc(&philox_type);

    digest[16] = '\0';
    gsl_rng_set(stream, (unsigned long)g_ascii_strtoull(digest, NULL, 16));
    return stream;
}

int64_t random_exponential_ns(gsl_rng *stream, int64_t mean_ns)
{
    return mean_ns == 0
               ? 0
               : (int64_t)llround(gsl_ran_exponential(stream, (double)mean_ns));
}

void random_shuffle(gsl_rng *stream, uint32_t *items, uint32_t n)
{
    for (uint32_t i = n; i > 1; i--) {
        const uint32_t j = (uint32_t)gsl_rng_uniform_int(stream, i);
        const uint32_t item = items[j];

        items[j] = items[i - 1];
        items[i - 1] = item;
    }
}
