/*
 * context.h - what runs on a vCPU, and what it can ask of the host.
 *
 * A context gives its vCPU one run at a time: so many ns of CPU time for the
 * benefit of one domain. The host consumes it while the vCPU has a pCPU, keeps
 * the rest over preemption, and calls advance when it is used up.
 */
#ifndef MODELS_CONTEXT_H
#define MODELS_CONTEXT_H

#include "models/host/host.h"

struct ContextOps {
    const char *name;
    /* The run is used up, and the vCPU has its pCPU. Must give another run with
     * vcpu_set_run, or make the vCPU not runnable. */
    void (*advance)(Vcpu *vcpu, int64_t now_ns);
    /* Optional. The vCPU is about to run on a pCPU / has lost it. A run given in
     * dispatched takes the place of the present one. */
    void (*dispatched)(Vcpu *vcpu, int64_t now_ns);
    void (*descheduled)(Vcpu *vcpu, int64_t now_ns);
    /* Optional. vcpu->wake_timer has fired. NULL: unblocks. */
    void (*timer)(Vcpu *vcpu, int64_t now_ns);
    /* Optional. An interrupt hits it while it runs: what leaving its code and coming
     * back costs, 0 if the hypervisor works for it. NULL: a trap, always. */
    int64_t (*interrupted)(Vcpu *vcpu);
};

/* The next run; -1 ns or TIME_NEVER_NS: it never ends. run_for: to whom the time is
 * attributed (NULL: the host). Allowed at any time, also while not running. */
void vcpu_set_run(Vcpu *vcpu, int64_t run_ns, Domain *run_for);

/* What is left of the present run now, overhead not counted. */
int64_t vcpu_run_left_ns(const Vcpu *vcpu, int64_t now_ns);

/* Books the time up to now. Called by whoever reads the books in the middle of a run.
 */
void vcpu_book_time(Vcpu *vcpu, int64_t now_ns);

/* Brings a down vCPU up, blocked or not, and wakes it. */
void vcpu_start(Vcpu *vcpu, bool is_blocked);

/* Blocks the running vCPU (HLT, block): SCHEDULE is raised on its pCPU. */
void vcpu_block(Vcpu *vcpu);
/* Ends a block, and wakes; nothing if it is not blocked. True if it was. */
bool vcpu_unblock(Vcpu *vcpu);
/* Waits for its device model, which runs on server, and the end of that. */
void vcpu_wait_in_xen(Vcpu *vcpu, Vcpu *server);
void vcpu_end_wait_in_xen(Vcpu *vcpu);
/* Gives up the pCPU without blocking (Xen: yield). */
void vcpu_yield(Vcpu *vcpu);

#endif
