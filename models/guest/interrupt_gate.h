/*
 * interrupt_gate.h - keeps the interrupts of a guest's devices apart: one that comes
 * too soon after the last is held back, and those that come meanwhile are one with it.
 */
#ifndef MODELS_INTERRUPT_GATE_H
#define MODELS_INTERRUPT_GATE_H

#include "models/host/host.h"

typedef struct {
    const Vcpu *vcpu;
    SimTimer timer;
    SimAction deliver;
    void *owner;
    int64_t gap_ns;  /* 0: every interrupt passes at once */
    int64_t open_ns; /* the next one passes no earlier */
} InterruptGate;

/* Lives at a fixed address. vcpu: which takes them. */
void interrupt_gate_init(InterruptGate *self, const Vcpu *vcpu, int64_t gap_ns,
                         SimAction deliver, void *owner);
/* Nothing is held back any more. */
void interrupt_gate_reset(InterruptGate *self);
void interrupt_gate_raise(InterruptGate *self, int64_t now_ns);

#endif
