/*
 * rtl8139.c - the emulated network card: each register access waits for qemu-dm, and a
 * length written to a transmit descriptor sends a frame.
 */
#include "models/device.h"
#include "models/ports.h"

static bool rtl8139_claims(const Activity *access, ServedBy *served_by)
{
    *served_by = SERVED_BY_QEMU;
    return access->kind == ACTIVITY_PORT && access->address >= PORT_NIC &&
           access->address <= PORT_NIC_LAST;
}

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
    .claims = rtl8139_claims,
    .access = rtl8139_access,
};
