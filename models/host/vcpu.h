/*
 * vcpu.h - how the host moves a vCPU between run states and pCPUs.
 *
 * The part of a vCPU's life that belongs to the host alone; contexts use
 * context.h, schedulers scheduler.h.
 */
#ifndef MODELS_VCPU_H
#define MODELS_VCPU_H

#include "models/host/host.h"

void vcpu_enter_runstate(Vcpu *vcpu, RunstateName state, int64_t now_ns);

/* Xen 3.1, vcpu_wake, vcpu_sleep_nosync and vcpu_migrate (tests/golden/README.md,
 * section 6). */
void vcpu_wake(Vcpu *vcpu);
void vcpu_sleep(Vcpu *vcpu);
void vcpu_migrate(Vcpu *vcpu);

/* The vCPU has got its pCPU, and pays overhead_ns before its run goes on. */
void vcpu_resume_run(Vcpu *vcpu, int64_t overhead_ns, int64_t now_ns);
/* It has lost it: what is left of the run is kept, what is left of overhead is not. */
void vcpu_suspend_run(Vcpu *vcpu, int64_t now_ns);
/* It keeps it, but its run stands still for so long. */
void vcpu_delay_run(Vcpu *vcpu, int64_t delay_ns, int64_t now_ns);

/* How fast its work goes from now on. */
void vcpu_set_speed(Vcpu *vcpu, int64_t speed_percent, int64_t now_ns);

/* Timers of a vCPU: registered by the host. */
void vcpu_on_completion(void *owner, int64_t now_ns);
void vcpu_on_wake_timer(void *owner, int64_t now_ns);

#endif
