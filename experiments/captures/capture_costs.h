/*
 * capture_costs.h - a hardware profile under the circumstances of a capture: tracing,
 * and whether Xen traps RDTSC of PV guests.
 */
#ifndef EXPERIMENTS_CAPTURES_CAPTURE_COSTS_H
#define EXPERIMENTS_CAPTURES_CAPTURE_COSTS_H

#include "experiments/captures/capture_scenario.h"
#include "models/host/costs.h"

/* Of the host and of domain 0, with the device models that run there. Free each with
 * cost_profile_free. */
CostProfile *capture_costs_new(const CostProfile *profile,
                               const CaptureScenario *scenario);

/* Of the kernels of stub domains, and the device models in them. */
CostProfile *capture_costs_of_stubs(const CostProfile *profile,
                                    const CaptureScenario *scenario);

/* Whether PV guests that are no stub domains pay for a trap when they read the clock.
 */
bool capture_traps_rdtsc(const CaptureScenario *scenario);

/* Of the kernels of PV guests that are no stub domains. */
CostProfile *capture_costs_of_pv_guests(const CostProfile *profile,
                                        const CaptureScenario *scenario);

#endif
