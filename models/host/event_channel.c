#include "models/host/event_channel.h"

#include "models/host/context.h"
#include "models/host/interrupt.h"

#define BITS_PER_WORD      64u
#define PORTS_PER_SELECTOR (BITS_PER_WORD * BITS_PER_WORD)

struct EventChannels {
    Vcpu *vcpu;
    void (*interrupt)(Vcpu *vcpu, int64_t now_ns);
    EventPort *ports;
    uint64_t *pending;  /* a bit for each port */
    uint64_t *selector; /* a bit for each word of pending that is not 0 */
    unsigned n_ports;
    bool is_upcall_pending;
};

EventChannels *event_channels_new(Vcpu *vcpu, void (*interrupt)(Vcpu *, int64_t))
{
    EventChannels *channels = g_new0(EventChannels, 1);

    channels->vcpu = vcpu;
    channels->interrupt = interrupt;
    return channels;
}

void event_channels_free(EventChannels *channels)
{
    if (!channels)
        return;
    g_free(channels->ports);
    g_free(channels->pending);
    g_free(channels->selector);
    g_free(channels);
}

/* Room for one bit more than n_bits, clear. */
static void grow(uint64_t **words, unsigned n_bits)
{
    if (n_bits % BITS_PER_WORD != 0)
        return;
    *words = g_renew(uint64_t, *words, n_bits / BITS_PER_WORD + 1);
    (*words)[n_bits / BITS_PER_WORD] = 0;
}

unsigned event_channels_open(EventChannels *channels, const EventPort *port)
{
    const unsigned number = channels->n_ports++;

    channels->ports = g_renew(EventPort, channels->ports, number + 1);
    channels->ports[number] = *port;
    if (number % BITS_PER_WORD == 0)
        grow(&channels->selector, number / BITS_PER_WORD);
    grow(&channels->pending, number);
    return number;
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

    g_assert(port < channels->n_ports);
    word = &channels->pending[place];
    if (*word & bit_of(port))
        return;
    *word |= bit_of(port);
    channels->selector[place / BITS_PER_WORD] |= bit_of(place);
    vcpu_count_one(channels->vcpu, COUNT_NOTIFICATIONS);
    if (channels->is_upcall_pending)
        return;
    channels->is_upcall_pending = true;
    vcpu_count_one(channels->vcpu, COUNT_UPCALLS);
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

/* Xen 3.1's two levels: a word of the selector stands for 4,096 ports. */
const EventPort *event_channels_take(EventChannels *channels)
{
    for (unsigned i = 0; i * PORTS_PER_SELECTOR < channels->n_ports; i++) {
        uint64_t *selector = &channels->selector[i];
        unsigned place, port;
        uint64_t *word;

        if (!*selector)
            continue;
        place = i * BITS_PER_WORD + (unsigned)__builtin_ctzll(*selector);
        word = &channels->pending[place];
        port = place * BITS_PER_WORD + (unsigned)__builtin_ctzll(*word);
        *word &= *word - 1;
        if (!*word)
            *selector &= *selector - 1;
        return &channels->ports[port];
    }
    return NULL;
}

void event_channels_reset(EventChannels *channels)
{
    while (event_channels_take(channels))
        continue;
    channels->is_upcall_pending = false;
}
