/*
 * random.h - named random streams from a counter-based generator.
 *
 * A stream's identity is (run seed, name), as in "guest3/vcpu0/burst": adding a
 * guest moves nobody else's draws, and two placements meet the same workload.
 * The generator is Philox 4x64-10 of Random123 behind GSL's interface; the
 * stream's 64-bit key is the head of the SHA-256 of "seed/name".
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* Free with gsl_rng_free. */
gsl_rng *random_stream_new(uint64_t run_seed, const char *name);

/* Exponential with this mean, rounded to whole ns; 0 for a mean of 0. */
int64_t random_exponential_ns(gsl_rng *stream, int64_t mean_ns);

/* Shuffles an array of indices (Fisher and Yates). */
void random_shuffle(gsl_rng *stream, uint32_t *items, uint32_t n);

#endif
