/*
 * request_inbox.h - a guest's requests on their way into its device model: posted, with
 * their event on the way, and then in line for the loop.
 *
 * Each vCPU of the guest has at most one.
 */
#ifndef MODELS_REQUEST_INBOX_H
#define MODELS_REQUEST_INBOX_H

#include "models/guest/request.h"

typedef struct {
    Request **sent;   /* by guest vCPU: its event is on the way; or NULL */
    Request **queue;  /* a ring of one place per guest vCPU */
    unsigned n_vcpus; /* of the guest */
    unsigned n_queued, first_queued;
} RequestInbox;

void request_inbox_init(RequestInbox *self, unsigned n_vcpus);
void request_inbox_clear(RequestInbox *self);
/* All are dropped. */
void request_inbox_forget(RequestInbox *self);

/* Borrowed until it is taken. */
void request_inbox_send(RequestInbox *self, Request *request);
/* The event of this vCPU's has been handled: the request gets into line. NULL: the
 * event is of an earlier life of the guest. */
Request *request_inbox_deliver(RequestInbox *self, unsigned vcpu);
/* The i-th in line. */
Request *request_inbox_peek(const RequestInbox *self, unsigned i);
/* The first in line, which must be there. */
Request *request_inbox_take(RequestInbox *self);

#endif
