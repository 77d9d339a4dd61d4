#include "models/event_channel.h"

#include "models/context.h"

#define BITS_PER_WORD 64u

struct EventChannels {
    Vcpu *vcpu;
    void (*interrupt)(Vcpu *vcpu, int64_t now_ns);
    GArray *ports;    /* of EventPort */
    GArray *pending;  /* of uint64_t, a bit for each port */
    GArray *selector; /* of uint64_t, a bit for each word of pending that is not 0 */
    bool is_upcall_pending;
};

EventChannels *event_channels_new(Vcpu *vcpu, void (*interrupt)(Vcpu *, int64_t))
{
    EventChannels *channels = g_new0(EventChannels, 1);

    channels->vcpu = vcpu;
    channels->interrupt = interrupt;
    channels->ports = g_array_new(false, true, sizeof(EventPort));
    channels->pending = g_array_new(false, true, sizeof(uint64_t));
    channels->selector = g_array_new(false, true, sizeof(uint64_t));
    return channels;
}

void event_channels_free(EventChannels *channels)
{
    if (!channels)
        return;
    g_array_unref(channels->ports);
    g_array_unref(channels->pending);
    g_array_unref(channels->selector);
    g_free(channels);
}

static unsigned words_for(unsigned n_bits)
{
    return (n_bits + BITS_PER_WORD - 1) / BITS_PER_WORD;
}

unsigned event_channels_open(EventChannels *channels, const EventPort *port)
{
    g_array_append_val(channels->ports, *port);
    g_array_set_size(channels->pending, words_for(channels->ports->len));
    g_array_set_size(channels->selector, words_for(channels->pending->len));
    return channels->ports->len - 1;
}

static uint64_t *word_at(const GArray *words, unsigned i)
{
    return &g_array_index(words, uint64_t, i);
}

static uint64_t bit_of(unsigned i)
{
    return UINT64_C(1) << i % BITS_PER_WORD;
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
    const unsigned place = port / BITS_PER_WORD;
    uint64_t *word;

    g_assert(port < channels->ports->len);
    word = word_at(channels->pending, place);
    if (*word & bit_of(port))
        return;
    *word |= bit_of(port);
    *word_at(channels->selector, place / BITS_PER_WORD) |= bit_of(place);
    if (channels->is_upcall_pending)
        return;
    channels->is_upcall_pending = true;
    kick(channels);
}

void event_channels_reset(EventChannels *channels)
{
    for (unsigned i = 0; i < channels->pending->len; i++)
        *word_at(channels->pending, i) = 0;
    for (unsigned i = 0; i < channels->selector->len; i++)
        *word_at(channels->selector, i) = 0;
    channels->is_upcall_pending = false;
}

bool event_channels_upcall_pending(const EventChannels *channels)
{
    return channels->is_upcall_pending;
}

void event_channels_begin_upcall(EventChannels *channels)
{
    channels->is_upcall_pending = false;
}

/* Xen 3.1's two levels: a word of the selector stands for 4,096 ports. */
const EventPort *event_channels_take(EventChannels *channels)
{
    for (unsigned i = 0; i < channels->selector->len; i++) {
        uint64_t *selector = word_at(channels->selector, i);
        unsigned place, port;
        uint64_t *word;

        if (!*selector)
            continue;
        place = i * BITS_PER_WORD + (unsigned)__builtin_ctzll(*selector);
        word = word_at(channels->pending, place);
        port = place * BITS_PER_WORD + (unsigned)__builtin_ctzll(*word);
        *word &= *word - 1;
        if (!*word)
            *selector &= *selector - 1;
        return &g_array_index(channels->ports, EventPort, port);
    }
    return NULL;
}
