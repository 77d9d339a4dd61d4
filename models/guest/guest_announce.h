/*
 * guest_announce.h - what an HVM guest's vCPU tells the probes of its host (probe.h).
 */
#ifndef MODELS_GUEST_ANNOUNCE_H
#define MODELS_GUEST_ANNOUNCE_H

#include "models/guest/request.h"

/* access: NULL for those that are none. */
void guest_announce_exit(const Vcpu *vcpu, ExitClass exit, const Activity *access);
void guest_announce_entry(const Vcpu *vcpu);
void guest_announce_request(const Request *request);
void guest_announce_transfer(const Vcpu *vcpu, int64_t bytes, int64_t took_ns);
/* late_ns: negative or 0 when the deadline is met. */
void guest_announce_deadline(const Vcpu *vcpu, int64_t late_ns);
void guest_announce_booted(const Vcpu *vcpu, int64_t took_ns);
void guest_announce_dropped(const Request *request);
/* Nothing for 0. */
void guest_announce_skipped(const Vcpu *vcpu, int64_t n);

#endif
