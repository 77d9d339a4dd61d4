#include "workloads/network_card.h"

#include "models/devices/ports.h"

#include <glib.h>

/* Transmit buffers of the RTL8139's driver: one page apart, as it allocates them. */
#define TX_BUFFERS      0x00400000
#define TX_BUFFER_BYTES 0x1000
/* Early transmit threshold, as that driver sets it beside the length. */
#define TX_THRESHOLD 0x00080000

/* The memory of the NE2000, in its pages of 256 bytes: a buffer for one frame to be
 * sent, behind it the ring of those that have come. */
#define NE2000_TX_PAGE      0x40
#define NE2000_RING         0x4600
#define NE2000_HEADER_BYTES 4

const char *const network_cards[] = {
    [CARD_RTL8139] = "rtl8139",
    [CARD_NE2000] = "ne2000",
    NULL,
};

/* The RTL8139. */

static uint32_t tx_descriptor(const BurstWorkload *self)
{
    return (uint32_t)(self->n_made % NIC_TX_DESCRIPTORS);
}

static void rtl8139_send(BurstWorkload *self, int64_t bytes)
{
    const uint32_t descriptor = tx_descriptor(self);

    burst_out(self, PORT_NIC_TX_ADDRESS + 4 * descriptor, 4,
              TX_BUFFERS + TX_BUFFER_BYTES * descriptor);
    burst_out(self, PORT_NIC_TX_STATUS + 4 * descriptor, 4,
              TX_THRESHOLD | (uint32_t)bytes);
}

/* What has happened, all of it acknowledged. */
static void rtl8139_begin_handler(BurstWorkload *self)
{
    burst_in(self, PORT_NIC_IRQ_STATUS, 2);
    burst_out(self, PORT_NIC_IRQ_STATUS, 2, NIC_IRQ_TX_OK | NIC_IRQ_RX_OK);
}

/* A frame is taken off the ring; is there another? */
static void rtl8139_take_frame(BurstWorkload *self)
{
    burst_out(self, PORT_NIC_READ_POINTER, 2, 64);
    burst_in(self, PORT_NIC_COMMAND, 1);
}

static void rtl8139_end_send(BurstWorkload *self)
{
    rtl8139_begin_handler(self);
    burst_in(self, PORT_NIC_TX_STATUS + 4 * tx_descriptor(self), 4);
    burst_in(self, PORT_NIC_COMMAND, 1);
}

static void rtl8139_receive(BurstWorkload *self)
{
    rtl8139_begin_handler(self);
    burst_in(self, PORT_NIC_COMMAND, 1);
    rtl8139_take_frame(self);
}

/* The NE2000. */

/* So many bytes from there on pass through the data port. */
static void remote_dma(BurstWorkload *self, uint32_t address, int64_t bytes,
                       bool is_write)
{
    burst_out(self, PORT_NE2000_COMMAND, 1, NE2000_RUN);
    burst_out(self, PORT_NE2000_DMA_BYTES_LOW, 1, (uint32_t)bytes & 0xff);
    burst_out(self, PORT_NE2000_DMA_BYTES_HIGH, 1, (uint32_t)bytes >> 8);
    burst_out(self, PORT_NE2000_DMA_LOW, 1, address & 0xff);
    burst_out(self, PORT_NE2000_DMA_HIGH, 1, address >> 8);
    burst_out(self, PORT_NE2000_COMMAND, 1, is_write ? NE2000_WRITE : NE2000_READ);
    burst_string(self, PORT_NE2000_DATA, 2, (uint32_t)(bytes + 1) / 2, is_write);
}

static void acknowledge(BurstWorkload *self, uint32_t interrupts)
{
    burst_out(self, PORT_NE2000_IRQ_STATUS, 1, interrupts);
}

static void ne2000_send(BurstWorkload *self, int64_t bytes)
{
    remote_dma(self, NE2000_TX_PAGE << 8, bytes, true);
    burst_in(self, PORT_NE2000_IRQ_STATUS, 1);
    acknowledge(self, NE2000_IRQ_DMA);
    burst_out(self, PORT_NE2000_TX_PAGE, 1, NE2000_TX_PAGE);
    burst_out(self, PORT_NE2000_TX_COUNT_LOW, 1, (uint32_t)bytes & 0xff);
    burst_out(self, PORT_NE2000_TX_COUNT_HIGH, 1, (uint32_t)bytes >> 8);
    burst_out(self, PORT_NE2000_COMMAND, 1, NE2000_RUN | NE2000_TRANSMIT);
}

/* How far the card has filled its ring, the frame's header, the frame; and the ring is
 * the card's again up to there. */
static void ne2000_take_frame(BurstWorkload *self, int64_t bytes)
{
    burst_out(self, PORT_NE2000_COMMAND, 1, NE2000_RUN | NE2000_PAGE_1);
    burst_in(self, PORT_NE2000_CURRENT, 1);
    burst_out(self, PORT_NE2000_COMMAND, 1, NE2000_RUN);
    remote_dma(self, NE2000_RING, NE2000_HEADER_BYTES, false);
    acknowledge(self, NE2000_IRQ_DMA);
    remote_dma(self, NE2000_RING + NE2000_HEADER_BYTES, bytes, false);
    acknowledge(self, NE2000_IRQ_DMA);
    burst_out(self, PORT_NE2000_BOUNDARY, 1, NE2000_RING >> 8);
    acknowledge(self, NE2000_IRQ_RX);
}

static void ne2000_begin_handler(BurstWorkload *self)
{
    burst_in(self, PORT_NE2000_IRQ_STATUS, 1);
}

/* The frame has gone; has anything else happened meanwhile? */
static void ne2000_end_handler(BurstWorkload *self, bool has_sent)
{
    if (has_sent) {
        burst_in(self, PORT_NE2000_TX_STATUS, 1);
        acknowledge(self, NE2000_IRQ_TX);
    }
    burst_in(self, PORT_NE2000_IRQ_STATUS, 1);
}

/* Either. */

void card_send(BurstWorkload *self, NetworkCard card, int64_t bytes)
{
    switch (card) {
    case CARD_RTL8139:
        rtl8139_send(self, bytes);
        return;
    case CARD_NE2000:
        ne2000_send(self, bytes);
        return;
    }
    g_assert_not_reached();
}

void card_end_send(BurstWorkload *self, NetworkCard card)
{
    switch (card) {
    case CARD_RTL8139:
        rtl8139_end_send(self);
        return;
    case CARD_NE2000:
        ne2000_begin_handler(self);
        ne2000_end_handler(self, true);
        return;
    }
    g_assert_not_reached();
}

void card_end_send_and_receive(BurstWorkload *self, NetworkCard card, int64_t bytes)
{
    switch (card) {
    case CARD_RTL8139:
        rtl8139_end_send(self);
        rtl8139_take_frame(self);
        return;
    case CARD_NE2000:
        ne2000_begin_handler(self);
        ne2000_take_frame(self, bytes);
        ne2000_end_handler(self, true);
        return;
    }
    g_assert_not_reached();
}

void card_receive(BurstWorkload *self, NetworkCard card, int64_t bytes)
{
    switch (card) {
    case CARD_RTL8139:
        rtl8139_receive(self);
        return;
    case CARD_NE2000:
        ne2000_begin_handler(self);
        ne2000_take_frame(self, bytes);
        ne2000_end_handler(self, false);
        return;
    }
    g_assert_not_reached();
}
