/*
 * probe.h - how observers hear what happens on a host.
 *
 * The models announce, and know no listener. A probe is a table of functions of
 * which any may be NULL; with no probe added, an announcement costs one branch.
 * Listeners must not change the host.
 */
#ifndef MODELS_PROBE_H
#define MODELS_PROBE_H

#include "models/runstate.h"
#include "models/workload.h"

#include <stdint.h>

typedef struct Host Host;
typedef struct Pcpu Pcpu;
typedef struct Domain Domain;
typedef struct Vcpu Vcpu;
typedef struct Request Request;

/* What front and back ends share rings for. */
typedef enum {
    RING_BLOCK,
    RING_NETWORK,
    RING_KINDS,
} RingKind;

typedef struct {
    void *listener;
    /* Another vCPU has been chosen; prev is still running in its books. */
    void (*switched)(void *listener, int64_t now_ns, const Pcpu *pcpu, const Vcpu *prev,
                     const Vcpu *next);
    /* The same vCPU goes on. */
    void (*continued)(void *listener, int64_t now_ns, const Pcpu *pcpu,
                      const Vcpu *vcpu);
    void (*runstate)(void *listener, int64_t now_ns, const Vcpu *vcpu,
                     RunstateName from, RunstateName to);
    /* A not-runnable vCPU has become runnable by an event, or by its start. */
    void (*woken)(void *listener, int64_t now_ns, const Vcpu *vcpu);
    /* An accounting pass of the scheduler has ended; before softirqs. */
    void (*accounted)(void *listener, int64_t now_ns);
    /* An HVM guest's vCPU has left its code for Xen, or enters it again; one that is
     * preempted in its code does neither. access: of IO_INSTRUCTION and DEVICE_MEMORY;
     * else NULL. Xen's work on the way may be part of what follows the entry. */
    void (*exited)(void *listener, int64_t now_ns, const Vcpu *vcpu, ExitClass exit,
                   const Activity *access);
    void (*entered)(void *listener, int64_t now_ns, const Vcpu *vcpu);
    /* An emulated I/O request is finished: its guest executes again. */
    void (*request)(void *listener, int64_t now_ns, const Request *request);
    /* A back end has answered what a front end put on a ring for that domain. */
    void (*ring_request)(void *listener, int64_t now_ns, const Domain *domain,
                         RingKind kind, int64_t took_ns);
    /* A guest has completed a transfer (a disk block, a packet, a console line). */
    void (*transfer)(void *listener, int64_t now_ns, const Vcpu *vcpu, int64_t bytes,
                     int64_t took_ns);
    /* A guest has done what had a deadline: in time (0), or so much later. */
    void (*deadline)(void *listener, int64_t now_ns, const Vcpu *vcpu,
                     int64_t lateness_ns);
    /* Deadlines of a guest have passed before it came to work for them. */
    void (*skipped)(void *listener, int64_t now_ns, const Vcpu *vcpu, uint64_t n);
    /* A guest has booted, so long after its creation was ordered or it was started. */
    void (*booted)(void *listener, int64_t now_ns, const Vcpu *vcpu, int64_t took_ns);
    /* A domain has come up after its creation, or is destroyed. */
    void (*created)(void *listener, int64_t now_ns, const Domain *domain);
    void (*destroyed)(void *listener, int64_t now_ns, const Domain *domain);
    /* A request will never be answered: its guest is destroyed. */
    void (*dropped)(void *listener, int64_t now_ns, const Request *request);
    /* A domain is about to draw on the account of to, no more on that of from; its
     * books are up to now. */
    void (*regrouped)(void *listener, int64_t now_ns, const Domain *domain,
                      const Domain *from, const Domain *to);
    /* The hypervisor or the toolstack refuses an order (orders.h): a negative errno;
     * nothing has changed. The names outlive the run. */
    void (*refused)(void *listener, int64_t now_ns, const char *order,
                    const char *domain, int result);
} Probe;

/* Copied; the listener must live until the host has handled its last event. Before
 * host_start. */
void host_add_probe(Host *host, const Probe *probe);

#endif
