#include "tests/unit/io_scripts.h"

#define IO_RECEIVE                                                                     \
    {                                                                                  \
        .kind = ACTIVITY_RECEIVE, .halt_ns = TIME_NEVER_NS                             \
    }
#define IO_COMPUTE                                                                     \
    {                                                                                  \
        .kind = ACTIVITY_COMPUTE, .instructions = 20000                                \
    }
#define IO_TRANSFER                                                                    \
    {                                                                                  \
        .kind = ACTIVITY_TRANSFER, .bytes = 4096                                       \
    }
/* By PV drivers. */
#define IO_BLOCK(length, writes)                                                       \
    {                                                                                  \
        .kind = ACTIVITY_BLOCK, .bytes = (length), .halt_ns = TIME_NEVER_NS,           \
        .is_write = (writes)                                                           \
    }
#define IO_SEND                                                                        \
    {                                                                                  \
        .kind = ACTIVITY_SEND, .bytes = 1500, .halt_ns = TIME_NEVER_NS                 \
    }

IoScript io_script_asking(void)
{
    static const Activity asking[] = {
        { .kind = ACTIVITY_COMPUTE, .instructions = 50000 },
        IO_READ(PORT_PS2_DATA),
    };

    return (IoScript){ asking, G_N_ELEMENTS(asking) };
}

IoScript io_script_of(bool has_pv_drivers, bool has_frames)
{
    static const Activity emulated[] = {
        IO_RECEIVE,  IO_COMPUTE,  IO_READ(PORT_SERIAL_DATA),          IO_DISK_READ,
        IO_DISK_DMA, IO_TRANSFER, IO_WRITE(PORT_NIC_TX_STATUS, 1500),
    };
    static const Activity drivers[] = {
        IO_RECEIVE,
        IO_COMPUTE,
        IO_READ(PORT_SERIAL_DATA),
        IO_BLOCK(131072, false),
        IO_BLOCK(4096, true),
        IO_TRANSFER,
        IO_SEND,
    };
    const unsigned first = has_frames ? 0 : 1;

    if (has_pv_drivers)
        return (IoScript){ drivers + first, G_N_ELEMENTS(drivers) - first };
    return (IoScript){ emulated + first, G_N_ELEMENTS(emulated) - first };
}

Workload *io_script_start(IoScript script)
{
    return io_workload_new(script.activities, script.n, true);
}

static Workload *next_workload(LifeSource *source, unsigned vcpu G_GNUC_UNUSED)
{
    IoLifeSource *self = (IoLifeSource *)source;

    self->n_workloads++;
    return io_script_start(self->script);
}

static int64_t next_lifetime_ns(LifeSource *source)
{
    return ((IoLifeSource *)source)->lifetime_ns;
}

IoLifeSource io_life_source(IoScript script, int64_t lifetime_ns)
{
    return (
        IoLifeSource){ { next_workload, next_lifetime_ns }, script, lifetime_ns, 0 };
}
