/*
 * rtl8139.c - the emulated network card: each register access waits for qemu-dm, and a
 * length written to a transmit descriptor sends a frame.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

#define TX_STATUS_LAST (PORT_NIC_TX_ADDRESS - 1)

static const Registers registers[] = {
    REGISTERS("rtl8139-registers", "ioemu rtl8139.c", PORT, PORT_NIC,
              PORT_NIC_TX_STATUS - 1, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS_OF_QEMU("rtl8139-transmit", "ioemu rtl8139.c", PORT, PORT_NIC_TX_STATUS,
                      TX_STATUS_LAST, WRITES),
    REGISTERS("rtl8139-registers", "ioemu rtl8139.c", PORT, PORT_NIC_TX_STATUS,
              TX_STATUS_LAST, READS, SERVED_ALWAYS(QEMU)),
    REGISTERS("rtl8139-registers", "ioemu rtl8139.c", PORT, PORT_NIC_TX_ADDRESS,
              PORT_NIC_IRQ_MASK - 1, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("rtl8139-irq", "ioemu rtl8139.c", PORT, PORT_NIC_IRQ_MASK,
              PORT_NIC_IRQ_STATUS + 1, READS | WRITES, SERVED_ALWAYS(QEMU)),
    REGISTERS("rtl8139-registers", "ioemu rtl8139.c", PORT, PORT_NIC_IRQ_STATUS + 2,
              PORT_NIC_LAST, READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

static Effect rtl8139_access(Device *self G_GNUC_UNUSED, const Activity *access)
{
    const uint64_t last_tx = PORT_NIC_TX_STATUS + 4 * (NIC_TX_DESCRIPTORS - 1);

    if (access->is_write && access->address >= PORT_NIC_TX_STATUS &&
        access->address <= last_tx)
        return (Effect){ .kind = EFFECT_SEND_PACKET,
                         .bytes = access->value & NIC_TX_SIZE_MASK };
    return (Effect){ .kind = EFFECT_NONE };
}

const DeviceOps rtl8139_device = {
    .name = "rtl8139",
    .summary = "RTL8139 network card",
    .registers = registers,
    .access = rtl8139_access,
};
