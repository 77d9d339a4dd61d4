/*
 * arrival_params.h - when frames come to a guest from outside.
 */
#ifndef MODELS_ARRIVAL_PARAMS_H
#define MODELS_ARRIVAL_PARAMS_H

#include <gsl/gsl_rng.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t mean_ns;     /* from one to the next; 0: none come */
    bool is_exponential; /* else always so long */
    gsl_rng *stream;     /* NULL unless exponential; taken */
} ArrivalParams;

#endif
