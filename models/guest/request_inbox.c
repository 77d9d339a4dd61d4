#include "models/guest/request_inbox.h"

void request_inbox_init(RequestInbox *self, unsigned n_vcpus)
{
    *self = (RequestInbox){ .n_vcpus = n_vcpus,
                            .sent = g_new0(Request *, n_vcpus),
                            .queue = g_new0(Request *, n_vcpus) };
}

void request_inbox_clear(RequestInbox *self)
{
    g_clear_pointer(&self->sent, g_free);
    g_clear_pointer(&self->queue, g_free);
}

void request_inbox_forget(RequestInbox *self)
{
    for (unsigned i = 0; i < self->n_vcpus; i++)
        self->sent[i] = NULL;
    self->n_queued = 0;
}

void request_inbox_send(RequestInbox *self, Request *request)
{
    g_assert(!self->sent[request->guest->id]);
    self->sent[request->guest->id] = request;
}

static Request **place_of(const RequestInbox *self, unsigned i)
{
    return &self->queue[(self->first_queued + i) % self->n_vcpus];
}

Request *request_inbox_deliver(RequestInbox *self, unsigned vcpu)
{
    Request *request = self->sent[vcpu];

    if (!request)
        return NULL;
    g_assert(self->n_queued < self->n_vcpus);
    self->sent[vcpu] = NULL;
    *place_of(self, self->n_queued++) = request;
    return request;
}

Request *request_inbox_peek(const RequestInbox *self, unsigned i)
{
    return *place_of(self, i);
}

Request *request_inbox_take(RequestInbox *self)
{
    Request *request = *place_of(self, 0);

    g_assert(self->n_queued > 0);
    self->first_queued = (self->first_queued + 1) % self->n_vcpus;
    self->n_queued--;
    return request;
}
