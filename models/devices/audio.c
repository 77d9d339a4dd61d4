/*
 * audio.c - a PCI sound card that plays a ring of buffers in the guest's memory: each
 * register access waits for qemu-dm. The samples themselves move by DMA, without an
 * access; that the guest refills them in time is its workload's affair.
 */
#include "models/device.h"
#include "models/ports.h"

static bool audio_claims(const Activity *access, ServedBy *served_by)
{
    *served_by = SERVED_BY_QEMU;
    return access->kind == ACTIVITY_PORT && access->address >= PORT_AUDIO &&
           access->address <= PORT_AUDIO_LAST;
}

const DeviceOps audio_device = {
    .name = "audio",
    .summary = "ES1370 sound card, playing by DMA",
    .claims = audio_claims,
};
