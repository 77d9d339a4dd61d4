#include "experiments/captures/guest_script.h"

#include "models/devices/ports.h"
#include "sim/units.h"

/* Between an entry and the exit of the next access, in the captures: some 610 ns. */
#define BETWEEN_ACCESSES 609

typedef struct {
    Workload base;
    GArray *activities; /* one round, for ever */
    unsigned next;
} GuestScript;

static void script_next(Workload *self, Activity *next)
{
    GuestScript *script = (GuestScript *)self;

    *next = g_array_index(script->activities, Activity, script->next);
    script->next = (script->next + 1) % script->activities->len;
}

static void script_free(Workload *self)
{
    GuestScript *script = (GuestScript *)self;

    g_array_unref(script->activities);
    g_free(script);
}

static const WorkloadOps script_ops = {
    .name = "guest script",
    .next = script_next,
    .free = script_free,
};

static void add_compute(GuestScript *script, int64_t instructions)
{
    const Activity compute = { .kind = ACTIVITY_COMPUTE, .instructions = instructions };

    g_array_append_val(script->activities, compute);
}

static void add_access(GuestScript *script, uint64_t port, bool is_write,
                       uint32_t value, uint32_t count)
{
    const Activity access = { .kind = ACTIVITY_PORT,
                              .address = port,
                              .is_write = is_write,
                              .value = value,
                              .count = count,
                              .is_string = port == PORT_IDE_DATA,
                              .size_bytes = port == PORT_IDE_DATA ? 2 : 1 };

    g_array_append_val(script->activities, access);
    add_compute(script, BETWEEN_ACCESSES);
}

static void add_read(GuestScript *script, uint64_t port)
{
    add_access(script, port, false, 0, 1);
}

static void add_write(GuestScript *script, uint64_t port, uint32_t value)
{
    add_access(script, port, true, value, 1);
}

/* What the BIOS does for INT 13h, as hvm-disk-1p shows it, port by port. */
static void add_disk_read(GuestScript *script, uint32_t sectors)
{
    add_write(script, PORT_IDE_CONTROL, 0x0a);
    add_read(script, PORT_PM_TIMER_4_17);
    add_read(script, PORT_IDE_STATUS);
    add_read(script, PORT_IDE_DEVICE);
    add_write(script, PORT_IDE_DEVICE, IDE_DEVICE_LBA);
    add_write(script, PORT_IDE_FEATURES, 0);
    add_write(script, PORT_IDE_COUNT, sectors);
    add_write(script, PORT_IDE_LBA_LOW, 0);
    add_write(script, PORT_IDE_LBA_MID, 0);
    add_write(script, PORT_IDE_LBA_HIGH, 0);
    add_write(script, PORT_IDE_COMMAND, IDE_COMMAND_READ);
    for (unsigned i = 0; i < 3; i++)
        add_read(script, PORT_PM_TIMER_4_17);
    add_read(script, PORT_IDE_STATUS);
    for (uint32_t i = 0; i < sectors; i++) {
        add_read(script, PORT_IDE_DATA);
        add_access(script, PORT_IDE_DATA, false, 0, IDE_SECTOR_WORDS - 1);
        add_read(script, PORT_IDE_ALTERNATE_STATUS);
        add_read(script, PORT_PM_TIMER_4_17);
        add_read(script, PORT_IDE_STATUS);
    }
    add_write(script, PORT_IDE_CONTROL, 0x08);
}

static void add_halt(GuestScript *script, int64_t halt_ns)
{
    const Activity halt = { .kind = ACTIVITY_HALT, .halt_ns = halt_ns };

    g_array_append_val(script->activities, halt);
}

/* An instruction is a nanosecond in the captures. */
static void add_work(GuestScript *script, const CaptureDomain *domain)
{
    switch ((CaptureWorkload)domain->workload) {
    case CAPTURE_PERIODIC:
        add_compute(script, MAX(1, domain->run_us * NS_PER_US));
        add_halt(script, MAX(1, domain->sleep_us * NS_PER_US));
        return;
    case CAPTURE_DISK:
        add_disk_read(script, (uint32_t)domain->sectors);
        break;
    case CAPTURE_PIO:
    case CAPTURE_PIO_LIGHT:
        for (int64_t i = 0; i < domain->reads; i++)
            add_read(script, (uint64_t)domain->port);
        break;
    case CAPTURE_HOG:
    case CAPTURE_IDLE:
        break;
    }
    if (script->activities->len == 0)
        add_compute(script, NS_PER_S); /* it never exits: a hog */
    add_compute(script, MAX(1, domain->spin_instructions));
}

Workload *guest_script_new(const CaptureDomain *domain)
{
    GuestScript *script = g_new0(GuestScript, 1);

    script->base.ops = &script_ops;
    script->activities = g_array_new(false, false, sizeof(Activity));
    add_work(script, domain);
    return &script->base;
}
