/*
 * host_timers.h - the timers that a scheduler is called by, as the host registers them;
 * what a scheduler does with them is in scheduler.h.
 */
#ifndef MODELS_HOST_TIMERS_H
#define MODELS_HOST_TIMERS_H

#include "models/host/host.h"

/* The owner is the Pcpu, the Host or the Domain. */
void pcpu_on_slice(void *owner, int64_t now_ns);
void pcpu_on_tick(void *owner, int64_t now_ns);
void host_on_accounting(void *owner, int64_t now_ns);
void domain_on_budget(void *owner, int64_t now_ns);

#endif
