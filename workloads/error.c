#include "workloads/error.h"

G_DEFINE_QUARK(hvmsim - workload - error, workload_error)
