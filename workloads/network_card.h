/*
 * network_card.h - how a guest's drivers use its network cards: the accesses, in their
 * order.
 *
 * The RTL8139 is a bus master, which takes frames from memory by itself. The NE2000 has
 * a memory of its own: each frame passes through its data port as a string, behind the
 * registers that say where to and how much.
 */
#ifndef WORKLOADS_NETWORK_CARD_H
#define WORKLOADS_NETWORK_CARD_H

#include "workloads/burst_workload.h"

typedef enum {
    CARD_RTL8139,
    CARD_NE2000,
} NetworkCard;
/* "rtl8139", "ne2000", NULL. */
extern const char *const network_cards[];

/* Frames shorter than this are padded on the wire. */
#define FRAME_BYTES_MIN 60
#define FRAME_BYTES_MAX 1518

/* Keys of sources that use a card: fields card (an int, NetworkCard) and frame_bytes.
 */
#define NETWORK_CARD_OPTIONS(Struct, default_frame, frame_help)                        \
    OPTION_CHOICE_FIELD(Struct, card, "card", "rtl8139", network_cards,                \
                        "which one is emulated; not with PV drivers"),                 \
        OPTION_BYTES_FIELD(Struct, frame_bytes, "frame", default_frame,                \
                           FRAME_BYTES_MIN, FRAME_BYTES_MAX, frame_help)

/* A frame goes out. RTL8139: 2 accesses; the burst's number chooses the descriptor.
 * NE2000: 13, of which one is the string. */
void card_send(BurstWorkload *self, NetworkCard card, int64_t bytes);

/* The interrupt handler after it: 4 accesses. */
void card_end_send(BurstWorkload *self, NetworkCard card);
/* The same handler finds a frame as well, and takes it. RTL8139: 2 accesses more;
 * NE2000: 21, two of them strings, its header and itself. */
void card_end_send_and_receive(BurstWorkload *self, NetworkCard card, int64_t bytes);
/* The interrupt handler when a frame has come. RTL8139: 5 accesses; NE2000: 23,
 * likewise.
 */
void card_receive(BurstWorkload *self, NetworkCard card, int64_t bytes);

#endif
