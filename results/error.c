#include "results/error.h"

G_DEFINE_QUARK(hvmsim - results - error, results_error)
