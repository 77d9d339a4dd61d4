#include "experiments/input/error.h"

G_DEFINE_QUARK(hvmsim - experiment - error, experiment_error)
