/*
 * io_scripts.h - what scripted guests do, for tests of the I/O path: entries of
 * scripts, whole ones, and where the workloads of another life come from.
 */
#ifndef TESTS_UNIT_IO_SCRIPTS_H
#define TESTS_UNIT_IO_SCRIPTS_H

#include "models/devices/ports.h"
#include "models/machine/life.h"
#include "tests/unit/io_world.h"

/* Entries of a table of Activity; the last two are several. */
#define IO_READ(port)                                                                  \
    {                                                                                  \
        .kind = ACTIVITY_PORT, .address = (port), .count = 1                           \
    }
#define IO_WRITE(port, what)                                                           \
    {                                                                                  \
        .kind = ACTIVITY_PORT, .address = (port), .value = (what), .count = 1,         \
        .is_write = true                                                               \
    }
#define IO_WAIT                                                                        \
    {                                                                                  \
        .kind = ACTIVITY_HALT, .halt_ns = TIME_NEVER_NS                                \
    } /* for a device */
/* 8 sectors: read while the guest waits; by DMA, from its start to the interrupt. */
#define IO_DISK_READ                                                                   \
    IO_WRITE(PORT_IDE_COUNT, 8), IO_WRITE(PORT_IDE_COMMAND, IDE_COMMAND_READ)
#define IO_DISK_DMA                                                                    \
    IO_WRITE(PORT_IDE_COUNT, 8), IO_WRITE(PORT_IDE_COMMAND, IDE_COMMAND_READ_DMA),     \
        IO_WRITE(PORT_BUS_MASTER_COMMAND, BUS_MASTER_START), IO_WAIT

typedef struct {
    const Activity *activities;
    unsigned n;
} IoScript;

/* A register after the other. */
IoScript io_script_asking(void);
/* The disk and the network, by devices or PV drivers; has_frames: every round waits for
 * a frame from outside. */
IoScript io_script_of(bool has_pv_drivers, bool has_frames);
/* Over and over. */
Workload *io_script_start(IoScript script);

/* Another life does the same, and is as long. */
typedef struct {
    LifeSource source;
    IoScript script;
    int64_t lifetime_ns;
    unsigned n_workloads; /* that it was asked for */
} IoLifeSource;
IoLifeSource io_life_source(IoScript script, int64_t lifetime_ns);

#endif
