/*
 * idle_keys.h - keys that a scenario has, and that decide nothing in it.
 */
#ifndef EXPERIMENTS_IDLE_KEYS_H
#define EXPERIMENTS_IDLE_KEYS_H

#include "experiments/scenario/key_name.h"
#include "experiments/scenario/scenario.h"

/* False of a key that only other schedulers know. */
bool scenario_has_key(const Scenario *scenario, const KeyName *name);

/* Why a key that it has decides nothing, such as "there is no stub domain", static;
 * NULL if it may decide something. */
const char *idle_key_reason(const Scenario *scenario, const KeyName *name);

/* Whether a domain does this [workload NAME]. */
bool workload_is_used(const Scenario *scenario, const char *name);

#endif
