#include "models/error.h"

G_DEFINE_QUARK(hvmsim - model - error, model_error)
