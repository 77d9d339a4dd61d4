/*
 * audio.c - a PCI sound card that plays a ring of buffers in the guest's memory: each
 * register access waits for qemu-dm. The samples themselves move by DMA, without an
 * access; that the guest refills them in time is its workload's affair.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

static const Registers registers[] = {
    REGISTERS("audio", "ioemu es1370.c", PORT, PORT_AUDIO, PORT_AUDIO_LAST,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

const DeviceOps audio_device = {
    .name = "audio",
    .summary = "ES1370 sound card, playing by DMA",
    .registers = registers,
};
