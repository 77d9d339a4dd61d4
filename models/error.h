/*
 * error.h - what can be wrong with what a user asks of the models.
 */
#ifndef MODELS_ERROR_H
#define MODELS_ERROR_H

#include <glib.h>

#define MODEL_ERROR (model_error_quark())

typedef enum {
    MODEL_ERROR_UNKNOWN_NAME, /* no plug of that name */
    MODEL_ERROR_VALUE,        /* a parameter out of its range */
    MODEL_ERROR_LAW,          /* a law of the model does not hold: a defect of ours */
} ModelError;

GQuark model_error_quark(void);

#endif
