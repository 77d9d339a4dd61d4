/*
 * xentrace_tracer.h - the clock of the xentrace files that a run leaves.
 */
#ifndef RESULTS_XENTRACE_TRACER_H
#define RESULTS_XENTRACE_TRACER_H

#include "sim/units.h"

/* Four ticks to the nanosecond, so that what follows at the same instant on another
 * pCPU can have a later stamp: tools take equal ones for either order. */
#define XENTRACE_TRACER_HZ INT64_C(4000000000)

/* The stamp of simulated time 0, in ns: analysers want none that is 0. */
#define XENTRACE_TRACER_START_NS NS_PER_S

#endif
