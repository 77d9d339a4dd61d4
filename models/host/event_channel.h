/*
 * event_channel.h - events to PV vCPUs, with Xen's coalescing and kick rules.
 *
 * An event whose port is already pending has no effect; one that finds the vCPU's
 * upcall pending only sets its port's bit; else the vCPU is kicked: woken if blocked,
 * interrupted if it runs, and left alone (no wake, no boost) if it is preempted.
 * Xen 3.1, evtchn_set_pending and vcpu_kick.
 */
#ifndef MODELS_EVENT_CHANNEL_H
#define MODELS_EVENT_CHANNEL_H

#include "models/host/host.h"

/* Called by the receiving kernel's upcall handler when its work on the event is done.
 */
typedef void (*EventHandler)(void *owner, int64_t now_ns);

typedef struct {
    EventHandler handle;
    void *owner;
    int64_t handler_ns; /* what handling it costs, beside the upcall itself */
    Domain *run_for;    /* on whose behalf; NULL: the host */
} EventPort;

typedef struct EventChannels EventChannels;

/* The ports of one PV vCPU. interrupt is called when an event becomes pending while the
 * vCPU runs. */
EventChannels *event_channels_new(Vcpu *vcpu, void (*interrupt)(Vcpu *, int64_t));
void event_channels_free(EventChannels *channels);

/* A new port, numbered by the order of opening. */
unsigned event_channels_open(EventChannels *channels, const EventPort *port);

/* Sets the port pending, and kicks as above. */
void event_send(EventChannels *channels, unsigned port);

/* Nothing is pending any more: the vCPU's life has ended. */
void event_channels_reset(EventChannels *channels);

bool event_channels_upcall_pending(const EventChannels *channels);

/* The upcall begins: the mark is cleared, so that later events kick again. */
void event_channels_begin_upcall(EventChannels *channels);

/* Takes the lowest pending port; NULL when there is none. */
const EventPort *event_channels_take(EventChannels *channels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EventChannels, event_channels_free)

#endif
