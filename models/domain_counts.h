/*
 * domain_counts.h - what the models count for each domain, from the beginning of a run.
 *
 * Every exit has an entry, and an exit for an access to a device is served in Xen,
 * posted or sent as a request. An interrupt that hits a PV vCPU's code is a trap.
 */
#ifndef MODELS_DOMAIN_COUNTS_H
#define MODELS_DOMAIN_COUNTS_H

#include "models/exit_class.h"

typedef enum {
    COUNT_EXITS, /* this and the following, by ExitClass */
    COUNT_ENTRIES = COUNT_EXITS + EXIT_CLASSES,
    COUNT_SERVED_IN_XEN,
    COUNT_POSTED,
    COUNT_SENT_REQUESTS,
    COUNT_RING_REQUESTS,        /* put on a ring for it, and answered by a back end */
    COUNT_LOST_SENT_FRAMES,     /* found the queue before the card full */
    COUNT_LOST_RECEIVED_FRAMES, /* found no buffer of the guest's */
    GUEST_COUNTS,               /* up to here of HVM guests only */
    COUNT_TRAPS = GUEST_COUNTS,
    COUNT_EVENT_HYPERCALLS, /* an event is sent to another domain */
    COUNT_BLOCK_HYPERCALLS,
    COUNT_IRQ_HYPERCALLS, /* a device model sets or clears its guest's interrupt line */
    COUNT_SENT_IPIS,      /* by the hypervisor while one of its vCPUs had the pCPU */
    COUNT_RECEIVED_IPIS,  /* those that hit a pCPU which one of its vCPUs had */
    COUNT_NOTIFICATIONS,  /* an event channel's port has become pending */
    COUNT_UPCALLS,        /* of these, those that found no upcall pending */
    DOMAIN_COUNTS,
} DomainCount;

/* As results name it: "exits_hlt", "traps". */
const char *domain_count_name(DomainCount count);
/* "hlt": the same of its exits, without what they have in common. */
const char *exit_class_name(ExitClass exit);

#endif
