/*
 * rtc.c - the real-time clock, and the CMOS memory behind it.
 *
 * One pair of ports: an index, then data. The first 14 cells are the clock's; an access
 * to the others, and writing their index, is qemu-dm's in every release.
 */
#include "models/devices/device.h"
#include "models/devices/ports.h"

#define CLOCK_CELLS 14
#define INDEX_MASK  0x7f

typedef struct {
    uint32_t index; /* written last */
} Rtc;

static const Registers registers[] = {
    REGISTERS("rtc", "hvm/rtc.c", PORT, PORT_CMOS_INDEX, PORT_CMOS_DATA, READS | WRITES,
              SERVED(QEMU, XEN, XEN, XEN, XEN, XEN)),
    REGISTERS("cmos", "ioemu mc146818rtc.c", PORT, PORT_CMOS_INDEX, PORT_CMOS_DATA,
              READS | WRITES, SERVED_ALWAYS(QEMU)),
    { .name = NULL },
};

static bool rtc_is_second(const Device *self, const Activity *access)
{
    const Rtc *rtc = self->state;
    const bool is_index = access->is_write && access->address == PORT_CMOS_INDEX;

    return (is_index ? access->value & INDEX_MASK : rtc->index) >= CLOCK_CELLS;
}

static Effect rtc_access(Device *self, const Activity *access)
{
    Rtc *rtc = self->state;

    if (access->is_write && access->address == PORT_CMOS_INDEX)
        rtc->index = access->value & INDEX_MASK;
    return (Effect){ .kind = EFFECT_NONE };
}

const DeviceOps rtc_device = {
    .name = "rtc",
    .summary = "the real-time clock, and the CMOS memory behind it",
    .state_size = sizeof(Rtc),
    .registers = registers,
    .is_second = rtc_is_second,
    .access = rtc_access,
};
