/*
 * ne2000.c - an NE2000 network card: every word of a frame passes through its data
 * port, by string accesses; the command register sends what has been written.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

typedef struct {
    uint32_t length; /* of the frame to be sent */
    bool is_first_page;
} Ne2000;

static const Registers registers[] = {
    REGISTERS_OF_QEMU("ne2000-command", "ioemu ne2000.c", PORT, PORT_NE2000_COMMAND,
                      PORT_NE2000_COMMAND, WRITES),
    REGISTERS("ne2000-registers", "ioemu ne2000.c", PORT, PORT_NE2000_COMMAND,
              PORT_NE2000_COMMAND, READS, SERVED_ALWAYS(QEMU)),
    REGISTERS("ne2000-registers", "ioemu ne2000.c", PORT, PORT_NE2000_COMMAND + 1,
              PORT_NE2000_DATA - 1, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS_OF_QEMU("ne2000-data", "ioemu ne2000.c", PORT, PORT_NE2000_DATA,
                      PORT_NE2000_LAST, READS | WRITES),
    { .name = NULL },
};

static Effect begin_command(Ne2000 *card, uint32_t command)
{
    card->is_first_page = (command & NE2000_PAGE_MASK) == 0;
    if (command & NE2000_TRANSMIT)
        return (Effect){ .kind = EFFECT_SEND_PACKET, .bytes = card->length };
    return (Effect){ .kind = EFFECT_NONE };
}

static Effect ne2000_access(Device *self, const Activity *access)
{
    Ne2000 *card = self->state;

    if (!access->is_write)
        return (Effect){ .kind = EFFECT_NONE };
    if (access->address == PORT_NE2000_COMMAND)
        return begin_command(card, access->value);
    if (!card->is_first_page)
        return (Effect){ .kind = EFFECT_NONE };
    if (access->address == PORT_NE2000_TX_COUNT_LOW)
        card->length = (card->length & 0xff00) | (access->value & 0xff);
    if (access->address == PORT_NE2000_TX_COUNT_HIGH)
        card->length = (card->length & 0xff) | (access->value & 0xff) << 8;
    if (access->address == PORT_NE2000_IRQ_STATUS)
        return (Effect){ .kind = EFFECT_LOWER_IRQ };
    return (Effect){ .kind = EFFECT_NONE };
}

const DeviceOps ne2000_device = {
    .name = "ne2000",
    .summary = "NE2000 network card, frames by string accesses",
    .state_size = sizeof(Ne2000),
    .registers = registers,
    .access = ne2000_access,
};
