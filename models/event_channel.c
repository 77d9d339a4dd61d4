#include "models/event_channel.h"

#include "models/context.h"

#define PORTS_PER_WORD 64u

struct EventChannels {
    Vcpu *vcpu;
    void (*interrupt)(Vcpu *vcpu, int64_t now_ns);
    GArray *ports;   /* of EventPort */
    GArray *pending; /* of uint64_t, a bit for each port */
    bool is_upcall_pending;
};

EventChannels *event_channels_new(Vcpu *vcpu, void (*interrupt)(Vcpu *, int64_t))
{
    EventChannels *channels = g_new0(EventChannels, 1);

    channels->vcpu = vcpu;
    channels->interrupt = interrupt;
    channels->ports = g_array_new(false, true, sizeof(EventPort));
    channels->pending = g_array_new(false, true, sizeof(uint64_t));
    return channels;
}

void event_channels_free(EventChannels *channels)
{
    if (!channels)
        return;
    g_array_unref(channels->ports);
    g_array_unref(channels->pending);
    g_free(channels);
}

unsigned event_channels_open(EventChannels *channels, const EventPort *port)
{
    g_array_append_val(channels->ports, *port);
    g_array_set_size(channels->pending,
                     (channels->ports->len + PORTS_PER_WORD - 1) / PORTS_PER_WORD);
    return channels->ports->len - 1;
}

static uint64_t *word_of(EventChannels *channels, unsigned port)
{
    return &g_array_index(channels->pending, uint64_t, port / PORTS_PER_WORD);
}

/* Xen 3.1, vcpu_kick: one that has asked to block but still has its pCPU is both woken
 * and interrupted. */
static void kick(const EventChannels *channels)
{
    Vcpu *vcpu = channels->vcpu;
    const bool was_running = vcpu->is_running;

    vcpu_unblock(vcpu);
    if (!was_running)
        return;
    pcpu_kick(vcpu->pcpu);
    channels->interrupt(vcpu, host_now_ns(vcpu->domain->host));
}

void event_send(EventChannels *channels, unsigned port)
{
    const uint64_t bit = UINT64_C(1) << (port % PORTS_PER_WORD);
    uint64_t *word;

    g_assert(port < channels->ports->len);
    word = word_of(channels, port);
    if (*word & bit)
        return;
    *word |= bit;
    if (channels->is_upcall_pending)
        return;
    channels->is_upcall_pending = true;
    kick(channels);
}

bool event_channels_upcall_pending(const EventChannels *channels)
{
    return channels->is_upcall_pending;
}

void event_channels_begin_upcall(EventChannels *channels)
{
    channels->is_upcall_pending = false;
}

const EventPort *event_channels_take(EventChannels *channels)
{
    for (unsigned i = 0; i < channels->pending->len; i++) {
        uint64_t *word = &g_array_index(channels->pending, uint64_t, i);

        if (!*word)
            continue;
        const unsigned bit = (unsigned)__builtin_ctzll(*word);

        *word &= *word - 1;
        return &g_array_index(channels->ports, EventPort, i * PORTS_PER_WORD + bit);
    }
    return NULL;
}
