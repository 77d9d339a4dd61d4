/*
 * pv_cpu.h - a vCPU of a PV kernel: event upcalls on top, a main level below.
 *
 * dom0's vCPUs and stub domains are built on it. While the vCPU runs, a pending event
 * interrupts the main level; each pending port costs its handler's time, then the main
 * level is asked what to run. A preempted vCPU takes its events when it next runs.
 */
#ifndef MODELS_PV_CPU_H
#define MODELS_PV_CPU_H

#include "models/host/context.h"
#include "models/host/event_channel.h"

typedef struct PvCpu PvCpu;

typedef struct {
    /* The main level's run is used up. */
    void (*finished)(PvCpu *cpu, int64_t now_ns);
    /* The main level is interrupted: it keeps left_ns, and gets it back by resume. */
    void (*interrupted)(PvCpu *cpu, int64_t left_ns, int64_t now_ns);
    /* Events are handled, or the vCPU has nothing to do: run or block, by pv_cpu_run
     * or pv_cpu_block. */
    void (*resume)(PvCpu *cpu, int64_t now_ns);
} PvCpuOps;

struct PvCpu {
    Vcpu *vcpu;
    EventChannels *channels;
    const PvCpuOps *ops;
    void *owner;
    int64_t upcall_ns;
    Domain *upcall_for;        /* to whom it is attributed; NULL: the host */
    const EventPort *handling; /* the port whose handler's time runs now */
    bool is_in_upcall;
    bool is_main_running; /* the vCPU's present run is the main level's: a preemption by
                             Xen keeps it, an upcall ends it */
};

/* The context for host_add_vcpu; its context pointer is the PvCpu. */
extern const ContextOps pv_cpu_context;

void pv_cpu_init(PvCpu *cpu, Vcpu *vcpu, const PvCpuOps *ops, void *owner,
                 int64_t upcall_ns);
void pv_cpu_clear(PvCpu *cpu);
/* As after pv_cpu_init, for another life of its vCPU, which is down. */
void pv_cpu_reset(PvCpu *cpu);

/* For ops: what the main level does now. */
void pv_cpu_run(PvCpu *cpu, int64_t run_ns, Domain *run_for);
/* Blocks unless an event is pending, which is then handled first. */
void pv_cpu_block(PvCpu *cpu, int64_t now_ns);

#endif
